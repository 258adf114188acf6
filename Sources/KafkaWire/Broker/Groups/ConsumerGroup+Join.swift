import KafkaProtocol
import WireCore

extension ConsumerGroup {
    /// A JoinGroup. `newMemberID` is used where the sender has no id yet.
    mutating func join(
        _ facts: JoinFacts, ticket: GroupTicket, newMemberID: String, now: MonotonicInstant
    ) -> [GroupAction] {
        func refuse(_ code: KafkaErrorCode, memberID: String = facts.memberID) -> [GroupAction] {
            [.answerJoin(ticket, .refused(code, memberID: memberID))]
        }
        guard isCompatible(facts) else { return refuse(.inconsistentGroupProtocol) }
        if facts.memberID.isEmpty {
            if let instance = facts.groupInstanceID, let index = index(ofInstance: instance) {
                return returnStaticMember(at: index, facts, ticket: ticket, newMemberID: newMemberID, now: now)
            }
            if facts.groupInstanceID == nil, facts.mustKnowItsID {
                announce(newMemberID, until: now.advanced(byMilliseconds: Int(facts.sessionTimeoutMilliseconds)))
                return refuse(.memberIDRequired, memberID: newMemberID)
            }
            return add(newMemberID, facts, ticket: ticket, now: now)
        }
        if facts.groupInstanceID == nil, announced.removeValue(forKey: facts.memberID) != nil {
            return add(facts.memberID, facts, ticket: ticket, now: now)
        }
        switch place(memberID: facts.memberID, groupInstanceID: facts.groupInstanceID) {
        case .failure(let code): return refuse(code)
        case .success(let index): return rejoin(at: index, facts, ticket: ticket, now: now)
        }
    }

    /// How many member ids may be given out to clients that have not joined with them yet.
    static let announcedMax = 1000

    /// Beyond the limit the id that would expire first is forgotten. A client that joins with a forgotten id gets
    /// UNKNOWN_MEMBER_ID and asks for another one.
    private mutating func announce(_ memberID: String, until end: MonotonicInstant) {
        if announced.count >= Self.announcedMax, let first = announced.min(by: { $0.value < $1.value }) {
            announced[first.key] = nil
        }
        announced[memberID] = end
    }

    /// Members must be of one kind and have a protocol in common.
    private func isCompatible(_ facts: JoinFacts) -> Bool {
        guard !facts.protocolType.isEmpty, !facts.protocols.isEmpty else { return false }
        let others = members.filter { $0.memberID != facts.memberID }
        if others.isEmpty { return true }
        guard facts.protocolType == protocolType else { return false }
        return !GroupMember.commonProtocols(of: others.map(\.protocols) + [facts.protocols]).isEmpty
    }

    private mutating func add(
        _ memberID: String, _ facts: JoinFacts, ticket: GroupTicket, now: MonotonicInstant
    ) -> [GroupAction] {
        if members.isEmpty { protocolType = facts.protocolType }
        var member = GroupMember(
            memberID: memberID, groupInstanceID: facts.groupInstanceID, clientID: facts.clientID,
            clientHost: facts.clientHost, sessionTimeoutMilliseconds: facts.sessionTimeoutMilliseconds,
            rebalanceTimeoutMilliseconds: facts.rebalanceTimeoutMilliseconds, protocols: facts.protocols,
            sessionEnd: now)
        member.waitingJoin = ticket
        members.append(member)
        if leaderID == nil { leaderID = memberID }
        if case .preparing = phase { return completeIfAllAreHere(now: now) }
        return prepareRebalance(now: now)
    }

    /// A member that is known joins again: because it was asked to, its metadata changed, or the response was lost.
    private mutating func rejoin(
        at index: Int, _ facts: JoinFacts, ticket: GroupTicket, now: MonotonicInstant
    ) -> [GroupAction] {
        let hasNews = members[index].protocols != facts.protocols
        let isLeader = members[index].memberID == leaderID
        switch phase {
        case .completing where !hasNews, .stable where !hasNews && !isLeader:
            members[index].showedItself(at: now)
            return [.answerJoin(ticket, .joined(answer(for: members[index])))]
        default:
            // Its earlier request, if one still waits, was given up by the member.
            var actions = dismiss(members[index], .rebalanceInProgress)
            update(at: index, facts)
            members[index].waitingSync = nil
            members[index].waitingJoin = ticket
            if members.count == 1 { protocolType = facts.protocolType }
            if case .preparing = phase {
                actions += completeIfAllAreHere(now: now)
            } else {
                actions += prepareRebalance(now: now)
            }
            return actions
        }
    }

