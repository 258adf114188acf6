import MySQLTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

@Suite struct JSONBinaryTests {
    private func render(_ bytes: [UInt8]) throws -> String? { try bytes.withUnsafeBytes { try JSONDescription.of($0) } }

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
            if document.count < 2000 { survivesDamage(to: document) { _ = try JSONDescription.of($0) } }
            survivesMutation(of: document, rounds: 500, seed: UInt64(document.count)) { _ = try JSONDescription.of($0) }
        }
    }

    @Test func emptyDocumentHasNoValue() throws { #expect(try render([]) == nil) }

    /// A small array whose elements all have the same offset, at which the next such array is stored.
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

    @Test func documentsWhoseValuesShareBytesAreRefused() throws {
        #expect(try render(nested(levels: 3, elements: 1)) == "[[[[]]]]")
        // 20 levels of 10 would be 10^20 values.
        #expect(throws: WireError.self) { try render(nested(levels: 20, elements: 10)) }
    }

    @Test func textsThatShareBytesAreRefused() {
        // 200 elements that share one string of 200 bytes.
        let header = 4 + 200 * 3
        let size = header + 2 + 200
        var document: [UInt8] = [0x02, 200, 0, UInt8(size & 0xFF), UInt8(size >> 8)]
        for _ in 0..<200 { document += [0x0C, UInt8(header & 0xFF), UInt8(header >> 8)] }
        document += [0xC8, 0x01] + [UInt8](repeating: 0x78, count: 200)
        #expect(throws: WireError.self) { try render(document) }
    }

    @Test func nestingIsLimited() {
        #expect(throws: WireError.self) { try render(nested(levels: 200, elements: 1)) }
    }

    @Test func packedTimesAreDecoded() {
        // 2020-02-29 12:34:56.789, and -12:34:56.5.
        let date: Int64 = (2020 * 13 + 2) << 46 | 29 << 41
        let clock: Int64 = 12 << 36 | 34 << 30 | 56 << 24
        let dateTime = PackedTemporal(rawValue: date | clock | 789_000)
        #expect(dateTime.date == MySQLDate(year: 2020, month: 2, day: 29))
        #expect(
            dateTime.dateTime
                == MySQLDateTime(date: dateTime.date, hour: 12, minute: 34, second: 56, microsecond: 789_000))
        #expect(PackedTemporal(rawValue: -(clock | 500_000)).timeMicroseconds == -45_296_500_000)
        #expect(PackedTemporal(rawValue: .min).timeMicroseconds == 0)
    }

    @Test func opaqueValuesKeepTheirType() throws {
        #expect(try render([0x0F, 16, 2, 1, 2]) == "type 16 0x0102")
    }
}
