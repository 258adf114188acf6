import Synchronization

/// Lets the worker stop a task and the task report its condition. Safe to use from any thread.
package final class TaskControl: Sendable {
    /// A condition that a task reports while it runs.
    package enum Condition: Sendable, Equatable {
        case running
        /// The external system is unavailable and the task tries again; REST shows `RESTARTING` with the reason.
        case interrupted(reason: String)
    }

    private struct State {
        var stopHandlers: [Int: @Sendable () -> Void] = [:]
        var nextHandlerID = 0
        var condition = Condition.running
    }

    private let stopping = Atomic<Bool>(false)
    private let discarding = Atomic<Bool>(false)
    private let state = Mutex(State())
    private let conditionChanged: @Sendable (Condition) -> Void

    package init(conditionChanged: @escaping @Sendable (Condition) -> Void = { _ in }) {
        self.conditionChanged = conditionChanged
    }

    package var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Whether a stop would discard the task's progress: it takes a snapshot, which starts from the beginning after a
    /// stop, or is a member of a consumer group, which it cannot leave while the brokers do not answer.
    ///
    /// Set by the task. A worker that has lost its group blocks such a task (inside `RecordSink.emit`, or by consuming
    /// nothing) and resumes it, if that is safe, instead of stopping it.
    package var stopDiscardsWork: Bool {
        get { discarding.load(ordering: .acquiring) }
        set { discarding.store(newValue, ordering: .releasing) }
    }

    /// Requests the end of the task: runs the stop handlers, which interrupt blocking calls.
    package func stop() {
        guard !stopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let handlers = state.withLock { Array($0.stopHandlers.values) }
        for handler in handlers { handler() }
    }

    /// Registers a handler that interrupts a blocking call. Runs it at once if the task is already stopping.
    package func onStop(_ handler: @escaping @Sendable () -> Void) -> Int {
        let id = state.withLock { state in
            state.nextHandlerID += 1
            state.stopHandlers[state.nextHandlerID] = handler
            return state.nextHandlerID
        }
        if isStopping { handler() }
        return id
    }

    package func removeStopHandler(_ id: Int) { state.withLock { _ = $0.stopHandlers.removeValue(forKey: id) } }

    /// Reports the task's condition to the worker. Repeated equal reports are dropped.
    package func report(_ condition: Condition) {
        let changed = state.withLock { state in
            guard state.condition != condition else { return false }
            state.condition = condition
            return true
        }
        if changed { conditionChanged(condition) }
    }
}
