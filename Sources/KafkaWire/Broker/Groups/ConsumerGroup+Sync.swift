import KafkaProtocol
import WireCore

extension ConsumerGroup {
    /// A SyncGroup: the leader sends the assignments, and each member receives its own.
    mutating func sync(_ request: SyncRequest, requestID: GroupRequestID, now: MonotonicInstant) -> [GroupAction] {
        func refuse(_ code: KafkaErrorCode) -> [GroupAction] { [.respondToSync(requestID, .refused(code))] }
        let index: Int
        switch memberIndex(memberID: request.memberID, groupInstanceID: request.groupInstanceID) {
        case .failure(let code): return refuse(code)
        case .success(let found): index = found
        }
        guard request.generation == generation else { return refuse(.illegalGeneration) }
        if let type = request.protocolType, type != protocolType { return refuse(.inconsistentGroupProtocol) }
        if let name = request.protocolName, name != protocolName { return refuse(.inconsistentGroupProtocol) }
        switch phase {
        case .empty: return refuse(.unknownMemberID)
        case .preparing: return refuse(.rebalanceInProgress)
        case .stable:
            markSynced(index, now: now)
            return [.respondToSync(requestID, assignment(of: members[index]))]
        case .completing:
            var actions: [GroupAction] = []
            if let earlier = members[index].pendingSync {
                actions.append(.respondToSync(earlier, .refused(.rebalanceInProgress)))
            }
            markSynced(index, now: now)
            members[index].pendingSync = requestID
            if members[index].memberID == leaderID { actions += assign(request.assignments, now: now) }
            return actions
        }
    }

    private mutating func markSynced(_ index: Int, now: MonotonicInstant) {
        members[index].hasSynced = true
        members[index].recordHeartbeat(at: now)
        if members.allSatisfy(\.hasSynced) { syncDeadline = nil }
    }

    /// Applies the leader's assignments. A member that they do not contain gets an empty one.
    private mutating func assign(_ assignments: [String: [UInt8]], now: MonotonicInstant) -> [GroupAction] {
        phase = .stable
        var responses: [GroupAction] = []
        for index in members.indices {
            members[index].assignment = assignments[members[index].memberID] ?? []
            guard let requestID = members[index].pendingSync else { continue }
            members[index].pendingSync = nil
            members[index].recordHeartbeat(at: now)
            responses.append(.respondToSync(requestID, assignment(of: members[index])))
        }
        return [.persist] + responses
    }

    private func assignment(of member: GroupMember) -> SyncOutcome {
        .assigned(
            protocolType: protocolType ?? "", protocolName: protocolName ?? "", assignment: member.assignment)
    }
}
