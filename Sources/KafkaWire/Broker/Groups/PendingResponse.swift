import Dispatch
import KafkaProtocol
import Synchronization

/// An answer that one thread waits for and another one gives.
final class PendingResponse<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let given = DispatchSemaphore(value: 0)

    /// Only the first answer counts.
    func complete(with newValue: Value) {
        value.withLock { if $0 == nil { $0 = newValue } }
        given.signal()
    }

    /// Waits for the answer. Called once.
    func wait() -> Value {
        while true {
            given.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}
