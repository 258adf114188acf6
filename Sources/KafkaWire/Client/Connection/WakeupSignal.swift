import Dispatch
import KafkaProtocol
import Synchronization

/// Wakes one waiting thread. Ringing while nobody waits is remembered once.
final class WakeupSignal: Sendable {
    private enum State { case quiet, rung, awaited }

    private let state = Mutex(State.quiet)
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() {
        let isAwaited = state.withLock { state in
            defer { state = state == .awaited ? .quiet : .rung }
            return state == .awaited
        }
        if isAwaited { semaphore.signal() }
    }

    /// Waits for a ring, at most so long; nil: for as long as it takes. One thread only.
    func wait(milliseconds: Int?) {
        let isRung = state.withLock { state in
            defer { state = state == .rung ? .quiet : .awaited }
            return state == .rung
        }
        if isRung { return }
        guard let milliseconds else { return semaphore.wait() }
        if semaphore.wait(timeout: .now() + .milliseconds(max(0, milliseconds))) == .success { return }
        let isLate = state.withLock { state in
            defer { state = .quiet }
            return state != .awaited
        }
        // It was rung between the time-out and now: its signal must not wake the next wait.
        if isLate { semaphore.wait() }
    }
}
