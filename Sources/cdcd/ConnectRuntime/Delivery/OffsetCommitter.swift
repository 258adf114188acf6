import Synchronization
import WireCore
import WireStreams

/// Commits the offsets of all tasks, on one thread.
///
/// Connect commits every `offset.flush.interval.ms` and repeats what came since the last time after a crash. Here a
/// commit follows soon after there is something to commit, but not more often than once a second for each task, so that
/// little is repeated and the offsets topic stays small. The interval is the upper bound.
final class OffsetCommitter: Sendable {
    /// How soon after the first progress a commit follows.
    static let delayMilliseconds = 50
    /// The least time between two commits of one task.
    static let gapMilliseconds = 1000

    private struct Entry {
        let commit: TaskCommit
        var dueAt: MonotonicInstant?
        var notBefore: MonotonicInstant
    }

    private struct State {
        var entries: [TaskID: Entry] = [:]
        var isStopping = false
    }

    private let state = Monitor(State())
    private let gapMilliseconds: Int
    private let completion = ThreadCompletion()

    init(flushIntervalMilliseconds: Int) {
        gapMilliseconds = min(flushIntervalMilliseconds, Self.gapMilliseconds)
    }

    func start() {
        let committer = self
        startThread(named: "source-task-offset-committer", stackBytes: 256 << 10) {
            committer.run()
            committer.completion.finish()
        }
    }

    func stop(timeoutMilliseconds: Int) {
        state.update { $0.isStopping = true }
        _ = completion.wait(milliseconds: timeoutMilliseconds)
    }

    func register(_ commit: TaskCommit) {
        state.update { $0.entries[commit.id] = Entry(commit: commit, dueAt: nil, notBefore: .now) }
    }

    /// Ends the care for a task. One that was given up and ends late must not take its successor's place away.
    func unregister(_ commit: TaskCommit) {
        state.update { state in
            if state.entries[commit.id]?.commit === commit { state.entries[commit.id] = nil }
        }
    }

    /// Something can be committed for the task.
    func noteProgress(of id: TaskID) {
        let isNew = state.withLock { state -> Bool in
            guard var entry = state.entries[id], entry.dueAt == nil else { return false }
            entry.dueAt = max(entry.notBefore, MonotonicInstant.now.advanced(byMilliseconds: Self.delayMilliseconds))
            state.entries[id] = entry
            return true
        }
        if isNew { state.update { _ in } }
    }

    private func run() {
        while true {
            let next = state.withLock { state -> (due: MonotonicInstant?, isStopping: Bool) in
                (state.entries.values.compactMap(\.dueAt).min(), state.isStopping)
            }
            if next.isStopping { return }
            guard let due = next.due, due <= .now else {
                _ = state.wait(until: next.due) { state -> Bool? in
                    let earliest = state.entries.values.compactMap(\.dueAt).min()
                    return state.isStopping || earliest != next.due ? true : nil
                }
                continue
            }
            let ready = state.withLock { state -> [TaskCommit] in
                let now = MonotonicInstant.now
                var ready: [TaskCommit] = []
                for (id, entry) in state.entries {
                    guard let due = entry.dueAt, due <= now else { continue }
                    state.entries[id]?.dueAt = nil
                    state.entries[id]?.notBefore = now.advanced(byMilliseconds: gapMilliseconds)
                    ready.append(entry.commit)
                }
                return ready
            }
            for commit in ready where !commit.commit() { noteProgress(of: commit.id) }
        }
    }
}

/// Commits the offsets of one task. Two threads may ask for it, one does it at a time.
final class TaskCommit: Sendable {
    let id: TaskID
    private let tracker: DeliveryTracker
    private let store: OffsetStore
    private let isCommitting = Mutex(())
    private let isAbandoned = Atomic(false)
    private let logger: Logger

    init(id: TaskID, tracker: DeliveryTracker, store: OffsetStore) {
        self.id = id
        self.tracker = tracker
        self.store = store
        logger = Logger(
            "org.apache.kafka.connect.runtime.WorkerSourceTask",
            context: "[\(id.connector)|task-\(id.task)|offsets] ")
    }

    /// From now on nothing is committed: another task has taken over.
    func abandon() { isAbandoned.store(true, ordering: .releasing) }

    /// Writes what may be committed; stored on return. False where that failed; it is kept for the next time.
    func commit() -> Bool {
        isCommitting.withLock { _ in
            guard !isAbandoned.load(ordering: .acquiring) else { return true }
            let (checkpoints, count) = tracker.takeCommittable()
            guard !checkpoints.isEmpty else { return true }
            logger.debug("WorkerSourceTask{id=\(id)} Committing offsets for \(count) acknowledged messages")
            var left = checkpoints
            do {
                while let checkpoint = left.first {
                    let source = OffsetView.Source(connector: id.connector, partition: checkpoint.partition)
                    // A source without rows may say the same again and again.
                    if store.offset(of: source) != checkpoint.offset { try store.write(checkpoint.offset, of: source) }
                    left.removeFirst()
                }
                return true
            } catch {
                logger.error("WorkerSourceTask{id=\(id)} Failed to commit offsets, will be tried again: \(error)")
                tracker.putBack(left, finishedCount: count)
                return false
            }
        }
    }
}
