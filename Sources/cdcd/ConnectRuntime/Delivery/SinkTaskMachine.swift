import ConnectData
import WireCore

/// Decides what a sink task does next: when it polls, which offsets it commits, which partitions are paused, what
/// happens to records that the task refuses, and in rebalances (`WorkerSinkTask` of Connect). Events in, actions out;
/// no I/O, clock or lock.
///
/// A committed offset is never beyond the records that `put` has accepted and that `preCommit` has returned. The end of
/// an action that has one is an event, which has to be handled before the action's successors are carried out.
struct SinkTaskMachine: Equatable {
    typealias Offsets = [TopicPartition: Int64]

    enum Event: Equatable, Sendable {
        /// A turn of the task's loop begins. `polling` follows.
        case ready
        /// The task is about to wait for records.
        case polling
        /// The consumer was assigned these partitions, with the offsets from which it consumes them.
        case assigned(Offsets)
        /// `open` has returned.
        case opened
        /// The consumer is about to lose these partitions; until then it may commit their offsets.
        case revoked(Set<TopicPartition>)
        /// Another member may have these partitions already.
        case lost(Set<TopicPartition>)
        /// Records were consumed and converted, or skipped: for each partition the offset after the last one. The
        /// records belong to the current batch.
        case consumed(Offsets)
        /// `put` has accepted the current batch.
        case accepted
        /// `put` has refused the current batch with `RetriableError`.
        case refused
        /// `preCommit` has returned these offsets.
        case preCommitted(Offsets)
        case preCommitFailed(String)
        /// The end of a commit; `failure` is nil if the offsets are stored.
        case committed(sequence: Int, failure: String?)
        /// The task is paused or resumed by the user, or because the worker is outside of its group.
        case paused(Bool)
        /// Requests of the task.
        case commitRequested
        case retryTimeoutSet(milliseconds: Int)
        case seekRequested(Offsets)
        case partitionsPaused(Set<TopicPartition>)
        case partitionsResumed(Set<TopicPartition>)
        /// The task is about to end.
        case stopped
    }

    enum Action: Equatable, Sendable {
        /// Ends in events of the consumer, then `consumed`.
        case poll(timeoutMilliseconds: Int)
        /// Passes the current batch, which may be empty. Ends in `accepted` or `refused`, or fails the task.
        case put
        /// Removes the records of these partitions from the current batch.
        case discard(Set<TopicPartition>)
        case open(Set<TopicPartition>)
        case close(Set<TopicPartition>)
        /// Ends in `preCommitted` or `preCommitFailed`.
        case preCommit(Offsets)
        /// Ends in `committed`; at once if `waits` is true, else during a later poll.
        case commit(Offsets, sequence: Int, waits: Bool)
        case seek(Offsets)
        case pause(Set<TopicPartition>)
        case resume(Set<TopicPartition>)
        /// The outcome of a commit, for the task's state.
        case report(failure: String?)
        /// A commit has ended before it was sent: no offset has changed, or `preCommit` has returned none.
        case skipCommit
        /// The end of a commit was ignored, since it came too late.
        case ignoreCommitEnd
        case warn(String)
    }

    private struct Commit: Equatable {
        let sequence: Int
        /// Of the partitions that have neither been lost nor consumed from another offset since.
        var offsets: Offsets
        let deadline: MonotonicInstant
    }

    /// What a call of `preCommit` is for.
    private struct PreCommit: Equatable {
        let partitions: Set<TopicPartition>
        let offsets: Offsets
        /// Whether the task loses the partitions.
        let isClosing: Bool
    }

    private let commitIntervalMilliseconds: Int
    private let commitTimeoutMilliseconds: Int
    /// For each assigned partition, the offset after the last record that `put` has accepted.
    private(set) var positions: Offsets = [:]
    /// For each assigned partition, the offset that the task continues from after a failed `preCommit`.
    private(set) var committed: Offsets = [:]
    /// For each partition of the current batch, the offset after its last record.
    private var batchEnds: Offsets = [:]
    private var redelivery = Redelivery()
    /// When the task wants to be called next, for whatever reason.
    private var callTimeoutMilliseconds: Int?
    private var isPaused: Bool
    private var partitionsPausedByTask: Set<TopicPartition> = []
    private var pausedPartitions: Set<TopicPartition> = []
    private var seeks: Offsets = [:]
    private var commitIsRequested = false
    private var nextCommit: MonotonicInstant
    /// The number of the last commit, also if no offset had changed.
    private(set) var lastSequence = 0
    private var commit: Commit?
    private var preCommit: PreCommit?

