import KafkaProtocol
import Testing
import WireCore

@testable import KafkaWire

@Suite struct PartitionStateTests {
    private static let name = TopicPartition("t", 0)

    private static func reading(at offset: Int64, epoch: Int32 = 3) -> PartitionState {
        var state = PartitionState(.committed)
        state.lead(by: 1, epoch: epoch)
        state.seek(to: FetchPosition(offset: offset, epoch: epoch))
        return state
    }

    @Test func committedOffsetIsThePosition() {
        var state = PartitionState(.committed)
        #expect(state.committed(FetchPosition(offset: 5, epoch: 2), .latest, Self.name) == nil)
        #expect(state.phase == .fetching && state.position == FetchPosition(offset: 5, epoch: 2))
        #expect(state.consumed == state.position)
    }

    @Test func policyDecidesWithoutAOffsetAndMetadata() {
        var state = PartitionState(.committed)
        #expect(state.committed(nil, .earliest, Self.name) == nil)
        #expect(state.phase == .reset(.earliest) && state.position == nil)
        var strict = PartitionState(.committed)
        #expect(strict.committed(nil, nil, Self.name) == .noCommittedOffset(Self.name))
        #expect(strict.phase == .halted)
        strict.seek(to: FetchPosition(offset: 1))
        #expect(strict.phase == .fetching)
    }

    /// An answer to an earlier question does not undo a seek.
    @Test func lateAnswersAreIgnored() {
        var state = PartitionState(.committed)
        state.seek(to: FetchPosition(offset: 9))
        #expect(state.committed(FetchPosition(offset: 5), .latest, Self.name) == nil)
        state.listed(.latest, FetchPosition(offset: 6))
        #expect(state.position?.offset == 9)
    }

    @Test func listedOffsetIsThePosition() {
        var state = PartitionState(.reset(.earliest))
        state.listed(.earliest, FetchPosition(offset: 4))
        #expect(state.phase == .fetching && state.position?.offset == 4)
    }

    @Test func timeAfterTheLastRecordIsTheEnd() {
        var state = PartitionState(.reset(.time(1000)))
        state.listed(.time(1000), nil)
        #expect(state.phase == .reset(.latest))
    }

    @Test func nearestOffsetIsTheBeginningOrTheEnd() {
        var before = PartitionState(.reset(.nearest(3)))
        before.listed(.nearest(3), FetchPosition(offset: 10))
        #expect(before.position?.offset == 10)
        var after = PartitionState(.reset(.nearest(30)))
        after.listed(.nearest(30), FetchPosition(offset: 10))
        #expect(after.phase == .reset(.latest))
    }

    @Test func newLeaderIsValidatedAgainstThePosition() {
        var state = Self.reading(at: 10)
        state.lead(by: 2, epoch: 4)
        #expect(state.phase == .validation && state.leader == 2)
        #expect(state.validated(endOffset: 10, epoch: 3, nil, Self.name) == nil)
        #expect(state.phase == .fetching && state.position?.offset == 10)
    }

    @Test func olderEpochIsIgnored() {
        var state = Self.reading(at: 10)
        state.lead(by: 2, epoch: 2)
        #expect(state.leader == 1 && state.leaderEpoch == 3 && state.phase == .fetching)
    }

    @Test func topicThatIsCreatedAgainIsReadByThePolicy() {
        var state = Self.reading(at: 10)
        let isFirst = state.belong(to: KafkaUUID(high: 1, low: 1))
        #expect(!isFirst && state.leader == 1)
        let isSame = state.belong(to: KafkaUUID(high: 1, low: 1))
        let isUnknown = state.belong(to: .zero)
        #expect(!isSame && !isUnknown && state.topicID == KafkaUUID(high: 1, low: 1))
        let isOther = state.belong(to: KafkaUUID(high: 2, low: 1))
        #expect(isOther && state.leader == -1)
        state.lead(by: 2, epoch: 0)
        #expect(state.leader == 2 && state.leaderEpoch == 0 && state.phase == .validation)
        var (strict, nearest) = (state, state)
        #expect(state.topicReplaced(.latest, Self.name) == nil)
        #expect(state.phase == .reset(.latest) && state.consumed == nil)
        #expect(nearest.topicReplaced(.nearest(0), Self.name) == nil && nearest.phase == .reset(.earliest))
        #expect(strict.topicReplaced(nil, Self.name) == .topicRecreated(Self.name, offset: 10))
        #expect(strict.phase == .halted)
    }

