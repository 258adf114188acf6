import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import KafkaProtocol

/// Record batches that other clients wrote, as brokers store them.
@Suite struct CapturedRecordsTests {
    private struct RecordSet {
        let partition: Int32
        let records: [UInt8]
        var aborted: [FetchResponse.AbortedTransaction] = []
    }

    /// The record sets of all Fetch answers or Produce requests of a conversation.
    private static func recordSets(_ scenario: String) throws -> [RecordSet] {
        var sets: [RecordSet] = []
        for name in Conversation.all(in: "kafka/4.3.1/\(scenario)") {
            for exchange in try CapturedExchange.all(of: try Conversation(name)) {
                let version = exchange.header.apiVersion
                if exchange.header.apiKey == .fetch, let body = try exchange.responseBody() {
                    let response = try body.withUnsafeBytes {
                        try FetchResponse.decode(ByteReader($0), version: version)
                    }
                    for partition in response.responses.flatMap(\.partitions) {
                        guard let records = partition.records, !records.isEmpty else { continue }
                        sets.append(
                            RecordSet(
                                partition: partition.partitionIndex, records: records,
                                aborted: partition.abortedTransactions ?? []))
                    }
                } else if exchange.header.apiKey == .produce {
                    let request = try exchange.body.withUnsafeBytes {
                        try ProduceRequest.decode(ByteReader($0), version: version)
                    }
                    for partition in request.topicData.flatMap(\.partitionData) {
                        sets.append(RecordSet(partition: partition.index, records: partition.records ?? []))
                    }
                }
            }
        }
        return sets
    }

    private static func read(_ scenario: String, committed: Bool = false) throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        for set in try recordSets(scenario) {
            var reader = RecordSetReader(partition: set.partition, offset: 0, aborted: committed ? set.aborted : nil)
            try reader.read(set.records) { records.append($0) }
        }
        return records
    }

    private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func recordsOfKcatAreRead() throws {
        for scenario in ["kcat-produce", "kcat-consume"] {
            let records = try Self.read(scenario)
            #expect(records.map { Self.text($0.key) } == ["a", "b", "c"])
            #expect(records.map { Self.text($0.value) } == ["one", "two", "drei ä"])
            #expect(records.allSatisfy { $0.timestampMilliseconds > 1_700_000_000_000 })
            #expect(records.first?.headers == [RecordHeader(key: "origin", value: Array("kcat".utf8))])
        }
    }

    @Test func gzippedRecordsAreRead() throws {
        for scenario in ["kcat-produce-gzip", "kcat-consume-gzip"] {
            let records = try Self.read(scenario)
            #expect(records.map { Self.text($0.value) } == (0..<20).map { "value \($0)" })
        }
    }

    @Test func nullsAndBinaryHeadersAreRead() throws {
        let records = try Self.read("librdkafka-idempotent")
        #expect(records.map { Self.text($0.value) } == ["v0", "v1", "v2", nil, "v4"])
        #expect(records[0].headers == [RecordHeader(key: "h", value: [0, 255]), RecordHeader(key: "n", value: nil)])
    }

    @Test func recordsOfTheJavaClientAreRead() throws {
        let records = try Self.read("java-consume")
        #expect(records.count == 3)
        #expect(Set(records.map { Self.text($0.value)?.prefix(3) }) == ["one", "two", "thr"])
    }

    /// A transaction that was committed, one that was aborted, one that was committed: offsets 0, 2, 4 and markers.
    @Test func readCommittedSkipsAbortedTransactions() throws {
        let all = try Self.read("librdkafka-read-committed")
        let committed = try Self.read("librdkafka-read-committed", committed: true)
        #expect(all.map { Self.text($0.value) } == ["commit", "abort", "commit"])
        #expect(committed.map { Self.text($0.value) } == ["commit", "commit"])
        #expect(committed.map(\.offset) == [0, 4])
    }

    @Test func positionsAdvanceOverMarkersAndSkippedRecords() throws {
        let set = try #require(try Self.recordSets("librdkafka-read-committed").last)
        var reader = RecordSetReader(partition: 0, offset: 0, aborted: set.aborted)
        try reader.read(set.records) { _ in }
        #expect(reader.offset == 6)
    }

    /// Rebuilding each batch from its records gives the bytes that the other client wrote.
    @Test func builderWritesTheBytesOfOtherClients() throws {
        for scenario in ["kcat-produce", "kcat-consume"] {
            for set in try Self.recordSets(scenario) {
                let header = try set.records.withUnsafeBytes { bytes in
                    var reader = ByteReader(bytes)
                    return try RecordBatchHeader(from: &reader)
                }
                #expect(set.records.withUnsafeBytes { RecordBatchHeader.isChecksumValid(of: $0) })
                var builder = RecordBatchBuilder(capacityBytes: 16)
                var reader = RecordSetReader(partition: 0, offset: 0)
                try reader.read(set.records) { builder.append($0) }
                let stamp = SequenceStamp(
                    producerID: header.producerID, producerEpoch: header.producerEpoch,
                    baseSequence: header.baseSequence)
                var expected = set.records
                // The leader epoch is set by the broker.
                expected.replaceSubrange(12..<16, with: [255, 255, 255, 255])
                #expect(builder.encoded(stamp: stamp, baseOffset: header.baseOffset) == expected)
            }
        }
    }

    @Test func damagedRecordsNeverTrap() throws {
        for scenario in ["kcat-produce", "kcat-produce-gzip", "librdkafka-read-committed"] {
            for set in try Self.recordSets(scenario) {
                survivesDamage(to: set.records) { bytes in
                    var reader = RecordSetReader(partition: 0, offset: 0, aborted: set.aborted)
                    try reader.read(bytes) { _ in }
                }
            }
        }
    }

    /// The checksum protects the records: with a valid one, the decoder must find the damage itself.
    @Test func damagedRecordsWithAValidChecksumNeverTrap() throws {
        for scenario in ["kcat-produce", "kcat-produce-gzip"] {
            for set in try Self.recordSets(scenario) {
                survivesDamage(to: set.records) { bytes in
                    guard bytes.count > RecordBatchHeader.byteCount else { return }
                    var batch = [UInt8](bytes)
                    let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[21...]))
                    withUnsafeBytes(of: checksum.bigEndian) { batch.replaceSubrange(17..<21, with: $0) }
                    var reader = RecordSetReader(partition: 0, offset: 0, expandedBytesMax: 1 << 20)
                    try reader.read(batch) { _ in }
                }
            }
        }
    }
}
