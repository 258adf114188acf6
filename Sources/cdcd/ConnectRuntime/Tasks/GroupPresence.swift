import Synchronization

/// Whether the worker is a member of its group, and the tasks that run only while it is. From any thread.
///
/// It is set from the group member's own threads, so that tasks end at once, whatever the herder waits for.
final class GroupPresence: Sendable {
    private struct State {
        /// Why the worker is not a member; nil while it is.
        var absence: String?
        var runners: [TaskID: TaskRunner] = [:]
    }

    private let state = Mutex(State())

    /// Why the worker is not a member of its group at the moment; nil while it is.
    var absence: String? { state.withLock { $0.absence } }

    /// Takes a task in that is about to start; false where it must not.
    func admit(_ runner: TaskRunner) -> Bool {
        state.withLock { state in
            guard state.absence == nil else { return false }
            state.runners[runner.id] = runner
            return true
        }
    }

    func remove(_ runner: TaskRunner) {
        state.withLock { state in
            if state.runners[runner.id] === runner { state.runners[runner.id] = nil }
        }
    }

    /// The worker is no member any more: every task ends or waits.
    func leave(_ reason: String) {
        let runners = state.withLock { state in
            state.absence = reason
            return Array(state.runners.values)
        }
        for runner in runners { runner.leaveGroup(reason) }
    }

    /// The worker is a member again.
    ///
    /// - Parameter othersRan: whether another worker may have run the tasks; they end, for new ones to be started.
    func rejoin(othersRan: Bool) {
        let runners = state.withLock { state in
            state.absence = nil
            return Array(state.runners.values)
        }
        for runner in runners { if othersRan { runner.revoke() } else { runner.rejoinGroup() } }
    }
}
