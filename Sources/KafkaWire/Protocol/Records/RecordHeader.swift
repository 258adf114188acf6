/// A header of a record: a name and bytes, or null.
public struct RecordHeader: Equatable, Sendable {
    /// The header's name.
    public var key: String
    /// nil is Kafka's null.
    public var value: [UInt8]?

    /// A header of a record.
    public init(key: String, value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}

/// A record as it is read (`ConsumerRecord` of the Java client).
public struct ConsumedRecord: Equatable, Sendable {
    /// The meaning of a timestamp (`message.timestamp.type` of the topic).
    public enum TimestampType: Sendable, Hashable {
        /// Set by the producer.
        case createTime
        /// Set by the broker when it stored the record.
        case logAppendTime
    }

    /// The topic's name.
    public var topic: String
    /// The partition's number.
    public var partition: Int32
    /// The record's offset in the partition.
    public var offset: Int64
    /// Milliseconds since 1970; -1 if the record has none.
    public var timestampMilliseconds: Int64
    /// nil is Kafka's null.
    public var key: [UInt8]?
    /// nil is Kafka's null, a tombstone in a compacted topic.
    public var value: [UInt8]?
    /// The record's headers, in order.
    public var headers: [RecordHeader]
    /// The leader epoch in which the record was written (KIP-320); -1 if unknown.
    public var leaderEpoch: Int32
    /// Who has set the timestamp.
    public var timestampType: TimestampType

    /// A record of a partition.
    public init(
        topic: String = "", partition: Int32, offset: Int64, timestampMilliseconds: Int64, key: [UInt8]?,
        value: [UInt8]?, headers: [RecordHeader] = [], leaderEpoch: Int32 = -1,
        timestampType: TimestampType = .createTime
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.timestampMilliseconds = timestampMilliseconds
        self.key = key
        self.value = value
        self.headers = headers
        self.leaderEpoch = leaderEpoch
        self.timestampType = timestampType
    }
}
