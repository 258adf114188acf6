import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

@Suite struct StreamedJSONTests {
    private func text(_ bytes: [UInt8]) throws -> String? {
        try bytes.withUnsafeBytes { try StreamedJSON.text(of: $0) }
    }

    @Test func capturedDocumentsAreRendered() throws {
        let rows = try CapturedTables("mysql/9.7.4/binlog/json").rows("documents")
        let texts = rows.map { $0[1] }
        #expect(texts.count == 7)
        #expect(
            texts[0]
                == .string(#"{"a":{"":{},"deep":[[[]]]},"b":[1,-2,70000,-70000,5000000000,-5000000000,18446744073709551615]}"#))
        #expect(texts[2] == .string(##"[null,true,false,"","ü가😀","\u0000\n\"\\/"]"##))
        #expect(texts[3...] == [.string("null"), .string(#""text""#), .string("7"), .null])
    }

    /// Cells of a MySQL 9.7 binlog.
    @Test(arguments: [
        (12, (2020 * 13 + 2) << 46 | 29 << 41 | 12 << 36 | 34 << 30 | 56 << 24 | 789_000, "2020-02-29 12:34:56.789"),
        (10, (2020 * 13 + 2) << 46 | 29 << 41, "2020-02-29"), (11, 12 << 36 | 34 << 30 | 56 << 24 | 500_000, "12:34:56.5"),
        (11, -(1 << 36 | 2 << 30 | 3 << 24 | 500_000), "02:0-3:0-4.00000-5"), (11, 0, "00:00:00"),
    ] as [(UInt8, Int64, String)])
    func datesAndTimesAreStrings(type: UInt8, packed: Int64, expected: String) throws {
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: packed >> Int64($0 * 8)) }
        #expect(try self.text([0x0F, type, 8] + bytes) == "\"\(expected)\"")
    }

    @Test func otherTypesAreBase64() throws { #expect(try self.text([0x0F, 252, 5] + Array("bytes".utf8)) == "\"Ynl0ZXM=\"") }

    @Test(arguments: [
        (1e-7, "0.0000000999999999999999954748111825886258685613938723690807819366455078125"),
        (0.001, "0.001"), (9_999_999, "9999999.0"), (1e7, "10000000"), (123_456_789_012, "123456789012"),
        (-0.0, "-0.0"), (1.5, "1.5"), (100, "100.0"), (0, "0.0"),
    ])
    func doublesHaveNoExponents(value: Double, text: String) throws {
        var document: [UInt8] = [0x0B]
        for shift in 0..<8 { document.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift * 8))) }
        #expect(try self.text(document) == text)
    }

    /// Years whose minutes Debezium reads from a signed 32-bit number, and the bounds of their ranges.
    @Test(arguments: [
        (9999, 31, "9999-12-31 23:0-33:59"), (9999, 0, "9999-12-31 23:00:59"), (9999, 59, "9999-12-31 23:0-5:59"),
        (2519, 31, "2519-12-31 23:31:59"), (2520, 31, "2520-12-31 23:0-33:59"), (5040, 31, "5040-12-31 23:0-33:59"),
        (5042, 31, "5042-12-31 23:31:59"), (7560, 31, "7560-12-31 23:31:59"), (7561, 31, "7561-12-31 23:0-33:59"),
    ])
    func minutesOfDistantYearsAreNegative(year: Int64, minute: Int64, text: String) throws {
        let packed = (((year * 13 + 12) << 5 | 31) << 17 | 23 << 12 | minute << 6 | 59) << 24
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: packed >> Int64($0 * 8)) }
        #expect(try self.text([0x0F, 12, 8] + bytes) == "\"\(text)\"")
    }

    /// As MySQL 9.7 stores a DECIMAL(65,30) and a DECIMAL(65,0).
    @Test func decimalsOfMoreThan65DigitsAreRendered() throws {
        let group: [UInt8] = [0x3B, 0x9A, 0xC9, 0xFF]
        let mixed = [0x85, 0xF5, 0xE0, 0xFF] + group + group + group + group + group + group + [0x03, 0xE7]
        #expect(try self.text([0x0F, 0xF6, 32, 66, 30] + mixed) == String(repeating: "9", count: 35) + "." + String(repeating: "9", count: 30))
        let whole: [UInt8] = [0x80, 0, 0, 99] + (0..<7).flatMap { _ in group }
        #expect(try self.text([0x0F, 0xF6, 34, 72, 0] + whole) == String(repeating: "9", count: 65))
    }

    @Test func nonFiniteDoublesAreRenderedAsInJava() throws {
        #expect(try self.text([0x0B, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F]) == "NaN")
        #expect(try self.text([0x0B, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF]) == "-Infinity")
    }
}