    private mutating func update(at index: Int, _ facts: JoinFacts) {
        members[index].protocols = facts.protocols
        members[index].clientID = facts.clientID
        members[index].clientHost = facts.clientHost
        members[index].sessionTimeoutMilliseconds = facts.sessionTimeoutMilliseconds
        members[index].rebalanceTimeoutMilliseconds = facts.rebalanceTimeoutMilliseconds
    }

    /// A static member comes back with a new id and takes its old place; nothing is assigned again if it brings no
    /// news to a stable group.
    private mutating func returnStaticMember(
        at index: Int, _ facts: JoinFacts, ticket: GroupTicket, newMemberID: String, now: MonotonicInstant
    ) -> [GroupAction] {
        let oldID = members[index].memberID
        let hasNews = members[index].protocols != facts.protocols
        let wasLeader = oldID == leaderID
        var actions = dismiss(members[index], .fencedInstanceID)
        members[index].waitingJoin = nil
        members[index].waitingSync = nil
        members[index].memberID = newMemberID
        update(at: index, facts)
        members[index].showedItself(at: now)
        if wasLeader { leaderID = newMemberID }
        if phase == .stable, !hasNews {
            var joined = answer(for: members[index])
            if wasLeader, facts.canSkipAssignment {
                joined.skipAssignment = true
            } else if wasLeader {
                // An older client would take the list for an order to assign; under the old leader's name it will not.
                joined.leaderID = oldID
                joined.members = []
            }
            return actions + [.persist, .answerJoin(ticket, .joined(joined))]
        }
        members[index].waitingJoin = ticket
        if case .preparing = phase {
            actions += completeIfAllAreHere(now: now)
        } else {
            actions += prepareRebalance(now: now)
        }
        return actions
    }

    // MARK: From one generation to the next

    /// Asks everybody to join again. Those who wait for an assignment learn it at once, the others by a heartbeat.
    mutating func prepareRebalance(now: MonotonicInstant) -> [GroupAction] {
        var actions: [GroupAction] = []
        for index in members.indices {
            guard let ticket = members[index].waitingSync else { continue }
            actions.append(.answerSync(ticket, .refused(.rebalanceInProgress)))
            members[index].waitingSync = nil
            members[index].showedItself(at: now)
        }
        syncDeadline = nil
        phase = .preparing(until: now.advanced(byMilliseconds: rebalanceTimeoutMilliseconds))
        return actions + completeIfAllAreHere(now: now)
    }

    private var rebalanceTimeoutMilliseconds: Int {
        Int(members.map(\.rebalanceTimeoutMilliseconds).max() ?? 0)
    }

    mutating func completeIfAllAreHere(now: MonotonicInstant) -> [GroupAction] {
        guard case .preparing = phase, announced.isEmpty else { return [] }
        return members.allSatisfy { $0.waitingJoin != nil } ? completeJoin(now: now) : []
    }

    /// Begins the next generation with those who are here. A static member keeps its place until its session ends.
    mutating func completeJoin(now: MonotonicInstant) -> [GroupAction] {
        members.removeAll { $0.waitingJoin == nil && $0.groupInstanceID == nil }
        guard !members.isEmpty else {
            phase = .empty
            generation = nextGeneration
            protocolName = nil
            leaderID = nil
            return [.persist]
        }
        let leader = members.first { $0.memberID == leaderID && $0.waitingJoin != nil }
        guard let leader = leader ?? members.first(where: { $0.waitingJoin != nil }) else {
            // Nobody could make an assignment: wait until somebody joins or the sessions end.
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
            guard let ticket = members[index].waitingJoin else { continue }
            members[index].waitingJoin = nil
            members[index].showedItself(at: now)
            actions.append(.answerJoin(ticket, .joined(answer(for: members[index]))))
        }
        return actions
    }

    private var nextGeneration: Int32 { generation == .max ? 1 : generation + 1 }

    /// Of the protocols that all offer, the one that most members prefer; among equals the leader's favourite.
    private func commonProtocol(preferredBy leader: GroupMember) -> String? {
        let common = GroupMember.commonProtocols(of: members.map(\.protocols))
        var votes: [String: Int] = [:]
        for member in members {
            if let favourite = member.protocols.first(where: { common.contains($0.name) }) {
                votes[favourite.name, default: 0] += 1
            }
        }
        let most = votes.values.max() ?? 0
        return leader.protocols.first { common.contains($0.name) && votes[$0.name, default: 0] == most }?.name
    }

    func answer(for member: GroupMember) -> JoinOutcome.Joined {
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
