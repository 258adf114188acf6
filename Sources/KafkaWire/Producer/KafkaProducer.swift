import Synchronization

/// A topic that a producer writes to; got once from `KafkaProducer.topic(_:)` and kept by the caller.
public final class ProducerTopic: Sendable {
    public let name: String
    let index: Int

    init(name: String, index: Int) {
        self.name = name
        self.index = index
    }
}

/// Writes records. Thread-safe.
public final class KafkaProducer: Sendable {
    public let configuration: ProducerConfiguration

    public init(_ client: KafkaClient, _ configuration: ProducerConfiguration, listener: (any DeliveryListener)? = nil) {
        self.configuration = configuration
    }

    /// The handle of a topic. Asks the cluster for it the first time, waiting until the topic is there.
    public func topic(_ name: String) throws(KafkaError) -> ProducerTopic { throw .closed }

    /// Appends one record.
    public func append(
        to topic: ProducerTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: [RecordHeader] = [], timestampMilliseconds: Int64? = nil, tag: UInt64 = 0
    ) throws(KafkaError) { throw .closed }

    /// Hands everything appended so far to the network now.
    public func flush() {}

    /// Flushes and waits until everything appended so far is finished, one way or the other.
    public func awaitDelivery(timeoutMilliseconds: Int? = nil) throws(KafkaError) {}

    /// Appends one record and waits for its offset.
    @discardableResult
    public func send(
        _ topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []
    ) throws(KafkaError) -> Int64 { throw .closed }

    /// Waits for what is under way, at most so long, then ends the threads. What is left is reported with `.closed`.
    public func close(timeoutMilliseconds: Int) {}

    /// Drops everything at once. No listener is called any more.
    public func abort() {}
}
