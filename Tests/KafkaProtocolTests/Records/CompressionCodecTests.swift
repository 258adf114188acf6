import KafkaProtocol
import Testing
import WireCore

@Suite struct CompressionCodecTests {
    private static func compress(_ bytes: [UInt8], _ codec: CompressionCodec, level: Int32? = nil) -> [UInt8] {
        var writer = ByteWriter(capacityBytes: 64)
        bytes.withUnsafeBytes { codec.compress($0, level: level, into: &writer) }
        return writer.array()
    }

    private static func expand(
        _ bytes: [UInt8], _ codec: CompressionCodec, messageFormat: Int8 = 2,
        limitBytes: Int = CompressionCodec.expandedBytesMax
    ) throws -> [UInt8] {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(CompressionError) in
            try codec.withExpanded(bytes, messageFormat: messageFormat, limitBytes: limitBytes) {
                (error: CompressionError) in error
            } _: { (bytes) throws(CompressionError) in [UInt8](bytes) }
        }
    }

    @Test(arguments: CompressionCodec.allCases)
    func compressedRecordsExpandToTheSameBytes(_ codec: CompressionCodec) throws {
        let text = Array("some records, some records, some records".utf8)
        for records in [[], text, Array((0..<5000).map { _ in text }.joined())] {
            #expect(try Self.expand(Self.compress(records, codec), codec) == records)
        }
    }

    /// The levels of `compression.gzip.level` and so on, and numbers outside of their ranges, which are clamped.
    @Test(arguments: CompressionCodec.allCases) func everyLevelIsAccepted(_ codec: CompressionCodec) throws {
        let records = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }
        let range = codec.levels ?? 0...0
        for level in [.min, range.lowerBound, -1, 1, 3, 9, range.upperBound, .max] {
            #expect(try Self.expand(Self.compress(records, codec, level: level), codec) == records)
        }
    }

    @Test func thoroughLevelsCompressBetter() {
        let names = ["ant", "bee", "cat", "dog", "elk"]
        let rows = (0..<5000).map { "{\"id\":\($0),\"name\":\"\(names[$0 * 7 % 5])\",\"amount\":\($0 * 7919 % 9973)}\n" }
        let records = Array(rows.joined().utf8)
        let levels: [(CompressionCodec, Int32, Int32)] = [(.gzip, 1, 9), (.lz4, 9, 12), (.zstd, 1, 12)]
        for (codec, fast, thorough) in levels {
            let sizes = [fast, thorough].map { Self.compress(records, codec, level: $0).count }
            #expect(sizes[1] < sizes[0])
        }
    }

    /// snappy-java frames the blocks (`82 SNAPPY 00`); other clients send one block without a frame.
    @Test func snappyIsReadWithAndWithoutAFrame() throws {
        let records = Array(String(repeating: "a row of text, ", count: 5000).utf8)
        let framed = Self.compress(records, .snappy)
        #expect(framed.starts(with: [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]))
        #expect(try Self.expand(framed + framed, .snappy) == records + records)
        var raw = ByteWriter()
        records.withUnsafeBytes { Snappy.compress($0, into: &raw) }
        #expect(try Self.expand(raw.array(), .snappy) == records)
    }

    /// Clients of message format 0 computed the checksum over the frame's magic number, too (KIP-57).
    @Test func wrongHeaderChecksumOfLZ4IsAcceptedInOldFormatsOnly() throws {
        let records = Array("some records".utf8)
        var frame = Self.compress(records, .lz4)
        frame[6] = frame[..<6].withUnsafeBytes { UInt8(truncatingIfNeeded: XXHash32.hash($0) >> 8) }
        for (format, isAccepted) in [(0, true), (1, true), (2, false)] as [(Int8, Bool)] {
            let expanded = try? Self.expand(frame, .lz4, messageFormat: format)
            #expect(expanded == (isAccepted ? records : nil))
        }
    }

    @Test(arguments: [5, 6, 7] as [Int16]) func undefinedNumberIsRefused(_ number: Int16) {
        #expect(throws: CompressionError.unsupported(codec: "codec \(number)")) { try CompressionCodec(number: number) }
    }

    @Test(arguments: CompressionCodec.allCases.filter { $0 != .none })
    func expansionStopsAtTheLimit(_ codec: CompressionCodec) throws {
        let bomb = Self.compress(Array(repeating: 0, count: 1 << 20), codec)
        #expect(throws: CompressionError.tooLarge(codec: codec.name, limitBytes: 1000)) {
            try Self.expand(bomb, codec, limitBytes: 1000)
        }
    }
}