    @Test func positionThatIsSoughtRemainsForATopicThatIsCreatedAgain() {
        var state = PartitionState(.reset(.earliest), topicID: KafkaUUID(high: 1, low: 1))
        let isReplaced = state.belong(to: KafkaUUID(high: 2, low: 1))
        #expect(!isReplaced && state.phase == .reset(.earliest))
    }

    @Test func positionWithoutEpochIsNotValidated() {
        var state = Self.reading(at: 10, epoch: -1)
        state.lead(by: 2, epoch: 4)
        #expect(state.phase == .fetching)
    }

    @Test func truncationMovesThePositionOrIsAnError() {
        var state = Self.reading(at: 10)
        state.lead(by: 2, epoch: 4)
        let strict = state
        #expect(state.validated(endOffset: 7, epoch: 3, .latest, Self.name) == nil)
        #expect(state.phase == .fetching && state.position == FetchPosition(offset: 7, epoch: 3))
        state = strict
        let error = state.validated(endOffset: 7, epoch: 3, nil, Self.name)
        #expect(error == .logTruncation(Self.name, offset: 10, divergingOffset: 7))
        #expect(state.phase == .halted)
    }

    /// The leader has no record of the position's epoch.
    @Test func unknownEpochIsResetByThePolicy() {
        var state = Self.reading(at: 10)
        state.lead(by: 2, epoch: 4)
        var strict = state
        #expect(state.validated(endOffset: -1, epoch: -1, .earliest, Self.name) == nil)
        #expect(state.phase == .reset(.earliest))
        #expect(
            strict.validated(endOffset: -1, epoch: -1, nil, Self.name)
                == .logTruncation(Self.name, offset: 10, divergingOffset: nil))
    }

    /// What was fetched and not consumed may be lost without an error, but must not be returned.
    @Test func truncationOfUnconsumedRecordsFetchesThemAgain() {
        var state = Self.reading(at: 10)
        let seekCount = state.seekCount
        state.fetched(bytes: 100, next: FetchPosition(offset: 20, epoch: 3))
        #expect(state.validated(endOffset: 15, epoch: 3, nil, Self.name) == nil)
        #expect(state.position == FetchPosition(offset: 10, epoch: 3) && state.phase == .fetching)
        #expect(state.seekCount > seekCount && state.bufferedBytes == 0)
    }

    @Test func offsetOutOfRangeIsResetByThePolicy() {
        var state = Self.reading(at: 10)
        var (strict, nearest) = (state, state)
        #expect(state.outOfRange(.latest, Self.name) == nil)
        #expect(state.phase == .reset(.latest))
        #expect(strict.outOfRange(nil, Self.name) == .offsetOutOfRange(Self.name, offset: 10))
        #expect(strict.phase == .halted)
        #expect(nearest.outOfRange(.nearest(0), Self.name) == nil)
        #expect(nearest.phase == .reset(.nearest(10)))
    }

    @Test func committedPositionOfAnOlderEpochIsValidatedFirst() {
        var state = PartitionState(.committed)
        state.lead(by: 1, epoch: 5)
        #expect(state.committed(FetchPosition(offset: 10, epoch: 4), nil, Self.name) == nil)
        #expect(state.phase == .validation)
    }

    @Test func replicaIsUsedUntilItExpires() {
        let now = MonotonicInstant(nanoseconds: 0)
        var state = Self.reading(at: 0)
        state.prefer(replica: 8, until: now.advanced(byMilliseconds: 100))
        #expect(state.source(now: now) == 8)
        #expect(state.source(now: now.advanced(byMilliseconds: 100)) == 1)
        state.lead(by: 2, epoch: 4)
        #expect(state.source(now: now) == 2)
    }
}
