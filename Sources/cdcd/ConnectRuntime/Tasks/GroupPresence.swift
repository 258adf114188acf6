import Synchronization

/// Whether the worker is a member of its group, and the tasks that run only while it is. Safe to use from any thread.
///
/// `WorkerGroupMembership` sets it from its own threads, so that tasks end at once and not when the herder handles the
/// event.
final class GroupPresence: Sendable {
    private struct State {
        /// Why the worker is not a member; nil while it is.
        var absence: String?
        var runners: [TaskRun: TaskRunner] = [:]
    }

    private let state = Mutex(State())

    /// Why the worker is not a member of its group; nil while it is.
    var absence: String? { state.withLock { $0.absence } }

    /// Adds a task that is about to start. Returns false if it must not start.
    func admit(_ runner: TaskRunner) -> Bool {
        state.withLock { state in
            guard state.absence == nil else { return false }
            state.runners[runner.taskRun] = runner
            return true
        }
    }

    func remove(_ runner: TaskRunner) {
        state.withLock { $0.runners[runner.taskRun] = nil }
    }

    /// The worker is no longer a member: every task ends or waits.
    ///
    /// - Parameter revokes: whether tasks end whose stop discards no work; otherwise all wait.
    /// - Returns: the runs that end.
    func leave(_ reason: String, revokes: Bool) -> [TaskRun] {
        let runners = state.withLock { state in
            state.absence = reason
            return Array(state.runners.values)
        }
        return runners.filter { $0.leaveGroup(reason, revokes: revokes) }.map(\.taskRun)
    }

    /// The worker is a member again.
    ///
    /// - Parameter othersRan: whether another worker may have run the tasks; they end, for new ones to be started.
    /// - Returns: the runs that end.
    func rejoin(othersRan: Bool) -> [TaskRun] {
        let runners = state.withLock { state in
            state.absence = nil
            return Array(state.runners.values)
        }
        if othersRan { return runners.filter { $0.revoke() }.map(\.taskRun) }
        for runner in runners { runner.rejoinGroup() }
        return []
    }
}
