import ConnectData
import Testing

@Suite struct SinkTaskTests {
    /// Writes nothing before `flush`.
    private final class Buffering: SinkTask {
        private var buffered: [SinkRecord] = []
        private(set) var written: [ConnectValue] = []

        func start(_ configuration: [String: String], context: any SinkTaskContext) {}
        func put(_ records: [SinkRecord]) { buffered += records }
        func stop() {}

        func flush(_ offsets: [TopicPartition: Int64]) {
            written += buffered.filter {
                $0.originalOffset < offsets[TopicPartition($0.originalTopic, $0.originalPartition)] ?? 0
            }.map(\.record.value)
            buffered = []
        }
    }

    @Test func preCommitFlushesAndReturnsTheOffsets() throws {
        let task = Buffering()
        let records = (0..<3).map { offset in
            SinkRecord(
                ConnectRecord(topic: "renamed", keySchema: nil, key: .null, valueSchema: nil, value: .integer(Int64(offset))),
                timestampType: .createTime, originalTopic: "t", originalPartition: 1, originalOffset: Int64(offset))
        }
        task.put(records)
        #expect(task.written.isEmpty)
        let offsets = [TopicPartition("t", 1): Int64(2)]
        #expect(try task.preCommit(offsets) == offsets)
        #expect(task.written == [.integer(0), .integer(1)])
    }
}
