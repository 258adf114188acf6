import Synchronization
import WireCore
import WireStreams

/// Commits the offsets of all tasks. One thread begins the commits and waits for none of them, so that a task whose
/// partition of the offsets topic is slow holds up no other.
///
/// Connect commits every `offset.flush.interval.ms`, and after a crash repeats the records since the last commit. Here
/// a commit follows soon after there is something to commit, but at most once a second for each task, so that few
/// records are repeated and the offsets topic stays small. The interval is the upper bound.
final class OffsetCommitter: Sendable {
    /// How soon after the first progress a commit follows.
    static let delayMilliseconds = 50
    /// The least time between two commits of one task.
    static let gapMilliseconds = 1000

    private struct Entry {
        let commit: TaskCommit
        var dueAt: MonotonicInstant? { didSet { commit.setScheduled(dueAt != nil) } }
        var notBefore = MonotonicInstant.now

        init(_ commit: TaskCommit) {
            self.commit = commit
            commit.setScheduled(false)
        }
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
        startThread(named: "source-task-offset-committer", stackBytes: 256 << 10, completion: completion) { [self] in
            run()
        }
    }

    func stop(timeoutMilliseconds: Int) {
        state.update { $0.isStopping = true }
        _ = completion.wait(milliseconds: timeoutMilliseconds)
    }

    func register(_ commit: TaskCommit) {
        state.update { $0.entries[commit.id] = Entry(commit) }
    }

    /// Ends the commits of a task's run. A run that was abandoned and ends late must not end those of the next run.
    func unregister(_ commit: TaskCommit) {
        state.update { state in
            if state.entries[commit.id]?.commit === commit { state.entries[commit.id] = nil }
        }
    }

    /// Something can be committed for the task.
    func reportProgress(of id: TaskID) {
        let isNew = state.withLock { state -> Bool in
            guard var entry = state.entries[id], entry.dueAt == nil else { return false }
            entry.dueAt = max(entry.notBefore, MonotonicInstant.now.advanced(byMilliseconds: Self.delayMilliseconds))
            state.entries[id] = entry
            return true
        }
        if isNew { state.update { _ in } }
    }

    /// A task whose offsets repeatedly could not be committed, and why; nil if there is none.
    var interruption: (id: TaskID, reason: String)? {
        for commit in state.withLock({ $0.entries.values.map(\.commit) }) {
            if let reason = commit.interruption { return (commit.id, reason) }
        }
        return nil
    }

    private func begin(_ commit: TaskCommit) {
        let hasBegun = commit.begin { [self] isCommitted in
            if !isCommitted { retry(commit) }
        }
        // There is progress since the commit that is still in progress began.
        if !hasBegun { reportProgress(of: commit.id) }
    }

    private func retry(_ commit: TaskCommit) {
        let pause = commit.retryMilliseconds(firstMilliseconds: gapMilliseconds)
        state.update { state in
            guard state.entries[commit.id]?.commit === commit else { return }
            let notBefore = MonotonicInstant.now.advanced(byMilliseconds: pause)
            state.entries[commit.id]?.notBefore = notBefore
            state.entries[commit.id]?.dueAt = notBefore
        }
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
                    // Before its offsets are taken, so that later progress is reported.
                    state.entries[id]?.dueAt = nil
                    state.entries[id]?.notBefore = now.advanced(byMilliseconds: gapMilliseconds)
                    ready.append(entry.commit)
                }
                return ready
            }
            for commit in ready { begin(commit) }
        }
    }
}
