import Dispatch
import KafkaProtocol
import Synchronization

/// Where a record was stored (`RecordMetadata` of the Java client).
public struct RecordMetadata: Equatable, Sendable {
    public var partition: Int32
    /// Nil where the broker had the record already and does not say where.
    public var offset: Int64?

    public init(partition: Int32, offset: Int64?) {
        self.partition = partition
        self.offset = offset
    }
}

/// The outcome of one record, for whoever appended it.
final class RecordReceipt: Sendable {
    private let completion: @Sendable (Result<RecordMetadata, KafkaError>) -> Void

    /// - Parameter completion: called once, on a thread of the producer.
    init(_ completion: @escaping @Sendable (Result<RecordMetadata, KafkaError>) -> Void) {
        self.completion = completion
    }

    func complete(_ outcome: Result<RecordMetadata, KafkaError>) { completion(outcome) }
}

/// A caller that waits for the outcome of one record.
final class RecordWaiter: Sendable {
    private let result = Mutex<Result<RecordMetadata, KafkaError>?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func complete(_ outcome: Result<RecordMetadata, KafkaError>) {
        result.withLock { $0 = outcome }
        semaphore.signal()
    }

    func wait() throws(KafkaError) -> RecordMetadata {
        semaphore.wait()
        guard let outcome = result.withLock({ $0 }) else { throw .closed }
        return try outcome.get()
    }
}
