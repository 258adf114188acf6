import MySQLTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

@Suite struct JSONBinaryTests {
    private func render(_ bytes: [UInt8]) throws -> String? { try bytes.withUnsafeBytes { try JSONBinary.render($0) } }

    /// The documents of the captured log, as the server stored them.
    private static func documents() throws -> [[UInt8]] {
        let events = try ConversationDump(try Conversation("mysql/9.7.4/binlog/json"), feeding: .whole).events
        var decoder = BinlogDecoder(hasChecksums: true)
        var documents: [[UInt8]] = []
        for bytes in events {
            try bytes.withUnsafeBytes { bytes in
                guard case .rows(let rows) = try decoder.decodeOne(bytes).body else { return }
                let map = try #require(decoder.tableMap(rows.tableID))
                var (images, image) = (rows.makeRows(), RowImage())
                while !images.isAtEnd {
                    try images.next(into: &image, columns: map.columns)
                    if let cell = image[1] { documents.append(Array(cell)) }
                }
            }
        }
        return documents
    }

    @Test func damagedDocumentsNeverTrap() throws {
        for document in try Self.documents() {
            if document.count < 2000 { survivesDamage(to: document) { _ = try JSONBinary.render($0) } }
            survivesMutation(of: document, rounds: 500, seed: UInt64(document.count)) { _ = try JSONBinary.render($0) }
        }
    }

    @Test func noDocumentIsNoText() throws { #expect(try render([]) == nil) }

    /// A small array whose elements all lie at the same place, where the next such array stands.
    private func nested(levels: Int, elements: Int) -> [UInt8] {
        var document: [UInt8] = [0x02, 0, 0, 4, 0]
        for _ in 0..<levels {
            let content = Array(document.dropFirst())
            let header = 4 + elements * 3
            var array: [UInt8] = [UInt8(elements), 0]
            let size = header + content.count
            array += [UInt8(size & 0xFF), UInt8(size >> 8)]
            for _ in 0..<elements { array += [0x02, UInt8(header & 0xFF), UInt8(header >> 8)] }
            document = [0x02] + array + content
        }
        return document
    }

    @Test func documentsThatReferToTheSameBytesAgainAndAgainAreRefused() throws {
        #expect(try render(nested(levels: 3, elements: 1)) == "[[[[]]]]")
        // 20 levels of 10 would be 10^20 values.
        #expect(throws: WireError.self) { try render(nested(levels: 20, elements: 10)) }
    }

    @Test func textsThatShareTheirBytesAreRefused() {
        // 200 elements, all the same text of 200 bytes.
        let header = 4 + 200 * 3
        let size = header + 2 + 200
        var document: [UInt8] = [0x02, 200, 0, UInt8(size & 0xFF), UInt8(size >> 8)]
        for _ in 0..<200 { document += [0x0C, UInt8(header & 0xFF), UInt8(header >> 8)] }
        document += [0xC8, 0x01] + [UInt8](repeating: 0x78, count: 200)
        #expect(throws: WireError.self) { try render(document) }
    }

    @Test func nestingHasALimit() {
        #expect(throws: WireError.self) { try render(nested(levels: 200, elements: 1)) }
    }

    @Test(arguments: [
        (1e-7, "0.0000000999999999999999954748111825886258685613938723690807819366455078125"),
        (0.001, "0.001"), (9_999_999, "9999999.0"), (1e7, "10000000"), (123_456_789_012, "123456789012"),
        (-0.0, "-0.0"), (1.5, "1.5"), (100, "100.0"), (0, "0.0"),
    ])
    func doublesAreWrittenWithoutExponents(value: Double, text: String) throws {
        var document: [UInt8] = [0x0B]
        for shift in 0..<8 { document.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift * 8))) }
        #expect(try render(document) == text)
    }

    /// Years whose minutes come out of a number of 32 bits with a sign, and the bounds of their ranges.
    @Test(arguments: [
        (9999, 31, "9999-12-31 23:0-33:59"), (9999, 0, "9999-12-31 23:00:59"), (9999, 59, "9999-12-31 23:0-5:59"),
        (2519, 31, "2519-12-31 23:31:59"), (2520, 31, "2520-12-31 23:0-33:59"), (5040, 31, "5040-12-31 23:0-33:59"),
        (5042, 31, "5042-12-31 23:31:59"), (7560, 31, "7560-12-31 23:31:59"), (7561, 31, "7561-12-31 23:0-33:59"),
    ])
    func minutesOfFarYearsAreMisread(year: Int64, minute: Int64, text: String) throws {
        let packed = (((year * 13 + 12) << 5 | 31) << 17 | 23 << 12 | minute << 6 | 59) << 24
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: packed >> Int64($0 * 8)) }
        #expect(try render([0x0F, 12, 8] + bytes) == "\"\(text)\"")
    }

    /// As MySQL 9.7 stores a DECIMAL(65,30) and a DECIMAL(65,0).
    @Test func theLargestDecimalsHaveMoreThan65Digits() throws {
        let group: [UInt8] = [0x3B, 0x9A, 0xC9, 0xFF]
        let mixed = [0x85, 0xF5, 0xE0, 0xFF] + group + group + group + group + group + group + [0x03, 0xE7]
        #expect(try render([0x0F, 0xF6, 32, 66, 30] + mixed) == String(repeating: "9", count: 35) + "." + String(repeating: "9", count: 30))
        let whole: [UInt8] = [0x80, 0, 0, 99] + (0..<7).flatMap { _ in group }
        #expect(try render([0x0F, 0xF6, 34, 72, 0] + whole) == String(repeating: "9", count: 65))
    }

    @Test func numbersThatAreNoneAreWrittenAsJavaDoes() throws {
        #expect(try render([0x0B, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F]) == "NaN")
        #expect(try render([0x0B, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF]) == "-Infinity")
    }
}
