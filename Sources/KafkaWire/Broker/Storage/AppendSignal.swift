import Dispatch
import KafkaProtocol
import WireCore

/// What a fetch waits on until something is appended to one of its partitions.
final class AppendSignal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func raise() { semaphore.signal() }

    /// Waits for `raise()`; false where the deadline came first.
    func wait(until deadline: MonotonicInstant) -> Bool {
        let milliseconds = deadline.milliseconds(since: .now)
        guard milliseconds > 0 else { return false }
        guard semaphore.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return false }
        // Several appends may have come: one look is enough for all.
        while semaphore.wait(timeout: .now()) == .success {}
        return true
    }
}
