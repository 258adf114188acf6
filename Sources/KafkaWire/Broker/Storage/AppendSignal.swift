import WireCore
import WireStreams

/// Wakes a fetch when something is appended to one of its partitions.
///
/// The state is a flag and not what the fetch waits for: to inspect its partitions takes their locks, and no lock is
/// taken while a monitor's is held.
final class AppendSignal: Sendable {
    private let isRaised = Monitor(false)

    func raise() { isRaised.update { $0 = true } }

    /// Waits for a `raise()` since the last call returned true. Returns false if `deadline` passes first.
    func wait(until deadline: MonotonicInstant) -> Bool {
        isRaised.wait(until: deadline) { isRaised in
            guard isRaised else { return nil }
            isRaised = false
            return true
        } ?? false
    }
}
