import Testing
import WireCore
import WireTestSupport

@Suite struct GzipTests {
    /// Python 3.11: `gzip.compress(b"hello, hello, hello", mtime=0)`.
    private static let fromPython = [UInt8](
        hex: "1f8b0800000000000203cb48cdc9c9d751c840a2009fa1ca0913000000") ?? []
    /// `gzip.compress(b" and good-bye", mtime=0)`.
    private static let secondMember = [UInt8](hex: "1f8b08000000000002035348cc4b5148cfcf4fd14daa4c0500ee704cbf0d000000") ?? []

    private static func expand(_ bytes: [UInt8], limitBytes: Int = 1 << 20) throws -> String {
        var writer = ByteWriter()
        var result: Result<Void, CompressionError> = .success(())
        bytes.withUnsafeBytes { buffer in
            result = Result { () throws(CompressionError) in
                try Gzip.expand(buffer, limitBytes: limitBytes, into: &writer)
            }
        }
        try result.get()
        return String(decoding: writer.array(), as: UTF8.self)
    }

    private static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        var writer = ByteWriter()
        bytes.withUnsafeBytes { Gzip.compress($0, level: level, into: &writer) }
        return writer.array()
    }

    @Test func dataCompressedByPythonIsExpanded() throws {
        #expect(try Self.expand(Self.fromPython) == "hello, hello, hello")
    }

    @Test func membersAreConcatenated() throws {
        #expect(try Self.expand(Self.fromPython + Self.secondMember) == "hello, hello, hello and good-bye")
    }

    @Test func truncatedDataIsRefused() {
        for length in Self.fromPython.indices {
            #expect(throws: CompressionError.self) { try Self.expand(Array(Self.fromPython[..<length])) }
        }
    }

    @Test func expansionStopsAtTheLimit() {
        #expect(throws: CompressionError.tooLarge(codec: "gzip", limitBytes: 18)) {
            try Self.expand(Self.fromPython, limitBytes: 18)
        }
    }

    @Test func damagedDataNeverTraps() {
        survivesDamage(to: Self.fromPython) { _ = try Self.expand([UInt8]($0)) }
    }

    @Test(arguments: [-1, 1, 6, 9, 42] as [Int32])
    func everyLevelRoundTrips(_ level: Int32) throws {
        var generator = SeededGenerator(seed: 3)
        let letters = (0..<300_000).map { _ in UInt8.random(in: 97...105, using: &generator) }
        let compressed = Self.compress(letters, level: level)
        #expect(compressed.count < letters.count)
        #expect(try Self.expand(compressed) == String(decoding: letters, as: UTF8.self))
        #expect(compressed.prefix(2) == [0x1F, 0x8B])
    }

    @Test func emptyInputGivesAnEmptyMember() throws { #expect(try Self.expand(Self.compress([], level: 6)) == "") }
}
