@testable import MySQLWire
import Testing
import WireCore

@Suite struct TableMapMetadataTests {
    /// INT, VARCHAR(9), ENUM of one byte.
    private func columns() throws -> [ColumnStorage] {
        let metadata: [UInt8] = [9, 0, 247, 1]
        var reader = ByteReader(metadata.span.bytes)
        var columns: [ColumnStorage] = []
        for code: UInt8 in [3, 15, 254] { columns.append(try ColumnStorage(code: code, metadata: &reader)) }
        return columns
    }

    private func read(_ bytes: [UInt8]) throws -> TableMapMetadata {
        let columns = try columns()
        var reader = ByteReader(bytes.span.bytes)
        return try TableMapMetadata(&reader, columns: columns, isMariaDB: false)
    }

    @Test func fieldsOfUnknownTypesAreSkippedByTheirLength() throws {
        let metadata = try read([128, 3, 1, 2, 3, 1, 1, 0x80, 12, 1, 0xE0])
        #expect(metadata.isUnsigned == [true, nil, nil])
        #expect(metadata.columnNames.isEmpty && metadata.primaryKey == nil)
    }

    @Test(arguments: [
        ("a length beyond the event", [1, 2, 0x80]),
        ("a length that needs more bytes", [1, 0xFC, 1]),
        ("signedness of more columns than there are", [1, 2, 0x80, 0x80]),
        ("no signedness", [1, 0]),
        ("a collation of a column that is not there", [2, 3, 8, 1, 8]),
        ("a place without a collation", [2, 2, 8, 0]),
        ("a collation beyond two bytes", [2, 4, 0xFD, 0, 0, 1]),
        ("too few collations", [3, 0]),
        ("too many collations", [3, 2, 8, 8]),
        ("too few names", [4, 4, 1, 97, 1, 98]),
        ("a name beyond the field", [4, 2, 9, 97]),
        ("more options than bytes", [6, 3, 200, 1, 97]),
        ("an option beyond the field", [6, 3, 1, 9, 97]),
        ("a key of a column that is not there", [8, 1, 3]),
        ("a key's prefix without a length", [9, 1, 1]),
        ("a key's column beyond 64 bits", [8, 9, 0xFE, 255, 255, 255, 255, 255, 255, 255, 255]),
    ] as [(String, [UInt8])])
    func fieldThatContradictsTheColumnsIsRefused(_ what: String, _ bytes: [UInt8]) {
        #expect(throws: WireError.self, "\(what)") { try read(bytes) }
    }
}
