import KafkaProtocol

/// Records of one partition that a consumer has received and not yet returned.
public struct KafkaFetchEvent: Sendable, Equatable {
    /// The topic's name.
    public let topic: String
    /// The partition's number.
    public let partition: Int32
    /// The number of records, including those that a consumer skips.
    public let recordCount: Int
    /// The size of the records in bytes, as stored.
    public let recordBytes: Int
    /// The offset after the records.
    public let nextOffset: Int64
    /// The offset after the last record of the partition that all replicas in sync have; nil if unknown. The
    /// difference to `nextOffset` is the lag.
    public let highWatermark: Int64?

    init(
        topic: String, partition: Int32, recordCount: Int, recordBytes: Int, nextOffset: Int64, highWatermark: Int64?
    ) {
        self.topic = topic
        self.partition = partition
        self.recordCount = recordCount
        self.recordBytes = recordBytes
        self.nextOffset = nextOffset
        self.highWatermark = highWatermark
    }
}
