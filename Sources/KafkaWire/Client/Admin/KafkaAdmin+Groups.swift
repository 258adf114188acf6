import KafkaProtocol

extension KafkaAdmin {
    // MARK: Listing

    /// The groups of every broker; one result for each broker, in the order of their ids.
    ///
    /// - Parameters:
    ///   - states: for example `Stable` (Kafka 2.6); empty: all.
    ///   - types: Kafka 3.8; empty: all.
    public func listGroups(states: [String] = [], types: [GroupType] = []) -> [Result<[GroupListing], KafkaError>] {
        onEachBroker("listing groups of broker") { connection throws(KafkaError) in
            if !states.isEmpty { try connection.require(.listGroups, version: 4, for: "listing groups by state") }
            if !types.isEmpty { try connection.require(.listGroups, version: 5, for: "listing groups by type") }
            var request = ListGroupsRequest()
            request.statesFilter = states
            request.typesFilter = types.map(\.rawValue)
            let response = try connection.request(request)
            try response.errorCode.check("listing groups")
            return response.groups.map { group in
                GroupListing(
                    groupID: group.groupID, protocolType: group.protocolType, state: group.groupState,
                    type: GroupType(name: group.groupType))
            }
        }
    }

    /// Sends a request to each broker of the cluster; one result for each, in the order of their ids. If the brokers
    /// cannot be found, the only result is that error.
    func onEachBroker<Value>(
        _ what: String, _ send: (BrokerConnection) throws(KafkaError) -> Value
    ) -> [Result<Value, KafkaError>] {
        let ids: [Int32]
        do throws(KafkaError) { ids = try brokers().map(\.id) } catch { return [.failure(error)] }
        return perform(what, ids.map { "\($0)" }, at: ids.map(AdminTarget.broker)) {
            connection, items, results throws(KafkaError) in
            let value = try send(connection)
            for index in items { results.set("\(ids[index])", .none, nil, value) }
        }
    }

    // MARK: Describing

    /// Describes groups; one result for each, in the same order. `.groupIDNotFound` if one does not exist.
    public func describeGroups(
        _ groupIDs: [String], includeAuthorizedOperations: Bool = false
    ) -> [Result<GroupDescription, KafkaError>] {
        perform("describing group", groupIDs, at: groupIDs.map { .coordinator(.group($0)) }) {
            connection, items, results throws(KafkaError) in
            var names = items.map { groupIDs[$0] }
            if connection.versions[.consumerGroupDescribe] != nil {
                var request = ConsumerGroupDescribeRequest()
                request.groupIDs = names
                request.includeAuthorizedOperations = includeAuthorizedOperations
                // The other groups are classic, or do not exist; a broker without these groups refuses all.
                let others: Set<KafkaErrorCode> = [.groupIDNotFound, .unsupportedVersion]
                for group in try connection.request(request).groups where !others.contains(group.errorCode) {
                    names.removeAll { $0 == group.groupID }
                    results.set(group.groupID, group.errorCode, group.errorMessage, GroupDescription(group))
                }
            }
            guard !names.isEmpty else { return }
            var request = DescribeGroupsRequest()
            request.groups = names
            request.includeAuthorizedOperations = includeAuthorizedOperations
            for group in try connection.request(request).groups {
                // Before version 6 a group that does not exist has the state `Dead`.
                let code: KafkaErrorCode = group.errorCode == .none && group.groupState == "Dead"
                    ? .groupIDNotFound : group.errorCode
                results.set(group.groupID, code, group.errorMessage, GroupDescription(group))
            }
        }
    }

    /// A group; one that does not exist has the state `Dead` and no members.
    public func describeGroup(_ groupID: String) throws(KafkaError) -> GroupDescription {
        switch describeGroups([groupID])[0] {
        case .success(let group): return group
        case .failure(let error):
            guard error.errorCode == .groupIDNotFound else { throw error }
            return GroupDescription(
                groupID: groupID, state: "Dead", protocolType: "", protocolName: "", members: [])
        }
    }

    // MARK: Changes

    /// Deletes groups without members, with their offsets; one result for each, in the same order.
    public func deleteGroups(_ groupIDs: [String]) -> [Result<Void, KafkaError>] {
        perform("deleting group", groupIDs, at: groupIDs.map { .coordinator(.group($0)) }) {
            connection, items, results throws(KafkaError) in
            var request = DeleteGroupsRequest()
            request.groupsNames = items.map { groupIDs[$0] }
            for group in try connection.request(request).results {
                results.set(group.groupID, group.errorCode, nil, ())
            }
        }
    }

    /// Removes members from a group without waiting for their sessions to end (Kafka 2.4); one result for each, in the
    /// same order. `.unknownMemberID` if a member has already left.
    ///
    /// - Parameter reason: for the broker's log (Kafka 3.2).
    public func removeMembers(
        group: String, _ members: [RemovedMember], reason: String? = nil
    ) -> [Result<Void, KafkaError>] {
        perform(
            "removing from group \(group) member", members.map(\.description),
            at: members.map { _ in .coordinator(.group(group)) }
        ) { connection, items, results throws(KafkaError) in
            try connection.require(.leaveGroup, version: 3, for: "removing members of a group")
            var request = LeaveGroupRequest()
            request.groupID = group
            request.members = items.map { index in
                var member = LeaveGroupRequest.MemberIdentity()
                switch members[index] {
                case .memberID(let id): member.memberID = id
                case .groupInstanceID(let id): member.groupInstanceID = id
                }
                member.reason = reason
                return member
            }
            let response = try connection.request(request)
            try response.errorCode.check("removing members of group \(group)")
            for member in response.members {
                let identity = member.groupInstanceID.nonEmpty.map(RemovedMember.groupInstanceID)
                    ?? .memberID(member.memberID)
                results.set(identity.description, member.errorCode, nil, ())
            }
        }
    }
}

/// A member that is removed from its group.
public enum RemovedMember: Sendable, Hashable, CustomStringConvertible {
    /// The id that the coordinator assigned.
    case memberID(String)
    /// The id of a static member.
    case groupInstanceID(String)

    /// The id.
    public var description: String {
        switch self {
        case .memberID(let id): id
        case .groupInstanceID(let id): "with instance id \(id)"
        }
    }
}
