import KafkaProtocol

/// Records of one partition as they were received. They are decoded when they are needed: a batch is expanded with its
/// first record, and a record is made of its bytes when the program receives it.
struct FetchedRecords: Sendable {
    let partition: TopicPartition
    /// The position after the records.
    let next: FetchPosition
    /// The partition's `seekCount` when they were received.
    let seekCount: Int
    /// The number of records that the batches announce.
    let recordCount: Int
    let byteCount: Int
    private var bytes: [UInt8]
    private var reader: RecordSetReader
    /// The size of the batches whose records were all returned.
    private var readBytes = 0
    private var lastEpoch: Int32

    /// - Parameters:
    ///   - start: the position of the first record that is wanted.
    ///   - aborted: the aborted transactions, with `read_committed`.
    init(
        _ partition: TopicPartition, start: FetchPosition, next: FetchPosition, bytes: [UInt8], recordCount: Int,
        aborted: [FetchResponse.AbortedTransaction]?, seekCount: Int, checksCRCs: Bool
    ) {
        self.partition = partition
        self.next = next
        self.bytes = bytes
        self.recordCount = recordCount
        self.seekCount = seekCount
        byteCount = bytes.count
        lastEpoch = start.epoch
        reader = RecordSetReader(
            topic: partition.topic, partition: partition.partition, offset: start.offset, aborted: aborted,
            checksCRCs: checksCRCs)
    }

    /// Whether all records were returned.
    var isAtEnd: Bool { bytes.isEmpty }

    /// The position after the returned records.
    var position: FetchPosition {
        isAtEnd ? next : FetchPosition(offset: reader.offset, epoch: lastEpoch)
    }

    /// Appends the next records, at most `max`. Throws for what cannot be read, after the records before it.
    mutating func read(max: Int, into records: inout [ConsumedRecord]) throws(RecordBatchError) {
        let (start, end) = (records.count, records.count + max)
        defer { if records.count > start, let last = records.last { lastEpoch = last.leaderEpoch } }
        while !bytes.isEmpty, records.count < end {
            guard let size = try readBatch(max: end - records.count, into: &records) else {
                // The last batch is truncated: the next fetch returns it whole.
                bytes = []
                return
            }
            readBytes += size
            if readBytes >= bytes.count { bytes = [] }
        }
    }

    private mutating func readBatch(
        max: Int, into records: inout [ConsumedRecord]
    ) throws(RecordBatchError) -> Int? {
        let (bytes, start) = (bytes, readBytes)
        return try bytes.span.bytes.withUnsafeBytes { (bytes) throws(RecordBatchError) in
            try reader.readBatch(UnsafeRawBufferPointer(rebasing: bytes[start...]), max: max, into: &records)
        }
    }
}
