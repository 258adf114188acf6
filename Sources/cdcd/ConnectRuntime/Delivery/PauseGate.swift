import Synchronization
import WireCore
import WireStreams

/// Blocks a task's thread while the task is paused or the worker is outside of its group.
///
/// Costs a running task one atomic load per record.
package final class PauseGate: Sendable {
    private struct State {
        var isPaused: Bool
        /// The worker is not a member of its group.
        var isSuspended = false
        var isStopping = false

        var isBlocking: Bool { (isPaused || isSuspended) && !isStopping }
    }

    private let isBlocking: Atomic<Bool>
    private let monitor: Monitor<State>

    package init(isPaused: Bool) {
        isBlocking = Atomic(isPaused)
        monitor = Monitor(State(isPaused: isPaused))
    }

    /// Whether `pass` would wait or throw.
    var isClosed: Bool { isBlocking.load(ordering: .acquiring) }

    func pause() { change { $0.isPaused = true } }
    func resume() { change { $0.isPaused = false } }
    func suspend() { change { $0.isSuspended = true } }
    func endSuspension() { change { $0.isSuspended = false } }

    /// Ends a wait in `pass`, which throws `CancellationError`.
    func stop() { change { $0.isStopping = true } }

    private func change(_ body: (inout State) -> Void) {
        monitor.update { state in
            body(&state)
            isBlocking.store(state.isBlocking, ordering: .releasing)
        }
    }

    /// Waits while the task runs. Returns false if it is paused before the deadline. Throws `CancellationError` if it
    /// is stopped.
    func wait(until deadline: MonotonicInstant) throws -> Bool {
        let interruption = monitor.wait(until: deadline) { state -> State? in
            state.isStopping || state.isBlocking ? state : nil
        }
        if interruption?.isStopping == true { throw CancellationError() }
        return interruption == nil
    }

    /// Waits while paused. Throws `CancellationError` if the task was stopped meanwhile.
    func pass() throws {
        guard isClosed else { return }
        let mayPass = monitor.wait { state -> Bool? in
            if state.isStopping { return false }
            return state.isBlocking ? nil : true
        }
        if !mayPass { throw CancellationError() }
    }
}
