import KafkaProtocol
import Testing
import WireCore

@testable import KafkaWire

/// The order of an idempotent producer's batches. In these tests a batch is the number of its records.
@Suite struct PartitionQueueTests {
    private typealias Queue = PartitionQueue<Int>

    private static let first = ProducerIdentity(producerID: 7, epoch: 0)
    private static let second = ProducerIdentity(producerID: 7, epoch: 1)
    private static let now = MonotonicInstant(nanoseconds: 1_000_000_000)

    /// A queue with this number of waiting batches. The broker has already stored an (empty) batch of the first
    /// identity.
    private static func queue(_ counts: [Int32], isIdempotent: Bool = true) -> Queue {
        var queue = Queue(isIdempotent: isIdempotent)
        if isIdempotent {
            queue.append(-1, number: 1000, recordCount: 0)
            _ = take(&queue)
            _ = queue.finish(1000, .stored)
        }
        for (index, count) in counts.enumerated() { queue.append(index, number: UInt64(index), recordCount: count) }
        return queue
    }

    private static func take(
        _ queue: inout Queue, _ identity: ProducerIdentity? = first, max: Int = 5
    ) -> (Int, Int32)? {
        queue.take(identity, now: now, inFlightMax: max).map { ($0.batch, $0.stamp.baseSequence) }
    }

    private static func takeStamped(_ queue: inout Queue, _ identity: ProducerIdentity?) -> SequenceStamp? {
        queue.take(identity, now: now, inFlightMax: 5)?.stamp
    }

