import KafkaProtocol
import WireStreams

/// The position of a stored record (`RecordMetadata` of the Java client).
public struct RecordMetadata: Equatable, Sendable {
    /// The partition's number.
    public var partition: Int32
    /// The record's offset; nil if it is not known: the broker had stored the record before, or `acks` is 0.
    public var offset: Int64?

    /// The position of a stored record.
    public init(partition: Int32, offset: Int64?) {
        self.partition = partition
        self.offset = offset
    }
}

/// Reports the outcome of one record to the caller that appended it.
struct RecordReceipt: Sendable {
    private let completion: @Sendable (Result<RecordMetadata, KafkaError>) -> Void

    /// - Parameter completion: called once, on a thread of the producer.
    init(_ completion: @escaping @Sendable (Result<RecordMetadata, KafkaError>) -> Void) {
        self.completion = completion
    }

    func complete(_ outcome: Result<RecordMetadata, KafkaError>) { completion(outcome) }
}

/// The outcome of one record, for a thread that waits for it.
final class RecordOutcome: Sendable {
    private let result = Monitor<Result<RecordMetadata, KafkaError>?>(nil)

    func complete(_ outcome: Result<RecordMetadata, KafkaError>) { result.update { $0 = outcome } }

    func wait() throws(KafkaError) -> RecordMetadata {
        try result.wait { $0 }.get()
    }
}
