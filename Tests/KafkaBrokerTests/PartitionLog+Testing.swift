import KafkaProtocol
import KafkaTestSupport
import Synchronization
import WireTestSupport

@testable import KafkaBroker

extension PartitionLog {
    /// Appends a batch as the produce handler does.
    @discardableResult
    func append(_ bytes: [UInt8], appendTime: Int64? = nil, now: Int64 = 1000) throws -> AppendOutcome {
        var batch = try IncomingBatch(bytes, for: TopicConfiguration())
        return try append(&batch.bytes, batch.header, as: 1, appendTime: appendTime, now: now)
    }

    /// The records of all segments, or those that a `read_committed` consumer gets.
    func allRecords(_ isolation: Isolation = .uncommitted) throws -> [String] {
        var found: [String] = []
        var offset = startOffset
        while let batches = try read(from: offset, bytesMax: .max, firstAlways: true, isolation: isolation),
            !batches.bytes.isEmpty
        {
            let aborted = batches.aborted.map { transaction in
                var entry = FetchResponse.AbortedTransaction()
                entry.producerID = transaction.producerID
                entry.firstOffset = transaction.firstOffset
                return entry
            }
            var reader = RecordSetReader(
                partition: 0, offset: offset, aborted: isolation == .committed ? aborted : nil)
            try reader.read(batches.bytes) { record in
                let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? "-"
                let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
                found.append("\(record.offset):\(key)=\(value)")
            }
            offset = reader.offset
        }
        return found
    }

    /// The base offsets of the segments.
    var bases: [Int64] { state.withLock { $0.segments.map(\.baseOffset) } }
}
