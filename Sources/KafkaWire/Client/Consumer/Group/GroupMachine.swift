import KafkaProtocol

/// A member's side of the classic group protocol: a state machine without network, clock or lock.
///
/// join -> (member id) -> join -> sync -> stable; and from any state back to join when the group rebalances (KIP-394
/// describes the member id that a first join receives).
struct GroupMachine: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        /// Send JoinGroup with this member id; empty for a new member.
        case join(memberID: String)
        /// Send SyncGroup; the leader with an assignment for every member.
        case sync(generation: Int32, memberID: String, protocolName: String, mustAssign: Bool)
        case stable(GroupGeneration)
        /// Member id or generation are not valid any more, so that nothing is owned: join again.
        case reset
        /// Find the coordinator again and join.
        case rediscover(KafkaErrorCode)
        case fail(KafkaErrorCode)
    }

    private enum State: Equatable, Sendable {
        case outside
        case joining
        case syncing(generation: Int32, leaderID: String, protocolName: String)
        case stable(GroupGeneration)
    }

    private(set) var memberID = ""
    private var state = State.outside
    /// The last one that a join of this member belonged to.
    private var joinedGeneration: Int32?
    private var hasMissedGenerations = false

    /// The generation that this member belongs to; nil if it belongs to none.
    var generation: GroupGeneration? {
        if case .stable(let generation) = state { generation } else { nil }
    }

    mutating func begin() -> Action {
        state = .joining
        return .join(memberID: memberID)
    }

    mutating func joined(_ response: JoinGroupResponse) -> Action {
        switch response.errorCode {
        case .none:
            memberID = response.memberID
            if let last = joinedGeneration, response.generationID > last + 1 { hasMissedGenerations = true }
            joinedGeneration = response.generationID
            let name = response.protocolName ?? ""
            state = .syncing(generation: response.generationID, leaderID: response.leader, protocolName: name)
            let mustAssign = response.leader == response.memberID && !response.skipAssignment
            return .sync(
                generation: response.generationID, memberID: memberID, protocolName: name, mustAssign: mustAssign)
        case .memberIDRequired:
            memberID = response.memberID
            return begin()
        default: return again(response.errorCode)
        }
    }

    mutating func synced(_ code: KafkaErrorCode, assignment: [UInt8]) -> Action {
        guard code == .none, case .syncing(let generation, let leaderID, let protocolName) = state else {
            return again(code)
        }
        var stable = GroupGeneration(
            memberID: memberID, generation: generation, leaderID: leaderID, protocolName: protocolName,
            assignment: assignment)
        stable.hasMissedGenerations = hasMissedGenerations
        hasMissedGenerations = false
        state = .stable(stable)
        return .stable(stable)
    }

    /// The next step after an error response to a join or sync.
    private mutating func again(_ code: KafkaErrorCode) -> Action {
        switch code {
        case .unknownMemberID:
            left()
            return .reset
        case .illegalGeneration:
            state = .outside
            return .reset
        case .rebalanceInProgress: return begin()
        case .coordinatorNotAvailable, .notCoordinator, .coordinatorLoadInProgress: return .rediscover(code)
        default:
            state = .outside
            return .fail(code)
        }
    }

    /// Returns nil for a response without information about the membership: the coordinator must be found again.
    mutating func heartbeatAnswered(_ code: KafkaErrorCode) -> HeartbeatResult? {
        switch code {
        case .none: return generation == nil ? .rebalancing : .stable
        case .rebalanceInProgress: return .rebalancing
        case .illegalGeneration:
            state = .outside
            return .fenced
        case .unknownMemberID:
            left()
            return .fenced
        default: return nil
        }
    }

    /// It is not a member any more, and joins as another one.
    mutating func left() { self = GroupMachine() }
}
