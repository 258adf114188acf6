import Foundation
import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Runs the groups' state machines: passes them requests and the time, persists their state, and completes waiting
/// requests.
///
/// One lock protects all groups. It is never held while waiting for a member. The timer thread handles timeouts.
final class GroupCoordinator: Sendable {
    static let logger = Logger("cdcd.broker.GroupCoordinator")

    struct State: ~Copyable {
        var groups: [String: ConsumerGroup] = [:]
        /// Groups in the protocol of KIP-848. A group id is in one of the two tables.
        var serverAssigned: [String: ServerAssignedGroup] = [:]
        /// When groups without members were first seen without, in milliseconds since 1970.
        var emptySince: [String: Int64] = [:]
        var offsets = GroupOffsets()
        var journal: Journal<GroupJournalEntry>
        /// The offsets of open transactions, by producer id.
        var pendingOffsets = PendingOffsets()
        var joins: [GroupRequestID: PendingResponse<JoinOutcome>] = [:]
        var syncs: [GroupRequestID: PendingResponse<SyncOutcome>] = [:]
        var lastRequestNumber: UInt64 = 0
        /// When the timer thread wakes up; nil while it waits without a limit.
        var nextWakeup: MonotonicInstant?
        var isStopped = false

        /// Whether there is a group of the classic protocol, which may have offsets only.
        func hasClassicGroup(_ groupID: String) -> Bool {
            groups[groupID] != nil || !offsets.topics(of: groupID).isEmpty
        }
    }

    let state: Mutex<State>
    private let membership: ClusterMembership
    /// Set to make the timer thread compute its next deadline again.
    private let mustWake = Monitor(false)
    private let timerThread = ThreadCompletion()

    /// Reads the persisted groups and offsets.
    ///
    /// - Parameters:
    ///   - membership: the nodes, each of which coordinates some of the groups.
    ///   - flushesAlways: whether each change is on the disk before it is acknowledged.
    init(
        directory: DataDirectory, membership: ClusterMembership = ClusterMembership(), flushesAlways: Bool = false,
        now: MonotonicInstant
    ) throws(StorageError) {
        self.membership = membership
        var groups: [String: ConsumerGroup] = [:]
        var serverAssigned: [String: ServerAssignedGroup] = [:]
        var offsets = GroupOffsets()
        var pending = PendingOffsets()
        var journal = try Journal<GroupJournalEntry>(
            GroupJournalEntry.fileName, in: directory, flushesAlways: flushesAlways
        ) { entry in
            switch entry {
            case .group(let snapshot):
                groups[snapshot.groupID] = snapshot.restored(now: now)
                serverAssigned[snapshot.groupID] = nil
            case .serverAssigned(var group):
                group.restoreSessions(now: now)
                serverAssigned[group.groupID] = group
                groups[group.groupID] = nil
            case .offset(let groupID, let topic, let partition, let committed):
                offsets[groupID, topic, partition] = committed
            case .offsetRemoved(let groupID, let topic, let partition): offsets[groupID, topic, partition] = nil
            case .groupRemoved(let groupID):
                groups[groupID] = nil
                serverAssigned[groupID] = nil
                offsets.removeGroup(groupID)
                pending.removeGroup(groupID)
            case .pendingOffset(let producerID, let groupID, let topic, let partition, let committed):
                pending.add(committed, groupID, topic, partition, by: producerID)
            case .transactionEnded(let producerID, let isCommit):
                pending.end(producerID, isCommit: isCommit, &offsets)
            }
        }
        try journal.rewrite(
            groups.values.map { .group(GroupSnapshot($0)) } + serverAssigned.values.map { .serverAssigned($0) }
                + offsets.entries + pending.entries)
        var state = State(journal: journal)
        state.groups = groups
        state.serverAssigned = serverAssigned
        state.offsets = offsets
        state.pendingOffsets = pending
        self.state = Mutex(state)
    }

    func start() {
        startThread(named: "broker-groups", stackBytes: 256 << 10, completion: timerThread) { [self] in
            runTimers()
        }
    }

