/// A record that was consumed from Kafka and converted, for a sink task (`org.apache.kafka.connect.sink.SinkRecord`).
package struct SinkRecord: Sendable, Hashable {
    /// The meaning of a record's timestamp.
    package enum TimestampType: Sendable, Hashable {
        case createTime, logAppendTime
    }

    /// The record after all transforms. Its partition is always set when it comes from the consumer.
    package var record: ConnectRecord
    /// nil if the record has no timestamp.
    package let timestampType: TimestampType?
    /// The position in Kafka, even if transforms have changed the record's topic or partition.
    package let originalTopic: String
    package let originalPartition: Int32
    package let originalOffset: Int64

    package init(
        _ record: ConnectRecord, timestampType: TimestampType?, originalTopic: String, originalPartition: Int32,
        originalOffset: Int64
    ) {
        self.record = record
        self.timestampType = timestampType
        self.originalTopic = originalTopic
        self.originalPartition = originalPartition
        self.originalOffset = originalOffset
    }
}
