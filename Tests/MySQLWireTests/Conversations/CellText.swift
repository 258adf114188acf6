import WireTestSupport

@testable import MySQLWire

/// Stored cells as text for golden files, by their type alone: integers are decoded as signed.
enum CellText {
    static func render(_ cell: UnsafeRawBufferPointer?, _ column: ColumnStorage) throws -> String {
        guard let cell else { return "NULL" }
        switch column.type {
        case .tiny, .short, .int24, .long, .longLong: return integer(cell)
        case .float: return "\(Float(bitPattern: cell.loadUnaligned(as: UInt32.self)))"
        case .double: return "\(Double(bitPattern: cell.loadUnaligned(as: UInt64.self)))"
        case .newDecimal:
            let (isNegative, digits) = PackedDecimal.digits(cell, precision: column.size, scale: column.scale)
            return DecimalText.plain(isNegative: isNegative, digits: digits, scale: column.scale)
        case .year: return "\(StoredTemporal.year(cell))"
        case .date, .newDate: return text(StoredTemporal.date(cell))
        case .dateTime2: return text(StoredTemporal.dateTime2(cell))
        case .dateTime: return text(StoredTemporal.dateTime(cell))
        case .timestamp2: return "\(StoredTemporal.timestamp2(cell)) µs"
        case .timestamp: return "\(StoredTemporal.timestamp(cell)) µs"
        case .time2: return "\(StoredTemporal.time2(cell)) µs"
        case .time: return "\(StoredTemporal.time(cell)) µs"
        case .json: return try JSONDescription.of(cell).map(shortened) ?? "no document"
        case .bit, .geometry, .vector, .enumeration, .set: return "0x" + Array(cell).hex
        default: return string(Array(cell))
        }
    }

    private static func integer(_ cell: UnsafeRawBufferPointer) -> String {
        var value: Int64 = 0
        for (index, byte) in cell.enumerated() { value |= Int64(byte) << Int64(index * 8) }
        let shift = Int64(64 - cell.count * 8)
        return "\((value << shift) >> shift)"
    }

    static func text(_ date: MySQLDate) -> String { "\(date.year)-\(date.month)-\(date.day)" }

    static func text(_ value: MySQLDateTime) -> String {
        "\(text(value.date)) \(value.hour):\(value.minute):\(value.second)+\(value.microsecond)µs"
    }

    private static func string(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.contains(where: { $0.isNewline || $0 == "\0" }) {
            return "'\(shortened(text))'"
        }
        return "0x" + bytes.hex
    }

    static func shortened(_ text: String) -> String {
        text.count <= 300 ? text : "\(text.prefix(60))… (\(text.utf8.count) bytes)"
    }
}
