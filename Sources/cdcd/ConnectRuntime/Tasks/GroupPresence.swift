import Synchronization

/// Whether the worker is a member of its group, and the tasks that run only while it is. From any thread.
///
/// It is set from the group member's own threads, so that tasks end at once, whatever the herder waits for.
final class GroupPresence: Sendable {
    private struct State {
        /// Why the worker is not a member; nil while it is.
        var absence: String?
        var runners: [TaskRun: TaskRunner] = [:]
    }

    private let state = Mutex(State())

    /// Why the worker is not a member of its group at the moment; nil while it is.
    var absence: String? { state.withLock { $0.absence } }

    /// Takes a task in that is about to start; false where it must not.
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

    /// The worker is not a member any more: every task ends or waits.
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
