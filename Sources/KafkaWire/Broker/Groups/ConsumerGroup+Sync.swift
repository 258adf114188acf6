import KafkaProtocol
import WireCore

extension ConsumerGroup {
    /// A SyncGroup: the leader brings the assignment, everybody fetches theirs.
    mutating func sync(_ facts: SyncFacts, ticket: GroupTicket, now: MonotonicInstant) -> [GroupAction] {
        func refuse(_ code: KafkaErrorCode) -> [GroupAction] { [.answerSync(ticket, .refused(code))] }
        let index: Int
        switch place(memberID: facts.memberID, groupInstanceID: facts.groupInstanceID) {
        case .failure(let code): return refuse(code)
        case .success(let found): index = found
        }
        guard facts.generation == generation else { return refuse(.illegalGeneration) }
        if let type = facts.protocolType, type != protocolType { return refuse(.inconsistentGroupProtocol) }
        if let name = facts.protocolName, name != protocolName { return refuse(.inconsistentGroupProtocol) }
        switch phase {
        case .empty: return refuse(.unknownMemberID)
        case .preparing: return refuse(.rebalanceInProgress)
        case .stable:
            markSynced(index, now: now)
            return [.answerSync(ticket, assignment(of: members[index]))]
        case .completing:
            var actions: [GroupAction] = []
            if let earlier = members[index].waitingSync {
                actions.append(.answerSync(earlier, .refused(.rebalanceInProgress)))
            }
            markSynced(index, now: now)
            members[index].waitingSync = ticket
            if members[index].memberID == leaderID { actions += assign(facts.assignments, now: now) }
            return actions
        }
    }

    private mutating func markSynced(_ index: Int, now: MonotonicInstant) {
        members[index].hasSynced = true
        members[index].showedItself(at: now)
        if members.allSatisfy(\.hasSynced) { syncDeadline = nil }
    }

    /// The leader has decided. A member that it forgot gets an empty assignment.
    private mutating func assign(_ assignments: [String: [UInt8]], now: MonotonicInstant) -> [GroupAction] {
        phase = .stable
        var answers: [GroupAction] = []
        for index in members.indices {
            members[index].assignment = assignments[members[index].memberID] ?? []
            guard let ticket = members[index].waitingSync else { continue }
            members[index].waitingSync = nil
            members[index].showedItself(at: now)
            answers.append(.answerSync(ticket, assignment(of: members[index])))
        }
        return [.persist] + answers
    }

    private func assignment(of member: GroupMember) -> SyncOutcome {
        .assigned(
            protocolType: protocolType ?? "", protocolName: protocolName ?? "", assignment: member.assignment)
    }
}
