import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// What a worker needs of a Kafka cluster. `KafkaCluster` is the real one.
protocol WorkerKafka: Sendable {
    /// nil if the cluster has none.
    func clusterID() throws -> String?

    /// Opens one of the worker's own topics, creating it as Connect does if it is missing.
    /// Throws if it exists and does not meet Connect's requirements.
    func openLog(_ topic: WorkerConfiguration.InternalTopic, purpose: InternalTopicPurpose) throws -> any TopicLog

    func makeProducer(
        _ settings: KafkaClientSettings, clientID: String, listener: any DeliveryListener
    ) throws -> any RecordProducer

    /// Creates a topic unless it is there.
    func ensureTopic(_ topic: NewTopic) throws

    func makeMembership() -> any WorkerMembership

    /// Cuts everything short that still waits.
    func close()
}

/// The purpose of an internal topic. The raw value is the property that names the topic.
enum InternalTopicPurpose: String, Sendable {
    case configs = "config.storage.topic"
    case offsets = "offset.storage.topic"
    case statuses = "status.storage.topic"
}

/// A compacted topic as a log of the worker's own.
protocol TopicLog: AnyObject, Sendable {
    /// Gives `body` everything from where the last call ended to the present end.
    func readToEnd(_ body: (StoreRecord) -> Void) throws

    /// Appends a record without waiting until it is stored; records stay in order.
    ///
    /// - Parameter completion: called once, when the record is stored or given up, on any thread; must be short.
    func append(
        key: [UInt8], value: [UInt8]?, completion: @escaping @Sendable (Result<RecordMetadata, any Error>) -> Void)

    /// Waits for what is in progress.
    func awaitDelivery(timeoutMilliseconds: Int)

    func close(timeoutMilliseconds: Int)
}

extension TopicLog {
    /// Appends a record; it is stored on return.
    func append(key: [UInt8], value: [UInt8]?) throws {
        let outcome = Monitor<Result<RecordMetadata, any Error>?>(nil)
        append(key: key, value: value) { result in outcome.update { $0 = result } }
        _ = try outcome.wait { $0 }.get()
    }
}

/// A topic that a producer writes to, got once and kept.
package final class TopicHandle: Sendable {
    package let name: String
    package let topic: ProducerTopic?

    package init(name: String, topic: ProducerTopic?) {
        self.name = name
        self.topic = topic
    }
}

/// A task's producer.
package protocol RecordProducer: AnyObject, Sendable {
    /// Waits until the topic is there.
    func topic(_ name: String) throws -> TopicHandle

    /// Blocks while the buffer is full.
    func append(
        to topic: TopicHandle, partition: Int32?, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders, timestampMilliseconds: Int64?, tag: UInt64
    ) throws

    /// Hands everything appended so far to the network now.
    func flush()

    func close(timeoutMilliseconds: Int)

    /// Ends at once; a thread that waits inside gets an error.
    func abort()
}

/// Membership of the workers' group.
protocol WorkerMembership: AnyObject, Sendable {
    func describe() throws -> GroupDescription
    func remove(memberIDs: [String]) throws
    func join(
        protocols: [(name: String, metadata: [UInt8])],
        assign: (_ protocolName: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]]
    ) throws -> GroupGeneration
    func heartbeat() throws -> HeartbeatResult
    func leave() throws
    /// Ends a waiting `join`, from any thread.
    func cancel()
}
