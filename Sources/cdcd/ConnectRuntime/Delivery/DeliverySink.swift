import ConnectData
import WireCore

/// The sink of a `Delivery`.
package protocol DeliverySink: RecordSink {
    /// Waits until everything that was emitted is delivered. Returns false if `deadline` passes first or delivery
    /// fails.
    func settle(by deadline: MonotonicInstant) -> Bool
}
