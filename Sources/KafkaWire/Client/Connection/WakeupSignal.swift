import KafkaProtocol
import WireCore
import WireStreams

/// Wakes one waiting thread. If no thread is waiting, a signal ends the next wait at once.
final class WakeupSignal: Sendable {
    private let isSignalled = Monitor(false)

    func signal() { isSignalled.update { $0 = true } }

    /// Waits for a signal, at most `milliseconds`; nil waits without a limit. One thread only.
    func wait(milliseconds: Int?) {
        let deadline = milliseconds.map { MonotonicInstant.now.advanced(byMilliseconds: max(0, $0)) }
        _ = isSignalled.wait(until: deadline) { isSignalled -> Bool? in
            guard isSignalled else { return nil }
            isSignalled = false
            return true
        }
    }
}
