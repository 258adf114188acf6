import KafkaProtocol

/// Records of one partition as they were received, decoded batch by batch: compressed records take memory only when
/// they are needed.
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
    /// The size of the batches that were decoded.
    private var decodedBytes = 0
    /// Decoded and not returned.
    private var decoded: ArraySlice<ConsumedRecord> = []
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
    var isAtEnd: Bool { decoded.isEmpty && bytes.isEmpty }

    /// The position after the returned records.
    var position: FetchPosition {
        if isAtEnd { return next }
        return FetchPosition(offset: decoded.first?.offset ?? reader.offset, epoch: lastEpoch)
    }

    /// Appends the next records, at most `max`. Throws for a batch that cannot be read, after those before it.
    mutating func read(max: Int, into records: inout [ConsumedRecord]) throws(RecordBatchError) {
        let end = records.count + max
        while records.count < end {
            if decoded.isEmpty {
                guard try decodeBatch() else { break }
            }
            let taken = decoded.prefix(end - records.count)
            decoded = decoded.dropFirst(taken.count)
            records += taken
            if let last = taken.last { lastEpoch = last.leaderEpoch }
        }
        if decoded.isEmpty, decodedBytes >= bytes.count { bytes = [] }
    }

    /// Returns false if there is no other batch.
    private mutating func decodeBatch() throws(RecordBatchError) -> Bool {
        var batch: [ConsumedRecord] = []
        var reader = reader
        let start = decodedBytes
        let size = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(RecordBatchError) in
            try reader.readBatch(UnsafeRawBufferPointer(rebasing: bytes[start...])) { batch.append($0) }
        }
        self.reader = reader
        guard let size else {
            // The last batch is truncated: the next fetch returns it whole.
            bytes = []
            return false
        }
        decodedBytes += size
        decoded = batch[...]
        return true
    }
}
