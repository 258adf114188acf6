import KafkaProtocol
import Testing
import WireCore

@Suite struct CompressionCodecTests {
    private static func compress(_ bytes: [UInt8], _ codec: CompressionCodec) throws -> [UInt8] {
        var writer = ByteWriter(capacityBytes: 64)
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(CompressionError) in
            try codec.compress(bytes, into: &writer)
        }
        return writer.array()
    }

    private static func expand(
        _ bytes: [UInt8], _ codec: CompressionCodec, limitBytes: Int = CompressionCodec.expandedBytesMax
    ) throws -> [UInt8] {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(CompressionError) in
            try codec.withExpanded(bytes, limitBytes: limitBytes) { (error: CompressionError) in
                error
            } _: { (bytes) throws(CompressionError) in [UInt8](bytes) }
        }
    }

    @Test(arguments: CompressionCodec.allCases.filter(\.isSupported))
    func compressedRecordsExpandToTheSameBytes(_ codec: CompressionCodec) throws {
        let records = Array("some records, some records, some records".utf8)
        #expect(try Self.expand(try Self.compress(records, codec), codec) == records)
    }

    @Test(arguments: CompressionCodec.allCases.filter { !$0.isSupported })
    func unsupportedCodecIsRefusedByName(_ codec: CompressionCodec) {
        #expect(throws: CompressionError.unsupported(codec: codec.name)) { try Self.compress([1], codec) }
        #expect(throws: CompressionError.unsupported(codec: codec.name)) { try Self.expand([1], codec) }
        let builder = RecordBatchBuilder(capacityBytes: 16)
        #expect(throws: RecordBatchError.unsupportedCodec(codec.name, about: "a batch to be sent")) {
            try builder.encoded(codec: codec)
        }
    }

    @Test(arguments: [5, 6, 7] as [Int16]) func undefinedNumberIsRefused(_ number: Int16) {
        #expect(throws: CompressionError.unsupported(codec: "codec \(number)")) { try CompressionCodec(number: number) }
    }

    @Test func expansionStopsAtTheLimit() throws {
        let bomb = try Self.compress(Array(repeating: 0, count: 1 << 20), .gzip)
        #expect(throws: CompressionError.tooLarge(codec: "gzip", limitBytes: 1000)) {
            try Self.expand(bomb, .gzip, limitBytes: 1000)
        }
    }
}
