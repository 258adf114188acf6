import KafkaProtocol
import WireCore

extension RecordBatchHeader {
    /// The maximum length of a batch that this broker writes.
    static let logBatchBytesMax = 128 << 20

    /// The header of the batch at the beginning of `bytes`.
    static func first(in bytes: UnsafeRawBufferPointer) throws(WireError) -> RecordBatchHeader {
        var reader = ByteReader(bytes)
        let header = try RecordBatchHeader(from: &reader)
        guard header.totalBytes <= logBatchBytesMax else {
            throw WireError(.badLength(Int(header.batchLength)), at: 8)
        }
        return header
    }

    var lastOffset: Int64 { nextOffset &- 1 }

    /// Bit 6 of the attributes: the base timestamp is the time after which tombstones and markers are removed
    /// (KIP-534).
    var hasDeleteHorizon: Bool {
        get { attributes & 0x40 != 0 }
        set { attributes = newValue ? attributes | 0x40 : attributes & ~0x40 }
    }

    /// The producer's fields; nil for a batch without a producer id and for a marker.
    var producerBatch: ProducerStates.Batch? {
        guard producerID >= 0, !isControl else { return nil }
        return ProducerStates.Batch(
            producerID: producerID, epoch: producerEpoch, firstSequence: baseSequence,
            lastSequence: ProducerStates.sequence(baseSequence, advancedBy: lastOffsetDelta), baseOffset: baseOffset,
            lastOffset: lastOffset, timestamp: maxTimestamp, isTransactional: isTransactional)
    }
}
