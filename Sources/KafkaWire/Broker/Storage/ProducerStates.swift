import KafkaProtocol

/// The state of a partition's idempotent producers (KIP-98), by which sequence gaps and repeated batches are detected.
///
/// It is rebuilt from the batch headers when a log is opened.
struct ProducerStates: Equatable, Sendable {
    /// The producer's fields of a batch header.
    struct Batch: Equatable, Sendable {
        var producerID: Int64
        var epoch: Int16
        var firstSequence: Int32
        var lastSequence: Int32
        var baseOffset: Int64
    }

    enum Decision: Equatable, Sendable {
        case append
        /// The same batch was appended before, at this offset: the producer did not receive the response.
        case duplicate(baseOffset: Int64)
        case refuse(KafkaErrorCode)
    }

    /// The number of latest batches to store for each producer: the maximum that can be in flight.
    static let keptBatchCount = 5

    private struct State: Equatable, Sendable {
        var epoch: Int16
        /// The latest batches of this epoch, in order. Never empty.
        var batches: [Batch]
    }

    private var states: [Int64: State] = [:]

    /// Decides about a batch before it is appended. An unknown producer may begin with any sequence, since its earlier
    /// batches may have been deleted.
    func decision(for batch: Batch) -> Decision {
        guard let state = states[batch.producerID] else { return .append }
        if batch.epoch < state.epoch { return .refuse(.invalidProducerEpoch) }
        if batch.epoch > state.epoch {
            return batch.firstSequence == 0 ? .append : .refuse(.outOfOrderSequenceNumber)
        }
        let same = state.batches.last {
            $0.firstSequence == batch.firstSequence && $0.lastSequence == batch.lastSequence
        }
        if let same { return .duplicate(baseOffset: same.baseOffset) }
        guard let last = state.batches.last else { return .append }
        let expected = Self.sequence(last.lastSequence, advancedBy: 1)
        return batch.firstSequence == expected ? .append : .refuse(.outOfOrderSequenceNumber)
    }

    /// Records a batch that was appended.
    mutating func batchAppended(_ batch: Batch) {
        var state = states[batch.producerID] ?? State(epoch: batch.epoch, batches: [])
        if state.epoch != batch.epoch { state = State(epoch: batch.epoch, batches: []) }
        state.batches.append(batch)
        if state.batches.count > Self.keptBatchCount { state.batches.removeFirst() }
        states[batch.producerID] = state
    }

    /// Sequences wrap from the largest Int32 to 0.
    static func sequence(_ sequence: Int32, advancedBy count: Int32) -> Int32 {
        let (sum, overflow) = sequence.addingReportingOverflow(count)
        return overflow ? Int32(truncatingIfNeeded: Int64(sequence) + Int64(count) - Int64(Int32.max) - 1) : sum
    }
}
