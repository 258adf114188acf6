import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct ProducerStatesTests {
    private func batch(_ first: Int32, _ last: Int32, epoch: Int16 = 0, at offset: Int64 = 0) -> ProducerStates.Batch {
        .init(producerID: 7, epoch: epoch, firstSequence: first, lastSequence: last, baseOffset: offset)
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
}
