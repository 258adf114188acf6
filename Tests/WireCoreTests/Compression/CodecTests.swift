import Testing
import WireCore
import WireTestSupport

/// LZ4, Snappy and Zstandard.
@Suite struct CodecTests {
    enum Codec: String, CaseIterable, CustomTestStringConvertible {
        case lz4, snappy, zstd

        var testDescription: String { rawValue }

        func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
            var writer = ByteWriter()
            bytes.withUnsafeBytes { bytes in
                switch self {
                case .lz4: LZ4.compress(bytes, level: level, into: &writer)
                case .snappy: Snappy.compress(bytes, into: &writer)
                case .zstd: Zstandard.compress(bytes, level: level, into: &writer)
                }
            }
            return writer.array()
        }

        func expand(_ bytes: [UInt8], limitBytes: Int = 1 << 24) throws(CompressionError) -> [UInt8] {
            var writer = ByteWriter()
            // A prefix shows that an expansion appends.
            writer.byte(0xAA)
            try bytes.span.bytes.withUnsafeBytes { (bytes) throws(CompressionError) in
                switch self {
                case .lz4: try LZ4.expand(bytes, limitBytes: limitBytes, into: &writer)
                case .snappy: try Snappy.expand(bytes, limitBytes: limitBytes, into: &writer)
                case .zstd: try Zstandard.expand(bytes, limitBytes: limitBytes, into: &writer)
                }
            }
            return Array(writer.array().dropFirst())
        }
    }

    /// `Fixtures/compression/ORIGIN.md`.
    private static let content: [UInt8] = {
        let names = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu"]
        let lines = (0..<4000).map { "{\"id\":\($0),\"name\":\"\(names[$0 % 7])\",\"amount\":\($0 * 7919 % 100_000)}\n" }
        return Array(lines.joined().utf8)
    }()

    private static func generator(_ test: String) -> SeededGenerator {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("\(test): seed \(seed)")
        return SeededGenerator(seed: seed)
    }

    private static let files: [(Codec, String)] = [
        (.lz4, "fast.lz4"), (.lz4, "dependent-blocks.lz4"), (.snappy, "block.snappy"), (.zstd, "fast.zst"),
        (.zstd, "thorough.zst"), (.zstd, "stream.zst"),
    ]

    @Test(arguments: files) func dataOfReferenceProgramsIsExpanded(_ codec: Codec, _ file: String) throws {
        #expect(try codec.expand(try Fixtures.bytes("compression/\(file)")) == Self.content)
    }

    @Test(arguments: files) func truncatedDataIsRefused(_ codec: Codec, _ file: String) throws {
        let bytes = try Fixtures.bytes("compression/\(file)")
        for length in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: CompressionError.self) { try codec.expand(Array(bytes[..<length])) }
        }
    }

    @Test(arguments: files) func expansionStopsAtTheLimit(_ codec: Codec, _ file: String) throws {
        let bytes = try Fixtures.bytes("compression/\(file)")
        let limit = Self.content.count - 1
        #expect(throws: CompressionError.tooLarge(codec: codec.rawValue, limitBytes: limit)) {
            try codec.expand(bytes, limitBytes: limit)
        }
        #expect(try codec.expand(bytes, limitBytes: limit + 1) == Self.content)
    }

    /// Only the formats with checksums detect every change.
    @Test(arguments: files) func damagedDataNeverTraps(_ codec: Codec, _ file: String) throws {
        var random = Self.generator(#function)
        let bytes = try Fixtures.bytes("compression/\(file)")
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let expanded = try? codec.expand(damaged)
            if file == "dependent-blocks.lz4" || file == "thorough.zst" {
                #expect(expanded == nil || expanded == Self.content)
            }
        }
    }

    @Test(arguments: Codec.allCases, [-5, 1, 3, 5, 9, 17, 22] as [Int32])
    func inputsOfEveryShapeAreRestored(_ codec: Codec, _ level: Int32) throws {
        var random = Self.generator(#function)
        for round in 0..<40 {
            let input = Self.input(round, &random)
            #expect(try codec.expand(codec.compress(input, level: level)) == input)
        }
    }

    /// Nothing, single bytes, random bytes, few different bytes, repetitions near and far, and pieces of text.
    private static func input(_ shape: Int, _ random: inout SeededGenerator) -> [UInt8] {
        let count = [0, 1, 15, 17, 300, 5000, 70_000, 140_000].randomElement(using: &random) ?? 0
        switch shape % 5 {
        case 0: return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 1: return (0..<count).map { _ in UInt8.random(in: 65...68, using: &random) }
        case 2: return Array(repeating: UInt8.random(in: 0...255, using: &random), count: count)
        case 3:
            var bytes: [UInt8] = []
            while bytes.count < count {
                if bytes.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                } else {
                    let start = Int.random(in: bytes.indices, using: &random)
                    bytes += bytes[start..<min(bytes.count, start + Int.random(in: 1...200, using: &random))]
                }
            }
            return bytes
        default:
            let start = Int.random(in: 0..<content.count / 2, using: &random)
            return Array(content[start..<min(content.count, start + count)])
        }
    }

    @Test func framesAreConcatenated() throws {
        for codec in [Codec.lz4, .zstd] {
            let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 2]
            let frames = codec.compress([1, 2]) + skippable + codec.compress([3])
            #expect(try codec.expand(frames) == [1, 2, 3])
        }
    }
}
