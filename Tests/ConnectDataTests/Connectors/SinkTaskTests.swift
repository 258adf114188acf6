import ConnectData
import Testing

@Suite struct SinkTaskTests {
    /// Writes nothing before `flush`.
    private final class Buffering: SinkTask {
        private var buffered: [SinkRecord] = []
        private(set) var written: [ConnectValue] = []

        func put(_ records: [SinkRecord]) { buffered += records }
        func stop() {}

        func flush(_ offsets: [TopicPartition: Int64]) {
            written += buffered.filter {
                $0.originalOffset < offsets[$0.original] ?? 0
            }.map(\.record.value)
            buffered = []
        }
    }

    @Test func preCommitFlushesAndReturnsTheOffsets() throws {
        let task = Buffering()
        let records = (0..<3).map { offset in
            SinkRecord(
                ConnectRecord(topic: "renamed", keySchema: nil, key: .null, valueSchema: nil, value: .integer(Int64(offset))),
                consumed: SinkRecord.Consumed(key: nil, value: nil, headers: [], timestampMilliseconds: nil),
                timestampType: .createTime, original: TopicPartition("t", 1), originalOffset: Int64(offset))
        }
        task.put(records)
        #expect(task.written.isEmpty)
        let offsets = [TopicPartition("t", 1): Int64(2)]
        #expect(try task.preCommit(offsets) == offsets)
        #expect(task.written == [.integer(0), .integer(1)])
    }
}
