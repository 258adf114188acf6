import ConnectData
import Synchronization
import WireCore
import WireStreams

/// Commits the offsets of one task. Two threads may begin commits; one commit is in progress at a time.
final class TaskCommit: Sendable {
    private struct State {
        var isCommitting = false
        var health = CommitHealth()
    }

    /// A commit that is in progress.
    private struct PendingCommit {
        var left: Int
        var failed: [Checkpoint] = []
        var failure: String?
    }

    let id: TaskID
    private let tracker: DeliveryTracker
    private let store: OffsetStore
    private let conditionChanged: @Sendable (TaskControl.Condition) -> Void
    private let state = Monitor(State())
    private let isAbandoned = Atomic(false)
    private let holding = Atomic(false)
    private let logger: Logger

    /// - Parameter conditionChanged: called when commits keep failing, and when they work again.
    init(
        id: TaskID, tracker: DeliveryTracker, store: OffsetStore,
        conditionChanged: @escaping @Sendable (TaskControl.Condition) -> Void
    ) {
        self.id = id
        self.tracker = tracker
        self.store = store
        self.conditionChanged = conditionChanged
        logger = Logger(
            "org.apache.kafka.connect.runtime.WorkerSourceTask",
            context: "[\(id.connector)|task-\(id.task)|offsets] ")
    }

    /// While it is set, offsets are kept and not committed, because the worker is outside of its group.
    var isHeld: Bool {
        get { holding.load(ordering: .acquiring) }
        set { holding.store(newValue, ordering: .releasing) }
    }

    /// See `DeliveryTracker.setCommitScheduled`.
    func setScheduled(_ isScheduled: Bool) { tracker.setCommitScheduled(isScheduled) }

    /// Ends all commits, and the wait for one of another thread, because another run of the task may have started.
    func abandon() {
        isAbandoned.store(true, ordering: .releasing)
        state.update { _ in }
    }

    /// The delay after a commit that failed.
    func retryMilliseconds(firstMilliseconds: Int) -> Int {
        state.withLock { $0.health.retryMilliseconds(firstMilliseconds: firstMilliseconds) }
    }

    /// Why several commits in a row have failed; nil otherwise.
    var interruption: String? { state.withLock { $0.health.interruption } }

    /// Writes the offsets that may be committed, after a commit that is in progress. Returns true if they are stored;
    /// otherwise they are kept for the next commit.
    func commit() -> Bool {
        let outcome = Monitor<Bool?>(nil)
        let mayCommit = state.wait { state -> Bool? in
            if isAbandoned.load(ordering: .acquiring) { return false }
            if state.isCommitting { return nil }
            state.isCommitting = true
            return true
        }
        guard mayCommit else { return true }
        run { isCommitted in outcome.update { $0 = isCommitted } }
        return outcome.wait { $0 }
    }

    /// Begins to write the offsets that may be committed, and returns at once. Returns false if a commit is in
    /// progress.
    ///
    /// - Parameter completion: called on any thread; whether all of it is stored.
    func begin(completion: @escaping @Sendable (_ isCommitted: Bool) -> Void) -> Bool {
        let isFree = state.withLock { state -> Bool in
            defer { state.isCommitting = true }
            return !state.isCommitting
        }
        if isFree { run(completion) }
        return isFree
    }

    private func run(_ completion: @escaping @Sendable (Bool) -> Void) {
        guard !isHeld else {
            end(.nothingToCommit)
            return completion(false)
        }
        let (checkpoints, count) = isAbandoned.load(ordering: .acquiring) ? ([], 0) : tracker.takeCommittable()
        // A source without rows may repeat its last offset.
        let due = checkpoints.filter { store.offset(of: source($0)) != $0.offset }
        guard !due.isEmpty else {
            end(.nothingToCommit)
            return completion(true)
        }
        logger.debug("WorkerSourceTask{id=\(id)} Committing offsets for \(count) acknowledged messages")
        let pending = Monitor(PendingCommit(left: due.count))
        for checkpoint in due {
            store.write(checkpoint.offset, of: source(checkpoint)) { [self] result in
                let ended = pending.withLock { pending -> PendingCommit? in
                    pending.left -= 1
                    if case .failure(let error) = result {
                        pending.failed.append(checkpoint)
                        pending.failure = "\(error)"
                    }
                    return pending.left == 0 ? pending : nil
                }
                guard let ended else { return }
                if ended.failure != nil { tracker.putBack(ended.failed, finishedCount: count) }
                end(.attempted(failure: ended.failure))
                completion(ended.failure == nil)
            }
        }
    }

    private func source(_ checkpoint: Checkpoint) -> OffsetView.Source {
        OffsetView.Source(connector: id.connector, partition: checkpoint.partition)
    }

    private enum Outcome {
        case nothingToCommit
        /// `failure` is nil if the offsets are stored.
        case attempted(failure: String?)
    }

    private func end(_ outcome: Outcome) {
        let (condition, isLogged) = state.update { state -> (TaskControl.Condition?, Bool) in
            state.isCommitting = false
            guard case .attempted(let failure) = outcome else { return (nil, false) }
            return (state.health.committed(failure), state.health.isWorthLogging)
        }
        if case .attempted(let failure) = outcome {
            let metrics = tracker.metrics?.task
            if failure == nil { metrics?.committed.add() } else { metrics?.commitFailures.add() }
        }
        if case .attempted(let failure?) = outcome, isLogged {
            logger.error("WorkerSourceTask{id=\(id)} Failed to commit offsets, will be tried again: \(failure)")
        }
        if let condition, !isAbandoned.load(ordering: .acquiring) { conditionChanged(condition) }
    }
}
