import KafkaProtocol
import Testing
import WireCore

@testable import KafkaWire

@Suite struct SealedBatchTests {
    @Test func halvesHaveAllRecordsTagsAndReceipts() throws {
        var open = OpenBatch(capacityBytes: 16, openedAt: .now)
        let receipt = RecordReceipt { _ in }
        for index in 0..<7 {
            Array("value \(index)".utf8).withUnsafeBytes { value in
                let record = ProducerCore.NewRecord(
                    topicIndex: 0, partition: 0, key: nil, value: BorrowedBytes(value), headers: .none,
                    timestampMilliseconds: 1000 + Int64(index), tag: UInt64(index / 2),
                    receipt: index == 5 ? receipt : nil)
                let before = open.payloadBytes
                let added = open.append(record, key: nil, value: value)
                #expect(open.payloadBytes == before + added)
            }
        }
        let halves = try SealedBatch(open).halves()
        #expect(halves.map(\.recordCount) == [3, 4])
        #expect(halves[0].tags == [TagRun(tag: 0, count: 2), TagRun(tag: 1, count: 1)])
        #expect(halves[1].tags == [TagRun(tag: 1, count: 1), TagRun(tag: 2, count: 2), TagRun(tag: 3, count: 1)])
        #expect(halves[0].receipts.isEmpty)
        #expect(halves[1].receipts.map(\.index) == [2])
        var texts: [String?] = []
        var timestamps: [Int64] = []
        for half in halves {
            var reader = RecordSetReader(partition: 0, offset: 0)
            try reader.read(half.builder.encoded()) {
                texts.append($0.text)
                timestamps.append($0.timestampMilliseconds)
            }
        }
        #expect(texts == (0..<7).map { "value \($0)" })
        #expect(timestamps == (0..<7).map { 1000 + Int64($0) })
    }
}
