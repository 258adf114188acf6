/// A record that was consumed from Kafka, converted, on its way to a sink task
/// (`org.apache.kafka.connect.sink.SinkRecord`).
package struct SinkRecord: Sendable, Hashable {
    /// What a record's timestamp means.
    package enum TimestampType: Sendable, Hashable {
        case createTime, logAppendTime
    }

    /// The record as transforms have left it. Its partition is always set when it comes from the consumer.
    package var record: ConnectRecord
    /// nil if the record has no timestamp.
    package let timestampType: TimestampType?
    /// The place in Kafka, whatever transforms made of the record's topic and partition.
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
