/// A batch of records that a producer sends.
public struct KafkaBatchEvent: Sendable, Equatable {
    /// The topic's name.
    public let topic: String
    /// The partition's number.
    public let partition: Int32
    /// The number of records in the batch.
    public let recordCount: Int
    /// The size of the records in bytes, uncompressed.
    public let recordBytes: Int

    init(topic: String, partition: Int32, recordCount: Int, recordBytes: Int) {
        self.topic = topic
        self.partition = partition
        self.recordCount = recordCount
        self.recordBytes = recordBytes
    }
}
