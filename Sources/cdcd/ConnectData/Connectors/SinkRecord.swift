/// A record that was consumed from Kafka and converted, for a sink task (`org.apache.kafka.connect.sink.SinkRecord`).
package struct SinkRecord: Sendable, Hashable {
    /// The meaning of a record's timestamp.
    package enum TimestampType: Sendable, Hashable {
        case createTime, logAppendTime
    }

    /// The bytes from which a record was converted.
    package struct Consumed: Sendable, Hashable {
        package let key: [UInt8]?
        package let value: [UInt8]?
        package let headers: [RawHeader]
        /// Milliseconds since the epoch; nil if the record has none.
        package let timestampMilliseconds: Int64?

        package init(key: [UInt8]?, value: [UInt8]?, headers: [RawHeader], timestampMilliseconds: Int64?) {
            self.key = key
            self.value = value
            self.headers = headers
            self.timestampMilliseconds = timestampMilliseconds
        }
    }

    /// The record after all transforms. Its partition is always set when it comes from the consumer.
    package var record: ConnectRecord
    package let consumed: Consumed
    /// nil if the record has no timestamp.
    package let timestampType: TimestampType?
    /// The position in Kafka, even if transforms have changed the record's topic or partition.
    package let original: TopicPartition
    package let originalOffset: Int64

    package init(
        _ record: ConnectRecord, consumed: Consumed, timestampType: TimestampType?, original: TopicPartition,
        originalOffset: Int64
    ) {
        self.record = record
        self.consumed = consumed
        self.timestampType = timestampType
        self.original = original
        self.originalOffset = originalOffset
    }
}
