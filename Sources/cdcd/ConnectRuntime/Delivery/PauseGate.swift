import Synchronization
import WireStreams

/// Holds a task's records back while it is paused or the worker is outside of its group.
///
/// Costs a running task one atomic load a record.
package final class PauseGate: Sendable {
    private struct State {
        var isPaused: Bool
        /// The worker is no member of its group.
        var isSuspended = false
        var isStopping = false

        var isShut: Bool { (isPaused || isSuspended) && !isStopping }
    }

    private let isShut: Atomic<Bool>
    private let monitor: Monitor<State>

    package init(isPaused: Bool) {
        isShut = Atomic(isPaused)
        monitor = Monitor(State(isPaused: isPaused))
    }

    /// Whether `pass` would wait or throw.
    var isClosed: Bool { isShut.load(ordering: .acquiring) }

    func pause() { change { $0.isPaused = true } }
    func resume() { change { $0.isPaused = false } }
    func suspend() { change { $0.isSuspended = true } }
    func endSuspension() { change { $0.isSuspended = false } }

    /// Lets a waiting thread go on with `CancellationError`.
    func stop() { change { $0.isStopping = true } }

    private func change(_ body: (inout State) -> Void) {
        monitor.update { state in
            body(&state)
            isShut.store(state.isShut, ordering: .releasing)
        }
    }

    /// Waits while paused. Throws `CancellationError` where the task was stopped meanwhile.
    func pass() throws {
        guard isClosed else { return }
        let mayPass = monitor.wait { state -> Bool? in
            if state.isStopping { return false }
            return state.isShut ? nil : true
        }
        if mayPass != true { throw CancellationError() }
    }
}
