/// A record to be produced (`ProducerRecord` of the Java client).
public struct KafkaRecord: Sendable, Equatable {
    /// The topic to write to.
    public var topic: String
    /// The partition to write to; nil chooses one by the key's murmur2 hash, as the Java client does. Records without a
    /// key go to one partition until its batch is closed (KIP-480).
    public var partition: Int32?
    /// nil is Kafka's null.
    public var key: [UInt8]?
    /// nil is Kafka's null, a tombstone in a compacted topic.
    public var value: [UInt8]?
    /// The record's headers, in order.
    public var headers: [RecordHeader]
    /// Milliseconds since 1970; nil is the time at which the record is appended.
    public var timestampMilliseconds: Int64?

    /// A record of bytes.
    public init(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = [],
        timestampMilliseconds: Int64? = nil
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        self.timestampMilliseconds = timestampMilliseconds
    }

    /// A record of text in UTF-8.
    public init(
        topic: String, partition: Int32? = nil, key: String? = nil, value: String, headers: [RecordHeader] = [],
        timestampMilliseconds: Int64? = nil
    ) {
        self.init(
            topic: topic, partition: partition, key: key.map { Array($0.utf8) }, value: Array(value.utf8),
            headers: headers, timestampMilliseconds: timestampMilliseconds)
    }
}
