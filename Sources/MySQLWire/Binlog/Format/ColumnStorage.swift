import WireCore

/// One column of a table map: its type and its metadata, resolved.
package struct ColumnStorage: Hashable, Sendable {
    package let type: ColumnType
    /// Meaning by type: DECIMAL precision, fractional digits of temporal types, bytes of ENUM and SET, bits of BIT,
    /// maximum bytes of CHAR and VARCHAR, bytes of the length prefix of blobs, JSON, geometry and vectors.
    package let size: Int
    /// The number of DECIMAL digits after the decimal point.
    package let scale: Int
    /// How the row reader finds the end of a cell.
    let extent: Extent

    enum Extent: Hashable, Sendable {
        case fixed(Int)
        /// The cell has a length prefix of this number of bytes.
        case prefixed(Int)
    }

    /// The first type that cannot be read; the metadata of the columns after it cannot be located.
    static func unreadable(among codes: [UInt8]) -> UnreadableColumn? {
        for code in codes {
            switch ColumnType(rawValue: code) {
            case .decimal?: return .oldDecimal
            case .null?, .typedArray?: return .notStored(code)
            case nil where code == 140 || code == 141: return .compressed
            case nil: return .unknown(code)
            case .tiny?, .short?, .long?, .float?, .double?, .timestamp?, .longLong?, .int24?, .date?, .time?,
                .dateTime?, .year?, .newDate?, .varchar?, .bit?, .timestamp2?, .dateTime2?, .time2?, .vector?, .json?,
                .newDecimal?, .enumeration?, .set?, .tinyBlob?, .mediumBlob?, .longBlob?, .blob?, .varString?,
                .string?, .geometry?:
                continue
            }
        }
        return nil
    }

    /// The number of bytes after the seconds for `digits` fractional digits.
    static func fractionBytes(_ digits: Int) -> Int { (digits + 1) / 2 }

    /// Reads one column's metadata (Table_map_event's "metadata block").
    @_lifetime(reader: copy reader)
    init(code: UInt8, metadata reader: inout ByteReader) throws(WireError) {
        guard let type = ColumnType(rawValue: code) else {
            throw WireError(.invalidValue("unknown column type \(code)"), at: reader.absoluteOffset)
        }
        switch type {
        case .tiny: self.init(type, extent: .fixed(1))
        case .short: self.init(type, extent: .fixed(2))
        case .int24: self.init(type, extent: .fixed(3))
        case .long: self.init(type, extent: .fixed(4))
        case .longLong: self.init(type, extent: .fixed(8))
        case .float: self.init(type, size: Int(try reader.byte()), extent: .fixed(4))
        case .double: self.init(type, size: Int(try reader.byte()), extent: .fixed(8))
        case .year: self.init(type, extent: .fixed(1))
        case .date, .newDate, .time: self.init(type, extent: .fixed(3))
        case .timestamp: self.init(type, extent: .fixed(4))
        case .dateTime: self.init(type, extent: .fixed(8))
        case .timestamp2, .dateTime2, .time2:
            let digits = Int(try reader.byte())
            guard digits <= 6 else { throw Self.bad(digits, reader) }
            let base = type == .timestamp2 ? 4 : type == .dateTime2 ? 5 : 3
            self.init(type, size: digits, extent: .fixed(base + Self.fractionBytes(digits)))
        case .newDecimal:
            let (precision, scale) = (Int(try reader.byte()), Int(try reader.byte()))
            guard (1...65).contains(precision), scale <= 30, scale <= precision else {
                throw Self.bad(precision, reader)
            }
            self.init(
                type, size: precision, scale: scale,
                extent: .fixed(PackedDecimal.storedBytes(precision: precision, scale: scale)))
        case .varchar, .varString:
            let bytes = Int(try reader.littleEndian(UInt16.self))
            self.init(type, size: bytes, extent: .prefixed(bytes < 256 ? 1 : 2))
        case .bit:
            let (bits, bytes) = (Int(try reader.byte()), Int(try reader.byte()))
            guard bits < 8, (1...64).contains(bytes * 8 + bits) else { throw Self.bad(bytes, reader) }
            self.init(type, size: bytes * 8 + bits, extent: .fixed(bytes + (bits > 0 ? 1 : 0)))
        case .blob, .tinyBlob, .mediumBlob, .longBlob, .json, .geometry, .vector:
            let prefix = Int(try reader.byte())
            guard (1...4).contains(prefix) else { throw Self.bad(prefix, reader) }
            self.init(type, size: prefix, extent: .prefixed(prefix))
        case .string, .enumeration, .set:
            try self.init(string: type, metadata: &reader)
        case .decimal, .null, .typedArray:
            throw WireError(.invalidValue("column type \(type) in a row event"), at: reader.absoluteOffset)
        }
    }

    /// MYSQL_TYPE_STRING is used for CHAR, ENUM and SET; its two bytes hold the real type and the length. Two bits of
    /// the length are stored inverted in the type, since a CHAR may have more than 255 bytes.
    @_lifetime(reader: copy reader)
    private init(string type: ColumnType, metadata reader: inout ByteReader) throws(WireError) {
        let (first, second) = (try reader.byte(), Int(try reader.byte()))
        var length = second
        var real = first
        if first != 0, first & 0x30 != 0x30 {
            length |= Int((first & 0x30) ^ 0x30) << 4
            real = first | 0x30
        }
        switch ColumnType(rawValue: real) {
        case .enumeration?:
            guard (1...2).contains(second) else { throw Self.bad(second, reader) }
            self.init(.enumeration, size: second, extent: .fixed(second))
        case .set?:
            guard (1...8).contains(second) else { throw Self.bad(second, reader) }
            self.init(.set, size: second, extent: .fixed(second))
        default:
            self.init(.string, size: length, extent: .prefixed(length < 256 ? 1 : 2))
        }
    }

    private init(_ type: ColumnType, size: Int = 0, scale: Int = 0, extent: Extent) {
        self.type = type
        self.size = size
        self.scale = scale
        self.extent = extent
    }

    private static func bad(_ value: Int, _ reader: borrowing ByteReader) -> WireError {
        WireError(.badLength(value), at: reader.absoluteOffset)
    }
}