    @Test func sequencesCountRecordsFromZero() throws {
        var queue = Self.queue([3, 1, 10])
        #expect(try #require(Self.take(&queue)) == (0, 0))
        #expect(try #require(Self.take(&queue)) == (1, 3))
        #expect(try #require(Self.take(&queue)) == (2, 4))
        #expect(Self.take(&queue) == nil)
        for number: UInt64 in 0..<3 { #expect(queue.finish(number, .stored) == .delivered) }
        #expect(queue.isEmpty)
    }

    /// A broker without state of a producer accepts any first sequence number. On a new topic, a second batch could
    /// therefore be stored before the first one, if that was refused temporarily.
    @Test func oneBatchIsInFlightUntilTheFirstIsStored() throws {
        var queue = Queue(isIdempotent: true)
        for number in 0..<3 { queue.append(number, number: UInt64(number), recordCount: 1) }
        #expect(try #require(Self.take(&queue)) == (0, 0))
        #expect(Self.take(&queue) == nil)
        #expect(queue.finish(0, .refused(.notLeaderOrFollower), retryAt: Self.now) == .retry)
        #expect(try #require(Self.take(&queue)) == (0, 0))
        #expect(queue.finish(0, .stored) == .delivered)
        #expect(try #require(Self.take(&queue)) == (1, 1))
        #expect(try #require(Self.take(&queue)) == (2, 2))
    }

    @Test func nothingIsSentWithoutAProducerID() {
        var queue = Self.queue([1])
        #expect(Self.take(&queue, nil) == nil)
        #expect(queue.isOpen(to: nil, inFlightMax: 5) == false)
        #expect(Self.take(&queue) != nil)
    }

    @Test func atMostFiveBatchesAreInFlight() {
        var queue = Self.queue([1, 1, 1, 1, 1, 1])
        for _ in 0..<5 { #expect(Self.take(&queue) != nil) }
        #expect(Self.take(&queue) == nil)
        #expect(queue.finish(0, .stored) == .delivered)
        #expect(Self.take(&queue) != nil)
    }

    @Test func sequencesWrapToZero() {
        #expect(Queue.sequence(.max, after: 1) == 0)
        #expect(Queue.sequence(.max - 1, after: 1) == .max)
        #expect(Queue.sequence(.max - 2, after: 10) == 7)
    }

    /// The connection is lost: both are sent again, in order, with the same numbers.
    @Test func lostBatchesAreRetriedInOrderWithTheirNumbers() throws {
        var queue = Self.queue([2, 2, 2])
        _ = Self.take(&queue)
        _ = Self.take(&queue)
        #expect(queue.finish(0, .lost) == .retry)
        #expect(queue.finish(1, .lost) == .retry)
        #expect(try #require(Self.take(&queue)) == (0, 0))
        #expect(try #require(Self.take(&queue)) == (1, 2))
        #expect(try #require(Self.take(&queue)) == (2, 4))
    }

    /// The broker had stored the batch before the connection was lost.
    @Test func duplicateSequenceCountsAsStored() {
        var queue = Self.queue([2])
        _ = Self.take(&queue)
        #expect(queue.finish(0, .lost) == .retry)
        _ = Self.take(&queue)
        #expect(queue.finish(0, .refused(.duplicateSequenceNumber)) == .delivered)
        #expect(queue.isEmpty)
    }

    /// The first is refused temporarily, so the second arrives out of order: both are retried.
    @Test func gapAfterAnUnsettledBatchIsRetried() throws {
        var queue = Self.queue([1, 1])
        _ = Self.take(&queue)
        _ = Self.take(&queue)
        #expect(queue.finish(0, .refused(.notLeaderOrFollower)) == .retry)
        #expect(queue.finish(1, .refused(.outOfOrderSequenceNumber)) == .retry)
        #expect(!queue.awaitsNewEpoch(beyond: Self.first))
        #expect(try #require(Self.take(&queue)) == (0, 0))
        #expect(try #require(Self.take(&queue)) == (1, 1))
    }

    @Test func batchInBackoffIsNotOvertaken() throws {
        var queue = Self.queue([1, 1])
        _ = Self.take(&queue)
        let retryAt = Self.now.advanced(byMilliseconds: 20)
        #expect(queue.finish(0, .refused(.leaderNotAvailable), retryAt: retryAt) == .retry)
        #expect(Self.take(&queue) == nil)
        #expect(queue.notBefore == Self.now.advanced(byMilliseconds: 20))
        let later = Self.now.advanced(byMilliseconds: 20)
        #expect(queue.take(Self.first, now: later, inFlightMax: 5)?.batch == 0)
        #expect(queue.take(Self.first, now: later, inFlightMax: 5)?.batch == 1)
    }

    /// The broker has lost earlier batches: the queue restarts at 0, in a new epoch, when no batch is in flight.
    @Test(arguments: [KafkaErrorCode.outOfOrderSequenceNumber, .unknownProducerID])
    func unexpectedGapBeginsANewEpoch(_ code: KafkaErrorCode) {
        var queue = Self.queue([2, 3, 4])
        _ = Self.take(&queue)
        #expect(queue.finish(0, .stored) == .delivered)
        _ = Self.take(&queue)
        _ = Self.take(&queue)
        #expect(queue.finish(1, .refused(code)) == .retryInNextEpoch)
        #expect(queue.awaitsNewEpoch(beyond: Self.first))
        #expect(Self.takeStamped(&queue, Self.second) == nil, "the other one is still in flight")
        #expect(queue.finish(2, .refused(.outOfOrderSequenceNumber)) == .retry)
        #expect(Self.takeStamped(&queue, Self.first) == nil, "the old epoch is over")
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 1, baseSequence: 0))
        #expect(queue.finish(1, .stored) == .delivered)
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 1, baseSequence: 3))
        #expect(!queue.awaitsNewEpoch(beyond: Self.second))
    }

    @Test func unknownProducerRequestsANewID() {
        var queue = Self.queue([2])
        _ = Self.take(&queue)
        #expect(queue.finish(0, .refused(.invalidProducerEpoch)) == .retryWithNewProducer)
        let other = ProducerIdentity(producerID: 8, epoch: 0)
        #expect(Self.takeStamped(&queue, other) == SequenceStamp(producerID: 8, producerEpoch: 0, baseSequence: 0))
    }

    /// A batch that can never be stored leaves a gap in the numbers; later ones get new numbers.
    @Test func failedBatchRestartsTheQueue() {
        var queue = Self.queue([1, 5])
        _ = Self.take(&queue)
        _ = Self.take(&queue)
        #expect(queue.finish(0, .refused(.messageTooLarge)) == .failed(.messageTooLarge))
        #expect(queue.awaitsNewEpoch(beyond: Self.first))
        #expect(queue.finish(1, .refused(.outOfOrderSequenceNumber)) == .retry)
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 1, baseSequence: 0))
    }

    @Test(arguments: [KafkaErrorCode.messageTooLarge, .recordListTooLarge])
    func tooLargeBatchIsSplitAndKeepsItsNumbers(_ code: KafkaErrorCode) throws {
        var queue = Self.queue([4, 2])
        _ = Self.take(&queue)
        #expect(queue.finish(0, .refused(code)) == .split)
        queue.replace(0, with: [(10, 10, 1), (11, 11, 3)])
        #expect(try #require(Self.take(&queue)) == (10, 0))
        #expect(try #require(Self.take(&queue)) == (11, 1))
        #expect(try #require(Self.take(&queue)) == (1, 4))
    }

    /// Another partition caused a new epoch: this one first settles the batches that have numbers of the old epoch.
    @Test func newEpochBeginsWhenTheOldOneIsSettled() {
        var queue = Self.queue([1, 1])
        _ = Self.take(&queue)
        #expect(Self.takeStamped(&queue, Self.second) == nil)
        #expect(queue.finish(0, .lost) == .retry)
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 0, baseSequence: 0))
        #expect(queue.finish(0, .stored) == .delivered)
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 1, baseSequence: 0))
    }

    @Test func expiredBatchWithNumbersLeavesAGap() {
        var queue = Self.queue([1, 1])
        _ = Self.take(&queue)
        #expect(queue.finish(0, .lost) == .retry)
        #expect(queue.removeWaiting { $0 == 0 } == [0])
        #expect(queue.awaitsNewEpoch(beyond: Self.first))
    }

    /// Whether the batch after the expired one is stored can be determined only in the old epoch; in a new epoch it
    /// would be stored again.
    @Test func possiblyStoredBatchAfterAnExpiredOneIsSettledInTheOldEpoch() {
        var queue = Self.queue([1, 1, 1])
        _ = Self.take(&queue)
        _ = Self.take(&queue)
        #expect(queue.finish(0, .lost) == .retry)
        #expect(queue.finish(1, .lost) == .retry)
        #expect(queue.removeWaiting { $0 == 0 } == [0])
        #expect(queue.awaitsNewEpoch(beyond: Self.first))
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 0, baseSequence: 1))
        #expect(Self.takeStamped(&queue, Self.second) == nil)
        #expect(queue.finish(1, .refused(.duplicateSequenceNumber)) == .delivered)
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 1, baseSequence: 0))
    }

    @Test func unstoredBatchAfterAnExpiredOneIsSentInTheNewEpoch() {
        var queue = Self.queue([1, 1])
        _ = Self.take(&queue)
        _ = Self.take(&queue)
        #expect(queue.finish(0, .lost) == .retry)
        #expect(queue.finish(1, .lost) == .retry)
        #expect(queue.removeWaiting { $0 == 0 } == [0])
        _ = Self.takeStamped(&queue, Self.second)
        #expect(queue.finish(1, .refused(.outOfOrderSequenceNumber)) == .retry)
        #expect(
            Self.takeStamped(&queue, Self.second) == SequenceStamp(producerID: 7, producerEpoch: 1, baseSequence: 0))
    }

    @Test func expiredBatchWithoutNumbersLeavesNoGap() {
        var queue = Self.queue([1, 1])
        #expect(queue.removeWaiting { $0 == 0 } == [0])
        #expect(!queue.awaitsNewEpoch(beyond: Self.first))
        #expect(Self.takeStamped(&queue, Self.first)?.baseSequence == 0)
    }

    @Test(arguments: [KafkaErrorCode.producerFenced, .clusterAuthorizationFailed])
    func fencingEndsTheProducer(_ code: KafkaErrorCode) {
        var queue = Self.queue([1])
        _ = Self.take(&queue)
        #expect(queue.finish(0, .refused(code)) == .fatal(code))
    }

    @Test func batchesCarryNoNumbersWithoutIdempotence() {
        var queue = Self.queue([1, 1], isIdempotent: false)
        #expect(queue.take(nil, now: Self.now, inFlightMax: 1)?.stamp == SequenceStamp.none)
        #expect(queue.take(nil, now: Self.now, inFlightMax: 1) == nil, "one at a time keeps the order")
        #expect(queue.finish(0, .lost) == .retry)
        #expect(queue.take(nil, now: Self.now, inFlightMax: 1)?.batch == 0)
    }

    @Test func answerForAFailedBatchIsIgnored() {
        var queue = Self.queue([1])
        _ = Self.take(&queue)
        #expect(queue.removeAll() == [0])
        #expect(queue.finish(0, .stored) == nil)
    }

    @Test func epochsEndAtTheMaximum() {
        #expect(Self.first.nextEpoch == Self.second)
        #expect(ProducerIdentity(producerID: 7, epoch: .max).nextEpoch == nil)
    }
}
