import WireCore

/// Determines which batches of a fetch belong to aborted transactions (KIP-98, `read_committed`).
///
/// A producer's batches are hidden from the first offset of its aborted transaction to that producer's next ABORT
/// marker; markers of other producers and COMMIT markers do not end it.
struct AbortedTransactions {
    private var upcoming: [FetchResponse.AbortedTransaction]
    private var hiddenProducers: Set<Int64> = []

    init(_ transactions: [FetchResponse.AbortedTransaction]) {
        upcoming = transactions.sorted { $0.firstOffset > $1.firstOffset }
    }

    private mutating func begin(upTo offset: Int64) {
        while let next = upcoming.last, next.firstOffset <= offset {
            hiddenProducers.insert(next.producerID)
            upcoming.removeLast()
        }
    }

    mutating func hides(_ batch: RecordBatchHeader) -> Bool {
        begin(upTo: batch.baseOffset &+ Int64(batch.lastOffsetDelta))
        return hiddenProducers.contains(batch.producerID)
    }

    /// A control record's key: version int16 | type int16 (0 abort, 1 commit).
    mutating func handleControlBatch(_ batch: RecordBatchHeader, _ payload: UnsafeRawBufferPointer) throws(WireError) {
        begin(upTo: batch.baseOffset)
        var reader = ByteReader(payload)
        guard batch.recordCount > 0 else { return }
        let record = try ConsumedRecord(from: &reader, in: batch, partition: 0)
        guard let key = record.key, key.count >= 4 else { return }
        if key[2] == 0, key[3] == 0 { hiddenProducers.remove(batch.producerID) }
    }
}
