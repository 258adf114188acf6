import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

/// Messages of the formats before Kafka 0.11, as a broker of version 2.8 returned them: see the fixture's ORIGIN.md.
@Suite struct MessageSetReaderTests {
    private struct Captured {
        let name: String
        let codec: CompressionCodec
        let timestampType: ConsumedRecord.TimestampType
        let bytes: [UInt8]
        var records: [ConsumedRecord] = []
    }

    private static func captured() throws -> [Captured] {
        var sets: [Captured] = []
        for line in try Fixtures.text("kafka/message-formats/2.8.2.txt").split(separator: "\n") {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            if fields[0] == "set" {
                let codec = try #require(CompressionCodec(name: fields[3]))
                let bytes = try #require([UInt8](hex: fields[4]))
                sets.append(
                    Captured(
                        name: fields[1...3].joined(separator: " "), codec: codec,
                        timestampType: fields[2] == "LogAppendTime" ? .logAppendTime : .createTime, bytes: bytes))
            } else {
                let record = ConsumedRecord(
                    topic: "t", partition: 3, offset: try #require(Int64(fields[1])),
                    timestampMilliseconds: try #require(Int64(fields[2])),
                    key: fields[3] == "-" ? nil : [UInt8](hex: fields[3]),
                    value: fields[4] == "-" ? nil : [UInt8](hex: fields[4]),
                    timestampType: sets[sets.count - 1].timestampType)
                sets[sets.count - 1].records.append(record)
            }
        }
        return sets
    }

    private static func read(_ bytes: [UInt8], from offset: Int64, checksCRCs: Bool = true) throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        var reader = RecordSetReader(topic: "t", partition: 3, offset: offset, checksCRCs: checksCRCs)
        try reader.read(bytes) { records.append($0) }
        return records
    }

    @Test func recordsAreThoseOfKafkasConsumer() throws {
        let sets = try Self.captured()
        #expect(sets.count == 12)
        for set in sets {
            #expect(try Self.read(set.bytes, from: 0) == set.records, "\(set.name)")
            #expect(RecordSetSummary(set.bytes).nextOffset == 6, "\(set.name)")
        }
    }

    /// A compressed message is sent whole.
    @Test func recordsBeforeTheOffsetAreSkipped() throws {
        for set in try Self.captured() {
            for offset in 0...6 {
                #expect(
                    try Self.read(set.bytes, from: Int64(offset)) == Array(set.records[offset...]),
                    "\(set.name) from \(offset)")
            }
        }
    }

    /// A broker that sets the timestamp of a compressed message leaves those of its records as they are (KIP-32).
    @Test func timestampOfTheBrokerIsThatOfAllRecords() throws {
        let sets = try Self.captured().filter {
            $0.codec != .none && $0.bytes[16] == 1 && $0.timestampType == .createTime
        }
        #expect(!sets.isEmpty)
        for set in sets {
            var altered = set.bytes
            // The attributes, and the timestamp after them.
            altered[17] |= 0x08
            altered.replaceSubrange(18..<26, with: [0, 0, 0, 0, 0, 0, 0, 77])
            let records = try Self.read(altered, from: 0, checksCRCs: false).prefix(3)
            #expect(records.map(\.timestampMilliseconds) == [77, 77, 77], "\(set.name)")
            #expect(records.allSatisfy { $0.timestampType == .logAppendTime }, "\(set.name)")
        }
    }

    @Test func truncatedMessageIsLeftForTheNextFetch() throws {
        for set in try Self.captured() {
            let found = try Self.read(Array(set.bytes.dropLast()), from: 0)
            #expect(found == Array(set.records[..<(set.codec == .none ? 5 : 3)]), "\(set.name)")
        }
    }

    @Test func wrongChecksumIsAnErrorUnlessUnchecked() throws {
        let set = try #require(try Self.captured().first { $0.codec == .none })
        let altered = set.bytes.enumerated().map { $0.offset == 13 ? $0.element ^ 1 : $0.element }
        #expect(throws: RecordBatchError.self) { try Self.read(altered, from: 0) }
        #expect(try Self.read(altered, from: 0, checksCRCs: false) == set.records)
    }

    @Test func everyAlteredByteIsAnErrorOrHarmless() throws {
        for set in try Self.captured() {
            for index in set.bytes.indices {
                var altered = set.bytes
                altered[index] ^= 0xFF
                // It must not trap; without checksums most alterations are not noticed.
                _ = try? Self.read(altered, from: 0, checksCRCs: false)
                _ = RecordSetSummary(altered)
            }
        }
    }
}
