import WireCore

/// Values in the text protocol.
enum TextValue {
    /// The collation number of binary strings.
    private static let binaryCollation: UInt16 = 63
    private static let unsignedFlag: UInt16 = 0x20

    /// Throws `.invalidValue` if the text is not a value of the column's type.
    static func decode(_ cell: UnsafeRawBufferPointer?, _ column: MySQLColumn) throws(WireError) -> MySQLValue {
        guard let cell else { return .null }
        switch ColumnType(rawValue: column.type) {
        case .tiny?, .short?, .long?, .longLong?, .int24?:
            if column.flags & unsignedFlag != 0 { return .uint(try number(cell, column)) }
            return .int(try number(cell, column))
        case .year?: return .int(try number(cell, column))
        case .float?, .double?:
            guard let value = Double(String(decoding: cell, as: UTF8.self)) else { throw invalid(column) }
            return .double(value)
        case .decimal?, .newDecimal?: return .decimal(String(decoding: cell, as: UTF8.self))
        case .date?, .newDate?:
            guard let date = TextTemporal.date(cell) else { throw invalid(column) }
            return .date(date)
        case .timestamp?, .timestamp2?, .dateTime?, .dateTime2?:
            guard let dateTime = TextTemporal.dateTime(cell) else { throw invalid(column) }
            return .dateTime(dateTime)
        case .time?, .time2?:
            guard let microseconds = TextTemporal.time(cell) else { throw invalid(column) }
            return .time(MySQLTime(microseconds: microseconds))
        case .bit?:
            guard cell.count <= 8 else { throw invalid(column) }
            return .uint(cell.reduce(0) { $0 << 8 | UInt64($1) })
        case .json?: return .json(String(decoding: cell, as: UTF8.self))
        case .varchar?, .varString?, .string?, .enumeration?, .set?, .tinyBlob?, .mediumBlob?, .longBlob?, .blob?:
            return column.collation == binaryCollation
                ? .bytes([UInt8](cell)) : .text(String(decoding: cell, as: UTF8.self))
        case .geometry?, .vector?, .typedArray?, .null?, nil: return .bytes([UInt8](cell))
        }
    }

    private static func number<T: FixedWidthInteger>(
        _ cell: UnsafeRawBufferPointer, _ column: MySQLColumn
    ) throws(WireError) -> T {
        guard let value = T(String(decoding: cell, as: UTF8.self)) else { throw invalid(column) }
        return value
    }

    private static func invalid(_ column: MySQLColumn) -> WireError {
        WireError(.invalidValue("a text that is not a value of the type \(column.type)"), at: 0)
    }
}
