import WireCore

/// Decodes the cells of the rows of one table to values.
struct RowValueDecoder: Sendable {
    /// By column. Separate from `texts`, so that a cell that is not text is decoded without retaining anything.
    private let storages: [ColumnStorage]
    private let isUnsigned: [Bool]
    private let texts: [ColumnText?]

    /// How the column's text is read.
    private final class ColumnText: Sendable {
        /// nil for binary columns, and if the server did not send the character set.
        let encoding: TextEncoding?
        /// The options of an ENUM or SET; nil if the server did not send them.
        let options: [String]?

        init?(collation: Int?, options: [[UInt8]]?) {
            let set = collation.flatMap { MySQLCharacterSet(collation: $0) }
            encoding = set?.name == "binary" ? nil : set?.encoding
            self.options = options?.map { option in
                option.withUnsafeBytes { set?.decode($0) ?? String(decoding: $0, as: UTF8.self) }
            }
            if encoding == nil, options == nil { return nil }
        }
    }

    init(_ columns: [ColumnStorage], _ metadata: TableMapMetadata) {
        func element<T>(_ list: [T?], _ index: Int) -> T? { index < list.count ? list[index] : nil }
        storages = columns
        isUnsigned = columns.indices.map { element(metadata.isUnsigned, $0) ?? false }
        texts = columns.indices.map {
            ColumnText(collation: element(metadata.collations, $0), options: element(metadata.options, $0))
        }
    }

    /// The values of all columns. Precondition: the image has been read with these columns, which checks the lengths.
    func values(_ image: borrowing RowImage) throws(WireError) -> [MySQLValue] {
        precondition(image.count == storages.count)
        var values: [MySQLValue] = []
        values.reserveCapacity(storages.count)
        for column in 0..<storages.count { values.append(try value(image[column], column: column)) }
        return values
    }

    @inline(__always)
    private func value(_ cell: UnsafeRawBufferPointer?, column: Int) throws(WireError) -> MySQLValue {
        guard let cell else { return .null }
        let storage = storages[column]
        switch storage.type {
        case .tiny, .short, .int24, .long, .longLong:
            let bits = cell.littleEndian(cell.count)
            if isUnsigned[column] { return .uint(bits) }
            let unused = UInt64(truncatingIfNeeded: 64 &- cell.count &* 8)
            return .int(Int64(bitPattern: bits &<< unused) &>> Int64(bitPattern: unused))
        case .year: return .int(Int64(StoredTemporal.year(cell)))
        case .float: return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: cell.littleEndian(4)))))
        case .double: return .double(Double(bitPattern: cell.littleEndian(8)))
        case .newDecimal:
            return .decimal(PackedDecimal.text(cell, precision: storage.size, scale: storage.scale))
        case .date, .newDate: return .date(StoredTemporal.date(cell))
        case .dateTime: return .dateTime(StoredTemporal.dateTime(cell))
        case .dateTime2: return .dateTime(StoredTemporal.dateTime2(cell))
        case .timestamp: return .timestamp(microseconds: StoredTemporal.timestamp(cell))
        case .timestamp2: return .timestamp(microseconds: StoredTemporal.timestamp2(cell))
        case .time: return .time(MySQLTime(microseconds: StoredTemporal.time(cell)))
        case .time2: return .time(MySQLTime(microseconds: StoredTemporal.time2(cell)))
        case .bit: return .uint(cell.reduce(0) { $0 << 8 | UInt64($1) })
        case .enumeration: return try enumeration(cell.littleEndian(cell.count), column)
        case .set: return set(cell.littleEndian(cell.count), column)
        case .json:
            var writer = JSONTextWriter()
            guard try JSONBinary.walk(cell, &writer) else { return .json("null") }
            return .json(writer.text)
        case .varchar, .varString, .string, .tinyBlob, .mediumBlob, .longBlob, .blob:
            guard let encoding = texts[column]?.encoding else { return .bytes([UInt8](cell)) }
            return .text(encoding.decode(cell))
        case .geometry, .vector: return .bytes([UInt8](cell))
        case .decimal, .null, .typedArray:
            throw WireError(.invalidValue("a cell of the type \(storage)"), at: 0)
        }
    }

    /// 0 is the empty string, which is stored for an invalid value.
    private func enumeration(_ number: UInt64, _ column: Int) throws(WireError) -> MySQLValue {
        guard let options = texts[column]?.options else { return .uint(number) }
        if number == 0 { return .text("") }
        guard number <= UInt64(options.count) else { throw WireError(.invalidValue("ENUM option \(number)"), at: 0) }
        return .text(options[Int(number) - 1])
    }

    private func set(_ bits: UInt64, _ column: Int) -> MySQLValue {
        guard let options = texts[column]?.options else { return .uint(bits) }
        return .text(
            options.indices.filter { $0 < 64 && bits & (1 << UInt64($0)) != 0 }.map { options[$0] }.joined(separator: ","))
    }
}
