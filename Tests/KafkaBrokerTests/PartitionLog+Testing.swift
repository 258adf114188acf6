import KafkaProtocol
import KafkaTestSupport
import WireTestSupport

@testable import KafkaBroker

extension PartitionLog {
    /// Appends a batch as the produce handler does.
    @discardableResult
    func append(_ bytes: [UInt8], appendTime: Int64? = nil) throws -> AppendOutcome {
        var batch = try IncomingBatch(bytes, for: TopicConfiguration())
        return try append(&batch.bytes, batch.header, appendTime: appendTime)
    }

    func allRecords() throws -> [String] {
        try TestBatches.records(in: try read(from: 0, bytesMax: .max, firstAlways: true)?.bytes ?? [])
    }
}
