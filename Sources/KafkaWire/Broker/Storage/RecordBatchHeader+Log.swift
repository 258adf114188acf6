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

    /// The producer's fields; nil for a batch without a producer id.
    var producerBatch: ProducerStates.Batch? {
        guard producerID >= 0 else { return nil }
        return ProducerStates.Batch(
            producerID: producerID, epoch: producerEpoch, firstSequence: baseSequence,
            lastSequence: ProducerStates.sequence(baseSequence, advancedBy: lastOffsetDelta), baseOffset: baseOffset)
    }
}
