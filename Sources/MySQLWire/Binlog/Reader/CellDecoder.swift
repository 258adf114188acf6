import WireCore

/// Decodes the cells of one column of a row event to values.
struct CellDecoder: Sendable {
    private let storage: ColumnStorage
    private let isUnsigned: Bool
    /// nil for binary columns, and if the server did not send the character set.
    private let characterSet: MySQLCharacterSet?
    /// The options of an ENUM or SET; nil if the server did not send them.
    private let options: [String]?

    init(_ storage: ColumnStorage, isUnsigned: Bool?, collation: Int?, options: [[UInt8]]?) {
        self.storage = storage
        self.isUnsigned = isUnsigned ?? false
        let set = collation.flatMap { MySQLCharacterSet(collation: $0) }
        characterSet = set?.name == "binary" ? nil : set
        self.options = options?.map { option in
            option.withUnsafeBytes { set?.decode($0) ?? String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Precondition: the cell comes from a row image with this column's storage, which has checked its length.
    func decode(_ cell: UnsafeRawBufferPointer?) throws(WireError) -> MySQLValue {
        guard let cell else { return .null }
        switch storage.type {
        case .tiny, .short, .int24, .long, .longLong: return integer(cell)
        case .year: return .int(Int64(StoredTemporal.year(cell)))
        case .float: return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: Self.littleEndian(cell)))))
        case .double: return .double(Double(bitPattern: Self.littleEndian(cell)))
        case .newDecimal:
            let (isNegative, digits) = PackedDecimal.digits(cell, precision: storage.size, scale: storage.scale)
            return .decimal(DecimalText.plain(isNegative: isNegative, digits: digits, scale: storage.scale))
        case .date, .newDate: return .date(StoredTemporal.date(cell))
        case .dateTime: return .dateTime(StoredTemporal.dateTime(cell))
        case .dateTime2: return .dateTime(StoredTemporal.dateTime2(cell))
        case .timestamp: return .timestamp(microseconds: StoredTemporal.timestamp(cell))
        case .timestamp2: return .timestamp(microseconds: StoredTemporal.timestamp2(cell))
        case .time: return .time(MySQLTime(microseconds: StoredTemporal.time(cell)))
        case .time2: return .time(MySQLTime(microseconds: StoredTemporal.time2(cell)))
        case .bit: return .uint(cell.reduce(0) { $0 << 8 | UInt64($1) })
        case .enumeration: return try enumeration(Self.littleEndian(cell))
        case .set: return set(Self.littleEndian(cell))
        case .json:
            var writer = JSONTextWriter()
            guard try JSONBinary.walk(cell, &writer) else { return .json("null") }
            return .json(writer.text)
        case .varchar, .varString, .string, .tinyBlob, .mediumBlob, .longBlob, .blob:
            guard let characterSet else { return .bytes([UInt8](cell)) }
            return .text(characterSet.decode(cell))
        case .geometry, .vector: return .bytes([UInt8](cell))
        case .decimal, .null, .typedArray:
            throw WireError(.invalidValue("a cell of the type \(storage)"), at: 0)
        }
    }

    private static func littleEndian(_ cell: UnsafeRawBufferPointer) -> UInt64 {
        cell.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func integer(_ cell: UnsafeRawBufferPointer) -> MySQLValue {
        let bits = Self.littleEndian(cell)
        if isUnsigned { return .uint(bits) }
        let unused = UInt64(64 - cell.count * 8)
        return .int(Int64(bitPattern: bits << unused) >> Int64(unused))
    }

    /// 0 is the empty string, which is stored for an invalid value.
    private func enumeration(_ number: UInt64) throws(WireError) -> MySQLValue {
        guard let options else { return .uint(number) }
        if number == 0 { return .text("") }
        guard number <= UInt64(options.count) else { throw WireError(.invalidValue("ENUM option \(number)"), at: 0) }
        return .text(options[Int(number) - 1])
    }

    private func set(_ bits: UInt64) -> MySQLValue {
        guard let options else { return .uint(bits) }
        return .text(
            options.indices.filter { $0 < 64 && bits & (1 << UInt64($0)) != 0 }.map { options[$0] }.joined(separator: ","))
    }
}
