import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct ProducerStatesTests {
    private func batch(
        _ first: Int32, _ last: Int32, epoch: Int16 = 0, at offset: Int64 = 0, isTransactional: Bool = false
    ) -> ProducerStates.Batch {
        .init(
            producerID: 7, epoch: epoch, firstSequence: first, lastSequence: last, baseOffset: offset,
            lastOffset: offset + Int64(last &- first), timestamp: 1000, isTransactional: isTransactional)
    }

    @Test func batchesInOrderAreAccepted() {
        var states = ProducerStates()
        #expect(states.decision(for: batch(0, 4)) == .append)
        states.batchAppended(batch(0, 4))
        #expect(states.decision(for: batch(5, 5)) == .append)
    }

    @Test func repeatedBatchIsAnsweredWithItsOffset() {
        var states = ProducerStates()
        for index in 0..<5 { states.batchAppended(batch(Int32(index), Int32(index), at: 100 + Int64(index))) }
        #expect(states.decision(for: batch(0, 0)) == .duplicate(baseOffset: 100))
        #expect(states.decision(for: batch(4, 4)) == .duplicate(baseOffset: 104))
        states.batchAppended(batch(5, 5, at: 105))
        #expect(states.decision(for: batch(0, 0)) == .refuse(.outOfOrderSequenceNumber))
    }

    @Test func sequenceGapIsRejected() {
        var states = ProducerStates()
        states.batchAppended(batch(0, 4))
        #expect(states.decision(for: batch(6, 6)) == .refuse(.outOfOrderSequenceNumber))
        #expect(states.decision(for: batch(4, 5)) == .refuse(.outOfOrderSequenceNumber))
    }

    @Test func newEpochBeginsAtZeroAndFencesTheOldEpoch() {
        var states = ProducerStates()
        states.batchAppended(batch(0, 4))
        #expect(states.decision(for: batch(5, 5, epoch: 1)) == .refuse(.outOfOrderSequenceNumber))
        #expect(states.decision(for: batch(0, 0, epoch: 1)) == .append)
        states.batchAppended(batch(0, 0, epoch: 1))
        #expect(states.decision(for: batch(5, 5)) == .refuse(.invalidProducerEpoch))
    }

    @Test func unknownProducerMayBeginAtAnySequence() {
        #expect(ProducerStates().decision(for: batch(17, 20)) == .append)
    }

    @Test func sequencesWrapToZero() {
        #expect(ProducerStates.sequence(.max, advancedBy: 1) == 0)
        #expect(ProducerStates.sequence(.max - 1, advancedBy: 3) == 1)
        var states = ProducerStates()
        states.batchAppended(batch(.max - 1, .max))
        #expect(states.decision(for: batch(0, 3)) == .append)
    }

    @Test func onlyTransactionalBatchesAreAcceptedInATransaction() {
        var states = ProducerStates()
        states.batchAppended(batch(0, 0, at: 50, isTransactional: true))
        #expect(states.firstOpenOffset == 50)
        #expect(states.decision(for: batch(1, 1)) == .refuse(.invalidTxnState))
        #expect(states.decision(for: batch(1, 1, isTransactional: true)) == .append)
        let ended = states.markerAppended(producerID: 7, epoch: 0, coordinatorEpoch: 2, offset: 60, timestamp: 1000)
        #expect(ended == .init(producerID: 7, firstOffset: 50, lastOffset: 60, lastStableOffset: 61))
        #expect(states.firstOpenOffset == nil)
        #expect(states.decision(for: batch(1, 1)) == .append)
    }

    @Test func sequenceBeginsAgainAfterAMarkerOfALaterEpoch() {
        var states = ProducerStates()
        states.batchAppended(batch(0, 4, isTransactional: true))
        _ = states.markerAppended(producerID: 7, epoch: 1, coordinatorEpoch: 0, offset: 5, timestamp: 1000)
        #expect(states.decision(for: batch(5, 5)) == .refuse(.invalidProducerEpoch))
        #expect(states.decision(for: batch(5, 5, epoch: 1)) == .refuse(.outOfOrderSequenceNumber))
        #expect(states.decision(for: batch(0, 0, epoch: 1)) == .append)
    }

    @Test func snapshotKeepsTheLastBatchAndTheOpenTransaction() throws {
        var states = ProducerStates()
        states.batchAppended(batch(0, 4, at: 10))
        states.batchAppended(batch(5, 6, at: 20, isTransactional: true))
        let restored = try #require(ProducerSnapshot.decode(ProducerSnapshot.encode(states)))
        #expect(restored.firstOpenOffset == 20)
        #expect(restored.decision(for: batch(5, 6, isTransactional: true)) == .duplicate(baseOffset: 20))
        #expect(restored.decision(for: batch(7, 7, isTransactional: true)) == .append)
        var damaged = ProducerSnapshot.encode(states)
        for index in damaged.indices {
            damaged[index] ^= 1
            #expect(ProducerSnapshot.decode(damaged) == nil)
            damaged[index] ^= 1
            #expect(ProducerSnapshot.decode(Array(damaged[..<index])) == nil)
        }
    }

    @Test func idleProducersAreForgotten() {
        var states = ProducerStates()
        states.batchAppended(batch(0, 4))
        states.removeProducers(idleSince: 1000)
        #expect(states.producers.count == 1)
        states.removeProducers(idleSince: 1001)
        #expect(states.producers.isEmpty)
    }
}
