import KafkaProtocol
import WireCore

extension RequestHandler {
    static let joinGroup = RequestHandler(JoinGroupRequest.self) { service, request, context in
        service.joinGroup(request, context: context)
    }
    static let syncGroup = RequestHandler(SyncGroupRequest.self) { service, request, context in
        service.syncGroup(request, context)
    }
    static let heartbeat = RequestHandler(HeartbeatRequest.self) { service, request, context in
        service.heartbeat(request, context)
    }
    static let leaveGroup = RequestHandler(LeaveGroupRequest.self) { service, request, context in
        service.leaveGroup(request, context: context)
    }
    static let describeGroups = RequestHandler(DescribeGroupsRequest.self) { service, request, context in
        service.describeGroups(request, context: context)
    }
    static let listGroups = RequestHandler(ListGroupsRequest.self) { service, request, context in
        service.listGroups(request, context)
    }
    static let deleteGroups = RequestHandler(DeleteGroupsRequest.self) { service, request, context in
        service.deleteGroups(request, context)
    }
}

extension BrokerService {
    /// JoinGroup.
    func joinGroup(_ request: JoinGroupRequest, context: RequestContext) -> JoinGroupResponse {
        guard !request.groupID.isEmpty else { return refuse(.invalidGroupID, memberID: request.memberID, context) }
        let names = [request.groupID, request.memberID, request.groupInstanceID ?? "", request.protocolType]
        guard (names + request.protocols.map(\.name)).allSatisfy(isShort) else {
            return refuse(.invalidRequest, memberID: "", context)
        }
        guard configuration.limits.sessionTimeoutMilliseconds.contains(request.sessionTimeoutMilliseconds) else {
            return refuse(.invalidSessionTimeout, memberID: request.memberID, context)
        }
        // Version 0 has one timeout for both.
        let rebalanceTimeout = request.rebalanceTimeoutMilliseconds < 0
            ? request.sessionTimeoutMilliseconds : request.rebalanceTimeoutMilliseconds
        let join = JoinRequest(
            memberID: request.memberID, groupInstanceID: request.groupInstanceID, clientID: context.clientID,
            clientHost: context.clientHost, sessionTimeoutMilliseconds: request.sessionTimeoutMilliseconds,
            rebalanceTimeoutMilliseconds: rebalanceTimeout, protocolType: request.protocolType,
            protocols: request.protocols.map { OfferedProtocol(name: $0.name, metadata: $0.metadata) },
            requiresKnownMemberID: context.version >= 4, supportsSkippingAssignment: context.version >= 9)
        switch groups.join(groupID: request.groupID, join, at: context.node.id) {
        case .refused(let code, let memberID): return refuse(code, memberID: memberID, context)
        case .joined(let joined):
            var response = JoinGroupResponse()
            response.generationID = joined.generation
            response.protocolType = joined.protocolType
            response.protocolName = joined.protocolName
            response.leader = joined.leaderID
            response.skipAssignment = joined.skipAssignment
            response.memberID = joined.memberID
            response.members = joined.members.map { member in
                var entry = JoinGroupResponse.Member()
                entry.memberID = member.memberID
                entry.groupInstanceID = member.groupInstanceID
                entry.metadata = member.metadata
                return entry
            }
            return response
        }
    }

    func isShort(_ name: String) -> Bool { name.utf8.count <= configuration.limits.nameBytesMax }

