import WireStreams

/// A response that a connection's thread waits for and another thread provides.
final class PendingResponse<Value: Sendable>: Sendable {
    private let value = Monitor<Value?>(nil)

    /// Only the first value counts.
    func complete(with newValue: Value) { value.update { if $0 == nil { $0 = newValue } } }

    func wait() -> Value { value.wait { $0 } }
}
