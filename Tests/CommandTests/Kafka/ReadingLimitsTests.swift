import KafkaProtocol
import Testing

@testable import cdcd

@Suite struct ReadingLimitsTests {
    private static let first = KafkaProtocol.TopicPartition("t", 0)
    private static let second = KafkaProtocol.TopicPartition("t", 1)

    private func record(_ partition: Int32, _ offset: Int64, time: Int64 = 0) -> ConsumedRecord {
        ConsumedRecord(
            topic: "t", partition: partition, offset: offset, timestampMilliseconds: time, key: nil, value: nil)
    }

    @Test func readingEndsWhenEachPartitionHasReachedItsEnd() {
        var limits = ReadingLimits()
        #expect(!limits.isFinished)
        limits.add(Self.first, end: 2)
        limits.add(Self.second, end: 1)
        #expect(limits.admit(record(0, 0)) == .written)
        #expect(limits.admit(record(1, 0)) == .written)
        #expect(!limits.isFinished)
        #expect(limits.admit(record(1, 1)) == .beyondEnd)
        #expect(limits.admit(record(0, 1)) == .written)
        #expect(limits.isFinished)
        #expect(limits.takeFinished() == [Self.first: 2, Self.second: 1])
        #expect(limits.takeFinished().isEmpty)
    }

    @Test func positionWithoutRecordsReachesTheEnd() {
        var limits = ReadingLimits()
        limits.add(Self.first, end: 5)
        limits.reached(Self.first, 4)
        #expect(limits.unfinished == [Self.first])
        limits.reached(Self.first, 5)
        #expect(limits.isFinished)
    }

    @Test func numberOfRecordsEndsReading() {
        var limits = ReadingLimits(countMax: 1)
        limits.add(Self.first, end: nil)
        #expect(limits.admit(record(0, 0)) == .written)
        #expect(limits.isFinished)
        #expect(limits.admit(record(0, 1)) == .enough)
    }

    @Test func firstLateRecordIsTheEndOfItsPartition() {
        var limits = ReadingLimits(endTime: 10)
        limits.add(Self.first, end: nil)
        #expect(limits.admit(record(0, 7, time: 9)) == .written)
        #expect(limits.admit(record(0, 8, time: 10)) == .beyondEnd)
        #expect(limits.takeFinished() == [Self.first: 8])
    }

    @Test func revokedPartitionIsNotWaitedFor() {
        var limits = ReadingLimits()
        limits.add(Self.first, end: 1)
        limits.add(Self.second, end: 1)
        limits.remove(Self.second)
        #expect(limits.admit(record(0, 0)) == .written)
        #expect(limits.isFinished)
    }
}
