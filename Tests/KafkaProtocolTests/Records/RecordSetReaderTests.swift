import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore

@testable import KafkaProtocol

@Suite struct RecordSetReaderTests {
    private static func batch(
        _ values: [String], codec: CompressionCodec = .none, baseOffset: Int64
    ) throws -> [UInt8] {
        try TestBatches.make(values.map { (key: nil, value: $0) }, codec: codec, baseOffset: baseOffset)
    }

    @Test func truncatedBatchIsLeftForTheNextFetch() throws {
        let whole = try Self.batch(["a", "b"], baseOffset: 5)
        let cut = try Self.batch(["c"], baseOffset: 7)
        for length in cut.indices {
            var reader = RecordSetReader(partition: 0, offset: 5)
            var count = 0
            try reader.read(whole + cut[..<length]) { _ in count += 1 }
            #expect(count == 2)
            #expect(reader.offset == 7)
        }
    }

    @Test func recordsBeforeThePositionAreSkipped() throws {
        var reader = RecordSetReader(partition: 3, offset: 6)
        var offsets: [Int64] = []
        try reader.read(try Self.batch(["a", "b", "c"], codec: .gzip, baseOffset: 5)) { offsets.append($0.offset) }
        #expect(offsets == [6, 7])
    }

    @Test(arguments: [CompressionCodec.none, .lz4])
    func batchIsReadInParts(_ codec: CompressionCodec) throws {
        let bytes = try Self.batch(["a", "b", "c", "d", "e"], codec: codec, baseOffset: 5)
        var reader = RecordSetReader(partition: 0, offset: 6)
        var records: [ConsumedRecord] = []
        var sizes: [Int?] = []
        for _ in 0..<2 {
            sizes.append(try bytes.withUnsafeBytes { try reader.readBatch($0, max: 2, into: &records) })
            #expect(reader.offset == (sizes.count == 1 ? 8 : 10))
        }
        #expect(records.map(\.offset) == [6, 7, 8, 9])
        #expect(sizes == [0, bytes.count])
    }

    @Test func wrongChecksumIsRefusedWithItsOffset() throws {
        var bytes = try Self.batch(["value"], baseOffset: 42)
        bytes[bytes.count - 2] ^= 1
        var reader = RecordSetReader(partition: 7, offset: 0)
        let error = #expect(throws: RecordBatchError.self) { try reader.read(bytes) { _ in } }
        #expect(error?.description.contains("offset 42 of partition 7") == true)
        #expect(error?.description.contains("wrong checksum") == true)
    }

    @Test func undefinedCodecIsNamed() throws {
        let bytes = TestBatches.altered(try Self.batch(["value"], baseOffset: 0)) { $0[22] = 5 }
        var reader = RecordSetReader(partition: 0, offset: 0)
        let error = #expect(throws: RecordBatchError.self) { try reader.read(bytes) { _ in } }
        #expect(error?.description.contains("codec 5") == true)
    }

    /// Records that are not in the codec that the batch names.
    @Test(arguments: CompressionCodec.allCases.filter { $0 != .none })
    func damagedCompressionIsNamedWithItsOffset(_ codec: CompressionCodec) throws {
        let bytes = TestBatches.altered(try Self.batch(["value"], baseOffset: 42)) { $0[22] = UInt8(codec.rawValue) }
        var reader = RecordSetReader(partition: 0, offset: 0)
        let error = #expect(throws: RecordBatchError.self) { try reader.read(bytes) { _ in } }
        #expect(error?.description.contains("offset 42") == true)
        #expect(error?.description.contains(codec.name) == true)
    }

    @Test func unknownFormatsAreRefusedByName() throws {
        var bytes = try Self.batch(["value"], baseOffset: 0)
        bytes[16] = 3
        var reader = RecordSetReader(partition: 0, offset: 0)
        let error = #expect(throws: RecordBatchError.self) { try reader.read(bytes) { _ in } }
        #expect(error?.description.contains("record format 3") == true)
    }

    @Test func expansionOfABatchStopsAtTheLimit() throws {
        let bytes = try Self.batch([String(repeating: "a", count: 1 << 20)], codec: .gzip, baseOffset: 0)
        var reader = RecordSetReader(partition: 0, offset: 0, expandedBytesMax: 1 << 16)
        let error = #expect(throws: RecordBatchError.self) { try reader.read(bytes) { _ in } }
        #expect(error?.description.contains("more than 65536 bytes") == true)
    }

    @Test func recordCountBeyondTheRecordsIsRefused() throws {
        let bytes = TestBatches.altered(try Self.batch(["value"], baseOffset: 0)) { $0[60] = 2 }
        var reader = RecordSetReader(partition: 0, offset: 0)
        #expect(throws: RecordBatchError.self) { try reader.read(bytes) { _ in } }
    }
}
