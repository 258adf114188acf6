import KafkaProtocol
import WireCore

/// One group in the classic protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup), whatever its protocol type.
///
/// A state machine: requests and the time go in, responses to waiting requests come out as actions. Each request ID
/// that is passed to `join` or `sync` gets exactly one response. The rules are those of Kafka's own coordinator.
///
/// ```
/// empty --join--> preparing --all have joined or timeout--> completing --leader's sync--> stable
///                     ^---------- a member joins, changes, leaves or expires ---------------'
/// ```
struct ConsumerGroup: Equatable, Sendable {
    enum Phase: Equatable, Sendable {
        case empty
        /// Waits for the members to join; those that have not joined by `until` are removed.
        case preparing(until: MonotonicInstant)
        /// Waits for the leader's assignment.
        case completing
        case stable
    }

    let groupID: String
    var phase = Phase.empty
    var generation: Int32 = 0
    /// nil for a group that only commits offsets.
    var protocolType: String?
    var protocolName: String?
    var leaderID: String?
    /// In the order in which they joined.
    var members: [GroupMember] = []
    /// The ids that were given to members that have not joined with them yet, and when each expires.
    var pendingMembers: [String: MonotonicInstant] = [:]
    /// When the members of this generation must have sent SyncGroup; nil once all have.
    var syncDeadline: MonotonicInstant?

    init(groupID: String) { self.groupID = groupID }

    /// The state's name in Kafka's tools.
    var stateName: String {
        switch phase {
        case .empty: "Empty"
        case .preparing: "PreparingRebalance"
        case .completing: "CompletingRebalance"
        case .stable: "Stable"
        }
    }

    func index(of memberID: String) -> Int? { members.firstIndex { $0.memberID == memberID } }
    func index(ofInstance groupInstanceID: String) -> Int? {
        members.firstIndex { $0.groupInstanceID == groupInstanceID }
    }

    /// When `handleTimeouts` must be called next, unless a request comes first.
    var nextDeadline: MonotonicInstant? {
        var earliest = pendingMembers.values.min()
        func consider(_ instant: MonotonicInstant?) {
            guard let instant else { return }
            earliest = earliest.map { min($0, instant) } ?? instant
        }
        for member in members where member.canExpire { consider(member.sessionEnd) }
        if case .preparing(let until) = phase { consider(until) }
        consider(syncDeadline)
        return earliest
    }

    // MARK: Requests that are answered immediately

    /// The index of the member that the sender identifies itself as, or the error code if it is not that member.
    func memberIndex(
        memberID: String, groupInstanceID: String?
    ) -> ErrorCodeResult<Int> {
        if let groupInstanceID {
            guard let index = index(ofInstance: groupInstanceID) else { return .failure(.unknownMemberID) }
            return members[index].memberID == memberID ? .success(index) : .failure(.fencedInstanceID)
        }
        guard let index = index(of: memberID) else { return .failure(.unknownMemberID) }
        return .success(index)
    }

    /// A Heartbeat.
    mutating func heartbeat(
        memberID: String, groupInstanceID: String?, generation: Int32, now: MonotonicInstant
    ) -> KafkaErrorCode {
        switch memberIndex(memberID: memberID, groupInstanceID: groupInstanceID) {
        case .failure(let code): return code
        case .success(let index):
            guard generation == self.generation else { return .illegalGeneration }
            members[index].recordHeartbeat(at: now)
            if case .preparing = phase { return .rebalanceInProgress }
            return .none
        }
    }

    /// Whether an OffsetCommit is accepted. A commit counts as a heartbeat.
    mutating func validateCommit(
        memberID: String, groupInstanceID: String?, generation: Int32, now: MonotonicInstant
    ) -> KafkaErrorCode {
        // A client that assigns partitions to itself. It may not commit for a group that has members.
        if generation < 0, members.isEmpty { return .none }
        switch memberIndex(memberID: memberID, groupInstanceID: groupInstanceID) {
        case .failure(let code): return code
        case .success(let index):
            guard generation == self.generation else { return .illegalGeneration }
            members[index].recordHeartbeat(at: now)
            return phase == .completing ? .rebalanceInProgress : .none
        }
    }

    /// A LeaveGroup for one member.
    mutating func leave(
        memberID: String, groupInstanceID: String?, now: MonotonicInstant
    ) -> (KafkaErrorCode, [GroupAction]) {
        if groupInstanceID == nil, pendingMembers.removeValue(forKey: memberID) != nil {
            return (.none, completeJoinIfReady(now: now))
        }
        if let groupInstanceID, memberID.isEmpty {
            // An administrator removes a static member by its name alone.
            guard let index = index(ofInstance: groupInstanceID) else { return (.unknownMemberID, []) }
            return (.none, remove([members[index].memberID], now: now))
        }
        switch memberIndex(memberID: memberID, groupInstanceID: groupInstanceID) {
        case .failure(let code): return (code, [])
        case .success: return (.none, remove([memberID], now: now))
        }
    }

    // MARK: Time

    /// Removes members whose session or sync timeout has passed, and completes a join whose rebalance timeout has.
    mutating func handleTimeouts(now: MonotonicInstant) -> [GroupAction] {
        var actions: [GroupAction] = []
        let expired = pendingMembers.filter { $0.value <= now }.keys
        for memberID in expired { pendingMembers[memberID] = nil }
        if !expired.isEmpty { actions += completeJoinIfReady(now: now) }

        let dead = members.filter { $0.canExpire && $0.sessionEnd <= now }.map(\.memberID)
        if !dead.isEmpty { actions += remove(dead, now: now) }

        if let deadline = syncDeadline, deadline <= now {
            syncDeadline = nil
            let silent = members.filter { !$0.hasSynced }.map(\.memberID)
            if !silent.isEmpty { actions += remove(silent, now: now) }
        }
        if case .preparing(let until) = phase, until <= now { actions += completeJoin(now: now) }
        return actions
    }

    /// Removes members, fails their pending requests, and starts a rebalance of the others.
    mutating func remove(_ memberIDs: [String], now: MonotonicInstant) -> [GroupAction] {
        var actions: [GroupAction] = []
        for memberID in memberIDs {
            guard let index = index(of: memberID) else { continue }
            actions += failPendingRequests(of: members.remove(at: index), with: .unknownMemberID)
        }
        if let leaderID, index(of: leaderID) == nil { self.leaderID = members.first?.memberID }
        if case .preparing = phase {
            actions += completeJoinIfReady(now: now)
        } else {
            actions += prepareRebalance(now: now)
        }
        return actions
    }

    /// Answers a member's pending requests with an error.
    func failPendingRequests(of member: GroupMember, with code: KafkaErrorCode) -> [GroupAction] {
        var actions: [GroupAction] = []
        if let requestID = member.pendingJoin {
            actions.append(.respondToJoin(requestID, .refused(code, memberID: member.memberID)))
        }
        if let requestID = member.pendingSync { actions.append(.respondToSync(requestID, .refused(code))) }
        return actions
    }
}