    /// Answers all waiting requests with COORDINATOR_NOT_AVAILABLE and ends the timer thread.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            for response in state.joins.values {
                response.complete(with: .refused(.coordinatorNotAvailable, memberID: ""))
            }
            for response in state.syncs.values { response.complete(with: .refused(.coordinatorNotAvailable)) }
            state.joins = [:]
            state.syncs = [:]
        }
        mustWake.update { $0 = true }
        _ = timerThread.wait(milliseconds: 5000)
    }

    func synchronize() throws(StorageError) {
        try state.withLock { (state) throws(StorageError) in try state.journal.synchronize() }
    }

    // MARK: Requests that wait

    /// A JoinGroup that `node` has received. Returns when all members have joined or the rebalance timeout has passed.
    func join(groupID: String, _ request: JoinRequest, at node: Int32) -> JoinOutcome {
        let response = PendingResponse<JoinOutcome>()
        change { state in
            guard !state.isStopped else {
                response.complete(with: .refused(.coordinatorNotAvailable, memberID: request.memberID))
                return
            }
            // Under the lock: a request that waits is answered when the coordinator moves.
            guard membership.coordinator(of: groupID) == node else {
                return response.complete(with: .refused(.notCoordinator, memberID: ""))
            }
            guard state.groups[groupID] != nil || request.memberID.isEmpty else {
                response.complete(with: .refused(.unknownMemberID, memberID: request.memberID))
                return
            }
            if let other = state.serverAssigned[groupID] {
                guard other.members.isEmpty else {
                    let refusal = JoinOutcome.refused(.inconsistentGroupProtocol, memberID: request.memberID)
                    return response.complete(with: refusal)
                }
                state.serverAssigned[groupID] = nil
            }
            let requestID = state.makeRequestID()
            state.joins[requestID] = response
            let name = String(decoding: (request.groupInstanceID ?? request.clientID).utf8.prefix(249), as: UTF8.self)
            let newMemberID = "\(name)-\(UUID().uuidString.lowercased())"
            var group = state.groups[groupID] ?? ConsumerGroup(groupID: groupID)
            let actions = group.join(request, requestID: requestID, newMemberID: newMemberID, now: .now)
            state.groups[groupID] = group
            state.perform(actions, for: groupID)
        }
        return response.wait()
    }

    /// A SyncGroup that `node` has received. Returns when the leader has sent the assignments.
    func sync(groupID: String, _ request: SyncRequest, at node: Int32) -> SyncOutcome {
        let response = PendingResponse<SyncOutcome>()
        change { state in
            guard !state.isStopped else { return response.complete(with: .refused(.coordinatorNotAvailable)) }
            guard membership.coordinator(of: groupID) == node else {
                return response.complete(with: .refused(.notCoordinator))
            }
            guard var group = state.groups[groupID] else { return response.complete(with: .refused(.unknownMemberID)) }
            let requestID = state.makeRequestID()
            state.syncs[requestID] = response
            let actions = group.sync(request, requestID: requestID, now: .now)
            state.groups[groupID] = group
            state.perform(actions, for: groupID)
        }
        return response.wait()
    }

    // MARK: Timeouts

    /// Changes the state and wakes the timer thread if the next deadline is now earlier.
    func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        var isEarlier = false
        let result = state.withLock { state -> R in
            let result = body(&state)
            guard let next = state.nextDeadline else { return result }
            isEarlier = state.nextWakeup.map { next < $0 } ?? true
            if isEarlier { state.nextWakeup = next }
            return result
        }
        if isEarlier { mustWake.update { $0 = true } }
        return result
    }

    private enum TimerStep {
        /// nil waits without a limit.
        case wait(until: MonotonicInstant?)
        case stop
    }

    private func runTimers() {
        while case .wait(let deadline) = handleTimeouts() {
            _ = mustWake.wait(until: deadline) { mustWake -> Bool? in
                guard mustWake else { return nil }
                mustWake = false
                return true
            }
        }
    }

    private func handleTimeouts() -> TimerStep {
        state.withLock { state in
            guard !state.isStopped else { return .stop }
            let now = MonotonicInstant.now
            for groupID in state.groups.compactMap({ ($0.value.nextDeadline ?? now) <= now ? $0.key : nil }) {
                state.handleTimeouts(groupID, now: now)
            }
            for (groupID, var group) in state.serverAssigned where (group.nextDeadline ?? now) <= now {
                guard group.handleTimeouts(now: now) else { continue }
                state.store(group, instead: state.serverAssigned[groupID])
            }
            state.nextWakeup = state.nextDeadline
            return .wait(until: state.nextWakeup)
        }
    }
}

extension GroupCoordinator.State {
    mutating func makeRequestID() -> GroupRequestID {
        lastRequestNumber += 1
        return GroupRequestID(number: lastRequestNumber)
    }

    var nextDeadline: MonotonicInstant? {
        let deadlines = groups.values.lazy.compactMap(\.nextDeadline).min()
        let others = serverAssigned.values.lazy.compactMap(\.nextDeadline).min()
        guard let deadlines, let others else { return deadlines ?? others }
        return min(deadlines, others)
    }

    mutating func handleTimeouts(_ groupID: String, now: MonotonicInstant) {
        guard var group = groups[groupID] else { return }
        let actions = group.handleTimeouts(now: now)
        groups[groupID] = group
        perform(actions, for: groupID)
        // A group whose only client requested a member id and never joined is removed.
        if group.phase == .empty, group.generation == 0, group.pendingMembers.isEmpty { groups[groupID] = nil }
    }

    /// Performs the actions of one group's state machine.
    mutating func perform(_ actions: [GroupAction], for groupID: String) {
        for action in actions {
            switch action {
            case .respondToJoin(let id, let outcome): joins.removeValue(forKey: id)?.complete(with: outcome)
            case .respondToSync(let id, let outcome): syncs.removeValue(forKey: id)?.complete(with: outcome)
            case .persist:
                guard let group = groups[groupID] else { continue }
                // If this fails, the group continues; its members would have to join again after a restart.
                write([.group(GroupSnapshot(group))])
            }
        }
    }

    /// Appends to the journal. If that fails, logs the error and returns false.
    @discardableResult
    mutating func write(_ entries: [GroupJournalEntry]) -> Bool {
        do throws(StorageError) {
            try journal.append(entries)
        } catch {
            GroupCoordinator.logger.error("The groups' journal cannot be written: \(error)")
            return false
        }
        if journal.shouldRewrite { rewriteJournal() }
        return true
    }

    /// What was appended stays in the journal even if this fails.
    private mutating func rewriteJournal() {
        do throws(StorageError) {
            let snapshots = groups.values.filter { $0.generation > 0 }
            try journal.rewrite(
                snapshots.map { .group(GroupSnapshot($0)) } + serverAssigned.values.map { .serverAssigned($0) }
                    + offsets.entries + pendingOffsets.entries)
        } catch {
            GroupCoordinator.logger.error("The compaction of the groups' journal failed; the file keeps growing: \(error)")
            journal.postponeRewrite()
        }
    }
}