    init(
        commitIntervalMilliseconds: Int, commitTimeoutMilliseconds: Int, isPaused: Bool = false, start: MonotonicInstant
    ) {
        self.commitIntervalMilliseconds = commitIntervalMilliseconds
        self.commitTimeoutMilliseconds = commitTimeoutMilliseconds
        self.isPaused = isPaused
        nextCommit = start.advanced(byMilliseconds: commitIntervalMilliseconds)
    }

    var assignment: Set<TopicPartition> { Set(positions.keys) }

    /// The number of records that were consumed and whose offsets are not committed.
    var activeRecordCount: Int {
        committed.reduce(0) { count, entry in
            let consumed = batchEnds[entry.key] ?? positions[entry.key] ?? entry.value
            return count + Int(max(0, consumed - entry.value))
        }
    }

    mutating func handle(_ event: Event, at now: MonotonicInstant) -> [Action] {
        switch event {
        case .ready: return ready(now)
        case .polling: return polling(now)
        case .assigned(let offsets): return assigned(offsets)
        case .opened: return takeSeeks()
        case .revoked(let partitions):
            let partitions = partitions.intersection(assignment)
            return discard(partitions) + beginCommit(of: partitions, isClosing: true)
        case .lost(let partitions):
            let partitions = partitions.intersection(assignment)
            return partitions.isEmpty ? [] : discard(partitions) + [.close(partitions)] + forget(partitions)
        case .consumed(let ends): return consumed(ends, now)
        case .accepted:
            positions.merge(batchEnds) { $1 }
            batchEnds = [:]
            redelivery.end()
            return pauseChanges()
        case .refused:
            redelivery.begin(after: callTimeoutMilliseconds, at: now)
            callTimeoutMilliseconds = nil
            return pauseChanges()
        case .preCommitted(let offsets): return preCommitted(offsets, now)
        case .preCommitFailed(let reason): return preCommitFailed(reason)
        case .committed(let sequence, let failure): return commitEnded(sequence, failure)
        case .paused(let isPaused):
            self.isPaused = isPaused
            // What was put before is committed without waiting for the end of the interval.
            commitIsRequested = commitIsRequested || isPaused
            return pauseChanges()
        case .commitRequested: commitIsRequested = true
        case .retryTimeoutSet(let milliseconds): callTimeoutMilliseconds = max(0, milliseconds)
        case .seekRequested(let offsets): seeks.merge(offsets) { $1 }
        case .partitionsPaused(let partitions):
            partitionsPausedByTask.formUnion(partitions.intersection(assignment))
            return pauseChanges()
        case .partitionsResumed(let partitions):
            partitionsPausedByTask.subtract(partitions)
            return pauseChanges()
        case .stopped: return beginCommit(of: assignment, isClosing: true)
        }
        return []
    }

    // MARK: Turns

    private mutating func ready(_ now: MonotonicInstant) -> [Action] {
        var actions: [Action] = []
        if let pending = commit, now >= pending.deadline {
            commit = nil
            actions.append(.report(failure: "A commit was not answered within \(commitTimeoutMilliseconds) ms"))
        }
        if commit == nil, commitIsRequested || now >= nextCommit {
            commitIsRequested = false
            nextCommit = now.advanced(byMilliseconds: commitIntervalMilliseconds)
            actions += beginCommit(of: assignment, isClosing: false)
        }
        return actions
    }

    private mutating func polling(_ now: MonotonicInstant) -> [Action] {
        let seeks = takeSeeks()
        var deadline = nextCommit
        if let commit { deadline = min(deadline, commit.deadline) }
        if !isPaused, let due = redelivery.deadline { deadline = min(deadline, due) }
        if let timeout = callTimeoutMilliseconds { deadline = min(deadline, now.advanced(byMilliseconds: timeout)) }
        callTimeoutMilliseconds = nil
        return seeks + [.poll(timeoutMilliseconds: max(0, deadline.millisecondsRoundedUp(since: now)))]
    }

    private mutating func consumed(_ ends: Offsets, _ now: MonotonicInstant) -> [Action] {
        batchEnds.merge(ends.filter { positions[$0.key] != nil }) { $1 }
        // A batch that was refused waits, also if the consumer returns early.
        if let due = redelivery.deadline, isPaused || now < due { return [] }
        return [.put]
    }

    private mutating func takeSeeks() -> [Action] {
        guard !seeks.isEmpty else { return [] }
        let offsets = seeks
        seeks = [:]
        return rewind(to: offsets)
    }

