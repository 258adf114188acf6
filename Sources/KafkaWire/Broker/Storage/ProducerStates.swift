import KafkaProtocol

/// The state of a partition's idempotent and transactional producers (KIP-98), by which sequence gaps, repeated batches
/// and open transactions are known (Kafka's `ProducerStateManager`).
///
/// It is restored from a snapshot (`ProducerSnapshot`) and the batches after it.
struct ProducerStates: Equatable, Sendable {
    /// The producer's fields of a batch header.
    struct Batch: Equatable, Sendable {
        var producerID: Int64
        var epoch: Int16
        var firstSequence: Int32
        var lastSequence: Int32
        var baseOffset: Int64
        var lastOffset: Int64
        var timestamp: Int64
        var isTransactional: Bool
    }

    enum Decision: Equatable, Sendable {
        case append
        /// The same batch was appended before, at this offset: the producer did not receive the response.
        case duplicate(baseOffset: Int64)
        case refuse(KafkaErrorCode)
    }

    /// A transaction that a marker has ended.
    struct EndedTransaction: Equatable, Sendable {
        var producerID: Int64
        var firstOffset: Int64
        /// The offset of the marker.
        var lastOffset: Int64
        /// The offset of the first record that is still undecided after it.
        var lastStableOffset: Int64
    }

    /// The number of latest batches to store for each producer: the maximum that can be in flight.
    static let keptBatchCount = 5

    struct Producer: Equatable, Sendable {
        var epoch: Int16
        /// The latest batches of this epoch, in order. Empty after a marker that raised the epoch.
        var batches: [Batch] = []
        /// The epoch of the coordinator that wrote the last marker; -1 if there was none.
        var coordinatorEpoch: Int32 = -1
        /// The first offset of the open transaction.
        var transactionFirstOffset: Int64?
        var lastTimestamp: Int64 = -1

        var lastSequence: Int32 { batches.last?.lastSequence ?? -1 }
    }

    private(set) var producers: [Int64: Producer] = [:]

    init() {}

    init(_ producers: [Int64: Producer]) { self.producers = producers }

    /// The first offset of the oldest open transaction.
    var firstOpenOffset: Int64? { producers.values.lazy.compactMap(\.transactionFirstOffset).min() }

    // MARK: Batches

    /// Decides about a batch before it is appended. An unknown producer may begin with any sequence, since its earlier
    /// batches may have been deleted.
    func decision(for batch: Batch) -> Decision {
        guard let producer = producers[batch.producerID] else { return .append }
        if batch.epoch < producer.epoch { return .refuse(.invalidProducerEpoch) }
        if batch.epoch > producer.epoch {
            guard batch.firstSequence == 0 else { return .refuse(.outOfOrderSequenceNumber) }
        } else {
            let same = producer.batches.last {
                $0.firstSequence == batch.firstSequence && $0.lastSequence == batch.lastSequence
            }
            if let same { return .duplicate(baseOffset: same.baseOffset) }
            let expected = Self.sequence(producer.lastSequence, advancedBy: 1)
            guard batch.firstSequence == expected else { return .refuse(.outOfOrderSequenceNumber) }
        }
        if producer.transactionFirstOffset != nil, !batch.isTransactional { return .refuse(.invalidTxnState) }
        return .append
    }

    /// Records a batch that was appended.
    mutating func batchAppended(_ batch: Batch) {
        var producer = producers[batch.producerID] ?? Producer(epoch: batch.epoch)
        if producer.epoch != batch.epoch {
            producer.epoch = batch.epoch
            producer.batches = []
        }
        producer.batches.append(batch)
        if producer.batches.count > Self.keptBatchCount { producer.batches.removeFirst() }
        producer.lastTimestamp = batch.timestamp
        if batch.isTransactional, producer.transactionFirstOffset == nil {
            producer.transactionFirstOffset = batch.baseOffset
        }
        producers[batch.producerID] = producer
    }

    // MARK: Markers

    /// Why a marker must not be written; nil if it may.
    func refusal(ofMarkerBy producerID: Int64, epoch: Int16, coordinatorEpoch: Int32) -> KafkaErrorCode? {
        guard let producer = producers[producerID] else { return nil }
        if epoch < producer.epoch { return .invalidProducerEpoch }
        return coordinatorEpoch < producer.coordinatorEpoch ? .transactionCoordinatorFenced : nil
    }

    /// Records a marker. Returns the transaction that it ends, if the producer has written anything in it.
    mutating func markerAppended(
        producerID: Int64, epoch: Int16, coordinatorEpoch: Int32, offset: Int64, timestamp: Int64
    ) -> EndedTransaction? {
        var producer = producers[producerID] ?? Producer(epoch: epoch)
        if producer.epoch != epoch {
            producer.epoch = epoch
            producer.batches = []
        }
        producer.coordinatorEpoch = coordinatorEpoch
        producer.lastTimestamp = timestamp
        let firstOffset = producer.transactionFirstOffset
        producer.transactionFirstOffset = nil
        producers[producerID] = producer
        return firstOffset.map {
            EndedTransaction(
                producerID: producerID, firstOffset: $0, lastOffset: offset,
                lastStableOffset: firstOpenOffset ?? offset + 1)
        }
    }

    // MARK: Removal

    /// Removes producers that have written nothing since `timestamp` and have no open transaction
    /// (`producer.id.expiration.ms`).
    mutating func removeProducers(idleSince timestamp: Int64) {
        producers = producers.filter { $0.value.lastTimestamp >= timestamp || $0.value.transactionFirstOffset != nil }
    }

    /// Sequences wrap from the largest Int32 to 0.
    static func sequence(_ sequence: Int32, advancedBy count: Int32) -> Int32 {
        let (sum, overflow) = sequence.addingReportingOverflow(count)
        return overflow ? Int32(truncatingIfNeeded: Int64(sequence) + Int64(count) - Int64(Int32.max) - 1) : sum
    }
}
