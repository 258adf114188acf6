import KafkaProtocol
import WireCore

extension ConsumerGroup {
    /// A JoinGroup. `newMemberID` is used if the sender has no id yet.
    mutating func join(
        _ request: JoinRequest, requestID: GroupRequestID, newMemberID: String, now: MonotonicInstant
    ) -> [GroupAction] {
        func refuse(_ code: KafkaErrorCode, memberID: String = request.memberID) -> [GroupAction] {
            [.respondToJoin(requestID, .refused(code, memberID: memberID))]
        }
        guard isCompatible(request) else { return refuse(.inconsistentGroupProtocol) }
        if request.memberID.isEmpty {
            if let instance = request.groupInstanceID, let index = index(ofInstance: instance) {
                return returnStaticMember(at: index, request, requestID: requestID, newMemberID: newMemberID, now: now)
            }
            if request.groupInstanceID == nil, request.requiresKnownMemberID {
                addPendingMember(
                    newMemberID, until: now.advanced(byMilliseconds: Int(request.sessionTimeoutMilliseconds)))
                return refuse(.memberIDRequired, memberID: newMemberID)
            }
            return add(newMemberID, request, requestID: requestID, now: now)
        }
        if request.groupInstanceID == nil, pendingMembers.removeValue(forKey: request.memberID) != nil {
            return add(request.memberID, request, requestID: requestID, now: now)
        }
        switch memberIndex(memberID: request.memberID, groupInstanceID: request.groupInstanceID) {
        case .failure(let code): return refuse(code)
        case .success(let index): return rejoin(at: index, request, requestID: requestID, now: now)
        }
    }

    /// The maximum number of ids of members that have not joined with them yet.
    static let pendingMembersMax = 1000

    /// Beyond the limit, the id that would expire first is removed. A client that joins with a removed id gets
    /// UNKNOWN_MEMBER_ID and requests another one.
    private mutating func addPendingMember(_ memberID: String, until end: MonotonicInstant) {
        if pendingMembers.count >= Self.pendingMembersMax, let first = pendingMembers.min(by: { $0.value < $1.value }) {
            pendingMembers[first.key] = nil
        }
        pendingMembers[memberID] = end
    }

    /// Whether the member has the group's protocol type and a protocol in common with all members. As in Kafka, these
    /// include a member that joins again, with what it has supported until now.
    private func isCompatible(_ request: JoinRequest) -> Bool {
        guard !request.protocolType.isEmpty, !request.protocols.isEmpty else { return false }
        if members.isEmpty { return true }
        guard request.protocolType == protocolType else { return false }
        return !GroupMember.commonProtocols(of: members.map(\.protocols) + [request.protocols]).isEmpty
    }

    private mutating func add(
        _ memberID: String, _ request: JoinRequest, requestID: GroupRequestID, now: MonotonicInstant
    ) -> [GroupAction] {
        if members.isEmpty { protocolType = request.protocolType }
        var member = GroupMember(
            memberID: memberID, groupInstanceID: request.groupInstanceID, clientID: request.clientID,
            clientHost: request.clientHost, sessionTimeoutMilliseconds: request.sessionTimeoutMilliseconds,
            rebalanceTimeoutMilliseconds: request.rebalanceTimeoutMilliseconds, protocols: request.protocols,
            sessionEnd: now.advanced(byMilliseconds: GroupMember.firstJoinMilliseconds))
        member.isNew = true
        member.pendingJoin = requestID
        members.append(member)
        if leaderID == nil { leaderID = memberID }
        if case .preparing = phase { return completeJoinIfReady(now: now) }
        return prepareRebalance(now: now)
    }

    /// A member joins again: for a rebalance, with changed metadata, or because the response was lost.
    private mutating func rejoin(
        at index: Int, _ request: JoinRequest, requestID: GroupRequestID, now: MonotonicInstant
    ) -> [GroupAction] {
        let hasNewProtocols = members[index].protocols != request.protocols
        let isLeader = members[index].memberID == leaderID
        switch phase {
        case .completing where !hasNewProtocols, .stable where !hasNewProtocols && !isLeader:
            members[index].recordHeartbeat(at: now)
            return [.respondToJoin(requestID, .joined(joined(members[index])))]
        case .empty, .preparing, .completing, .stable:
            // The member has abandoned its earlier request, if one still waits.
            var actions = failPendingRequests(of: members[index], with: .rebalanceInProgress)
            update(at: index, request)
            members[index].pendingSync = nil
            members[index].pendingJoin = requestID
            if members.count == 1 { protocolType = request.protocolType }
            if case .preparing = phase {
                actions += completeJoinIfReady(now: now)
            } else {
                actions += prepareRebalance(now: now)
            }
            return actions
        }
    }

    private mutating func update(at index: Int, _ request: JoinRequest) {
        members[index].protocols = request.protocols
        members[index].clientID = request.clientID
        members[index].clientHost = request.clientHost
        members[index].sessionTimeoutMilliseconds = request.sessionTimeoutMilliseconds
        members[index].rebalanceTimeoutMilliseconds = request.rebalanceTimeoutMilliseconds
    }