    /// Consumes partitions from other offsets, without their records in the current batch.
    private mutating func rewind(to offsets: Offsets) -> [Action] {
        for (partition, offset) in offsets where positions[partition] != nil {
            positions[partition] = offset
            committed[partition] = offset
            commit?.offsets[partition] = nil
        }
        return discard(Set(offsets.keys)) + [.seek(offsets)] + pauseChanges()
    }

    private mutating func discard(_ partitions: Set<TopicPartition>) -> [Action] {
        let discarded = partitions.intersection(batchEnds.keys)
        guard !discarded.isEmpty else { return [] }
        for partition in discarded { batchEnds[partition] = nil }
        if batchEnds.isEmpty { redelivery.end() }
        return [.discard(discarded)]
    }

    /// The partitions whose consumption is to be stopped or continued.
    private mutating func pauseChanges() -> [Action] {
        let isBlocked = isPaused || redelivery.isActive
        let wanted = isBlocked ? assignment : partitionsPausedByTask.intersection(assignment)
        let (added, removed) = (wanted.subtracting(pausedPartitions), pausedPartitions.subtracting(wanted))
        pausedPartitions = wanted
        return (added.isEmpty ? [] : [.pause(added)]) + (removed.isEmpty ? [] : [.resume(removed)])
    }

    // MARK: Rebalances

    private mutating func assigned(_ offsets: Offsets) -> [Action] {
        for (partition, offset) in offsets {
            positions[partition] = offset
            committed[partition] = offset
            commit?.offsets[partition] = nil
        }
        let discarded = discard(Set(offsets.keys))
        // The consumer does not pause new partitions, even if they were paused before.
        pausedPartitions.subtract(offsets.keys)
        partitionsPausedByTask.formIntersection(assignment)
        return discarded + pauseChanges() + (offsets.isEmpty ? [] : [.open(Set(offsets.keys))])
    }

    private mutating func forget(_ partitions: Set<TopicPartition>) -> [Action] {
        for partition in partitions {
            positions[partition] = nil
            committed[partition] = nil
            seeks[partition] = nil
            commit?.offsets[partition] = nil
        }
        pausedPartitions.subtract(partitions)
        return pauseChanges()
    }

    // MARK: Commits

    private mutating func beginCommit(of partitions: Set<TopicPartition>, isClosing: Bool) -> [Action] {
        let offsets = positions.filter { partitions.contains($0.key) }
        guard !offsets.isEmpty else { return [] }
        lastSequence += 1
        preCommit = PreCommit(partitions: partitions, offsets: offsets, isClosing: isClosing)
        return [.preCommit(offsets)]
    }

    private mutating func preCommitted(_ provided: Offsets, _ now: MonotonicInstant) -> [Action] {
        guard let call = preCommit else { return [] }
        preCommit = nil
        var actions: [Action] = []
        let current = committed.filter { call.offsets[$0.key] != nil }
        var offsets = current
        for (partition, offset) in provided {
            guard let position = call.offsets[partition] else {
                actions.append(.warn("Ignoring the offset \(offset) of \(partition), which is not assigned"))
                continue
            }
            guard offset <= position else {
                actions.append(
                    .warn("Ignoring the offset \(offset) of \(partition), which is beyond the records that were put"))
                continue
            }
            offsets[partition] = offset
        }
        if call.isClosing { actions.append(.close(call.partitions)) }
        // Once a partition has progressed, all are committed, as in Connect: everyone knows their offsets then.
        if !provided.isEmpty, offsets != current {
            commit = Commit(
                sequence: lastSequence, offsets: offsets,
                deadline: now.advanced(byMilliseconds: commitTimeoutMilliseconds))
            actions.append(.commit(offsets, sequence: lastSequence, waits: call.isClosing))
        } else {
            actions.append(.skipCommit)
        }
        if call.isClosing { actions += forget(call.partitions) }
        return actions
    }

    private mutating func preCommitFailed(_ reason: String) -> [Action] {
        guard let call = preCommit else { return [] }
        preCommit = nil
        if call.isClosing {
            return [.warn("Offset commit failed during close: \(reason)"), .close(call.partitions)]
                + forget(call.partitions)
        }
        let offsets = committed.filter { call.offsets[$0.key] != nil }
        return [
            .warn("Offset commit failed, rewinding to last committed offsets: \(reason)"), .report(failure: reason),
        ] + rewind(to: offsets)
    }

    private mutating func commitEnded(_ sequence: Int, _ failure: String?) -> [Action] {
        // The end of an earlier commit, which timed out or which a rebalance has replaced.
        guard let ended = commit, ended.sequence == sequence else { return [.ignoreCommitEnd] }
        commit = nil
        if failure == nil { committed.merge(ended.offsets) { $1 } }
        return [.report(failure: failure)]
    }
}