    private func refuse(_ code: KafkaErrorCode, memberID: String, _ context: RequestContext) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = code
        response.memberID = memberID
        // The field is nullable since version 7.
        response.protocolName = context.version >= 7 ? nil : ""
        return response
    }

    /// SyncGroup.
    func syncGroup(_ request: SyncGroupRequest, _ context: RequestContext) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        guard !request.groupID.isEmpty else {
            response.errorCode = .invalidGroupID
            return response
        }
        var assignments: [String: [UInt8]] = [:]
        for entry in request.assignments { assignments[entry.memberID] = entry.assignment }
        let sync = SyncRequest(
            memberID: request.memberID, groupInstanceID: request.groupInstanceID, generation: request.generationID,
            protocolType: request.protocolType, protocolName: request.protocolName, assignments: assignments)
        switch groups.sync(groupID: request.groupID, sync, at: context.node.id) {
        case .refused(let code): response.errorCode = code
        case .assigned(let protocolType, let protocolName, let assignment):
            response.protocolType = protocolType
            response.protocolName = protocolName
            response.assignment = assignment
        }
        return response
    }

    /// Heartbeat.
    func heartbeat(_ request: HeartbeatRequest, _ context: RequestContext) -> HeartbeatResponse {
        guard !request.groupID.isEmpty else { return request.refusal(.invalidGroupID) }
        guard coordinates(request.groupID, context) else { return request.refusal(.notCoordinator) }
        var response = HeartbeatResponse()
        response.errorCode = groups.heartbeat(
            groupID: request.groupID, memberID: request.memberID, groupInstanceID: request.groupInstanceID,
            generation: request.generationID)
        return response
    }

    /// LeaveGroup: one member before version 3, several since.
    func leaveGroup(_ request: LeaveGroupRequest, context: RequestContext) -> LeaveGroupResponse {
        var response = LeaveGroupResponse()
        guard !request.groupID.isEmpty else {
            response.errorCode = .invalidGroupID
            return response
        }
        guard coordinates(request.groupID, context) else { return request.refusal(.notCoordinator) }
        if context.version < 3 {
            let codes = groups.leave(groupID: request.groupID, [(request.memberID, nil)])
            response.errorCode = codes.first ?? .none
            return response
        }
        let codes = groups.leave(groupID: request.groupID, request.members.map { ($0.memberID, $0.groupInstanceID) })
        for (member, code) in zip(request.members, codes) {
            var entry = LeaveGroupResponse.MemberResponse()
            entry.memberID = member.memberID
            entry.groupInstanceID = member.groupInstanceID
            entry.errorCode = code
            response.members.append(entry)
        }
        return response
    }

    // MARK: Descriptions

    /// DescribeGroups. A group that does not exist has the state `Dead`; since version 6 it is an error (KIP-1043).
    func describeGroups(_ request: DescribeGroupsRequest, context: RequestContext) -> DescribeGroupsResponse {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.distinct { $0 }.map { groupID in
            var entry = DescribeGroupsResponse.DescribedGroup()
            entry.groupID = groupID
            guard coordinates(groupID, context) else {
                entry.errorCode = .notCoordinator
                return entry
            }
            guard let group = groups.snapshot(of: groupID) else {
                entry.groupState = "Dead"
                if context.version >= 6 {
                    entry.errorCode = .groupIDNotFound
                    entry.errorMessage = AdminError.clipped("Group \(groupID) not found.")
                }
                return entry
            }
            entry.groupState = group.stateName
            if request.includeAuthorizedOperations { entry.authorizedOperations = AuthorizedOperations.group }
            entry.protocolType = group.protocolType ?? ""
            let protocolName = group.phase == .stable ? group.protocolName : nil
            entry.protocolData = protocolName ?? ""
            entry.members = group.members.map { member in
                var described = DescribeGroupsResponse.DescribedGroupMember()
                described.memberID = member.memberID
                described.groupInstanceID = member.groupInstanceID
                described.clientID = member.clientID
                described.clientHost = member.clientHost
                described.memberMetadata = member.metadata(for: protocolName)
                described.memberAssignment = member.assignment
                return described
            }
            return entry
        }
        return response
    }

    /// ListGroups: the groups that this node coordinates.
    func listGroups(_ request: ListGroupsRequest, _ context: RequestContext) -> ListGroupsResponse {
        func matches(_ value: String, _ filter: [String]) -> Bool {
            filter.isEmpty || filter.contains { $0.lowercased() == value.lowercased() }
        }
        var response = ListGroupsResponse()
        for group in groups.listings where matches(group.stateName, request.statesFilter) {
            guard matches(group.type, request.typesFilter), coordinates(group.groupID, context) else { continue }
            var entry = ListGroupsResponse.ListedGroup()
            entry.groupID = group.groupID
            entry.protocolType = group.protocolType
            entry.groupState = group.stateName
            entry.groupType = group.type
            response.groups.append(entry)
        }
        return response
    }

    /// DeleteGroups: only groups without members.
    func deleteGroups(_ request: DeleteGroupsRequest, _ context: RequestContext) -> DeleteGroupsResponse {
        var response = DeleteGroupsResponse()
        response.results = request.groupsNames.map { groupID in
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupID = groupID
            result.errorCode = coordinates(groupID, context) ? groups.delete(groupID: groupID) : .notCoordinator
            return result
        }
        return response
    }
}