    /// A static member returns with a new id and keeps its assignment. A stable group is rebalanced only if the
    /// members would choose another protocol now; as in Kafka, another subscription alone is not a reason.
    private mutating func returnStaticMember(
        at index: Int, _ request: JoinRequest, requestID: GroupRequestID, newMemberID: String, now: MonotonicInstant
    ) -> [GroupAction] {
        let oldID = members[index].memberID
        let wasLeader = oldID == leaderID
        var actions = failPendingRequests(of: members[index], with: .fencedInstanceID)
        members[index].pendingJoin = nil
        members[index].pendingSync = nil
        members[index].memberID = newMemberID
        members[index].isNew = false
        update(at: index, request)
        members[index].recordHeartbeat(at: now)
        if wasLeader { leaderID = newMemberID }
        let leader = members.first { $0.memberID == leaderID } ?? members[index]
        if phase == .stable, commonProtocol(preferredBy: leader) == protocolName {
            var joined = joined(members[index])
            if wasLeader, request.supportsSkippingAssignment {
                joined.skipAssignment = true
            } else if wasLeader {
                // With the member list an older client would compute an assignment; with the old leader's id it does
                // not.
                joined.leaderID = oldID
                joined.members = []
            }
            return actions + [.persist, .respondToJoin(requestID, .joined(joined))]
        }
        members[index].pendingJoin = requestID
        if case .preparing = phase {
            actions += completeJoinIfReady(now: now)
        } else {
            actions += prepareRebalance(now: now)
        }
        return actions
    }

    // MARK: Rebalance

    /// Makes all members join again. Pending SyncGroup requests are answered immediately, the other members are
    /// notified by their next heartbeat.
    mutating func prepareRebalance(now: MonotonicInstant) -> [GroupAction] {
        var actions: [GroupAction] = []
        for index in members.indices {
            guard let requestID = members[index].pendingSync else { continue }
            actions.append(.respondToSync(requestID, .refused(.rebalanceInProgress)))
            members[index].pendingSync = nil
            members[index].recordHeartbeat(at: now)
        }
        syncDeadline = nil
        phase = .preparing(until: now.advanced(byMilliseconds: rebalanceTimeoutMilliseconds))
        return actions + completeJoinIfReady(now: now)
    }

    private var rebalanceTimeoutMilliseconds: Int {
        Int(members.map(\.rebalanceTimeoutMilliseconds).max() ?? 0)
    }

    mutating func completeJoinIfReady(now: MonotonicInstant) -> [GroupAction] {
        guard case .preparing = phase, pendingMembers.isEmpty else { return [] }
        return members.allSatisfy { $0.pendingJoin != nil } ? completeJoin(now: now) : []
    }

    /// Begins the next generation with the members that have joined. A static member stays until its session expires.
    mutating func completeJoin(now: MonotonicInstant) -> [GroupAction] {
        members.removeAll { $0.pendingJoin == nil && $0.groupInstanceID == nil }
        guard !members.isEmpty else {
            phase = .empty
            generation = nextGeneration
            protocolName = nil
            leaderID = nil
            return [.persist]
        }
        let leader = members.first { $0.memberID == leaderID && $0.pendingJoin != nil }
        guard let leader = leader ?? members.first(where: { $0.pendingJoin != nil }) else {
            // No member could compute an assignment: wait until one joins or the sessions expire.
            phase = .preparing(until: now.advanced(byMilliseconds: max(1000, rebalanceTimeoutMilliseconds)))
            return []
        }
        leaderID = leader.memberID
        generation = nextGeneration
        protocolName = commonProtocol(preferredBy: leader)
        phase = .completing
        syncDeadline = now.advanced(byMilliseconds: rebalanceTimeoutMilliseconds)
        var actions: [GroupAction] = []
        for index in members.indices {
            members[index].hasSynced = false
            members[index].assignment = []
            guard let requestID = members[index].pendingJoin else { continue }
            members[index].pendingJoin = nil
            members[index].isNew = false
            members[index].recordHeartbeat(at: now)
            actions.append(.respondToJoin(requestID, .joined(joined(members[index]))))
        }
        return actions
    }

    private var nextGeneration: Int32 { generation == .max ? 1 : generation + 1 }

    /// The protocol that most members prefer among those that all support; among equals, the leader's first.
    private func commonProtocol(preferredBy leader: GroupMember) -> String? {
        let common = GroupMember.commonProtocols(of: members.map(\.protocols))
        var votes: [String: Int] = [:]
        for member in members {
            if let preferred = member.protocols.first(where: { common.contains($0.name) }) {
                votes[preferred.name, default: 0] += 1
            }
        }
        let most = votes.values.max() ?? 0
        return leader.protocols.first { common.contains($0.name) && votes[$0.name, default: 0] == most }?.name
    }

    private func joined(_ member: GroupMember) -> JoinOutcome.Joined {
        let isLeader = member.memberID == leaderID
        return JoinOutcome.Joined(
            generation: generation, protocolType: protocolType ?? "", protocolName: protocolName ?? "",
            leaderID: leaderID ?? "", memberID: member.memberID,
            members: !isLeader ? [] : members.map {
                .init(
                    memberID: $0.memberID, groupInstanceID: $0.groupInstanceID,
                    metadata: $0.metadata(for: protocolName))
            })
    }
}
