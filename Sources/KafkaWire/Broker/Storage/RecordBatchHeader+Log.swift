import KafkaProtocol
import WireCore

extension RecordBatchHeader {
    /// Nothing that this broker has written is longer.
    static let logBatchBytesMax = 128 << 20

    /// The head of the batch that `bytes` begin with.
    static func first(in bytes: UnsafeRawBufferPointer) throws(WireError) -> RecordBatchHeader {
        var reader = ByteReader(bytes)
        let header = try RecordBatchHeader(from: &reader)
        guard header.totalBytes <= logBatchBytesMax else {
            throw WireError(.badLength(Int(header.batchLength)), at: 8)
        }
        return header
    }

    var lastOffset: Int64 { nextOffset &- 1 }

    /// What the idempotence rules look at; nil for a batch without a producer id.
    var producerBatch: ProducerStates.Batch? {
        guard producerID >= 0 else { return nil }
        return ProducerStates.Batch(
            producerID: producerID, epoch: producerEpoch, firstSequence: baseSequence,
            lastSequence: ProducerStates.sequence(baseSequence, advancedBy: lastOffsetDelta), baseOffset: baseOffset)
    }
}
