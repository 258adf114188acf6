import ConnectData
import MySQLWire

/// The conversion of a cell of a row event to a value: selected once for each column of a table map. A trivial type, so
/// that reading it costs no retain; references (option lists, character sets) are in the decoder's tables.
enum StoredConversion: Sendable, Hashable, BitwiseCopyable {
    case boolean
    case int8, int16, int24, int32, int64
    case uint8, uint16, uint24, uint32
    case unsignedDecimal
    case float32
    case float32Widened
    case float64
    case float64Narrowed
    case decimal(ValueOptions.DecimalMode, precision: Int, scale: Int)
    /// For the mode `precise`: stored with `scale` digits after the point, emitted with `newScale`.
    case rescaledDecimal(precision: UInt8, scale: UInt8, newScale: UInt8)
    case bit
    case bits
    case utf8
    /// Index into the decoder's encodings.
    case text(set: Int)
    /// Trailing zeros, which the server does not store, are restored up to the length.
    case binary(ValueOptions.BinaryMode, paddedBytes: Int)
    /// Index into the decoder's option lists.
    case enumeration(list: Int)
    case set(list: Int)
    case date(DateForm)
    case dateTime2(DateTimeForm)
    case dateTime(DateTimeForm)
    case time2(TimeForm)
    case misreadTime2(TimeForm)
    case time(TimeForm)
    /// `digits`: nil omits trailing zeros.
    case timestamp2(digits: Int?)
    case timestamp(digits: Int?)
    case year
    case json
    case geometry
    case point
    case vector
    case uuid
}

/// The conversions of a table map's columns, and the tables that they index.
struct StoredConversions {
    private(set) var sets: [MySQLCharacterSet] = []
    private(set) var optionLists: [OptionTexts] = []
    private let profile: DebeziumProfile

    init(_ profile: DebeziumProfile) { self.profile = profile }

    /// The conversion of a column's cells. Returns nil if the stored type cannot hold such a column.
    mutating func conversion(_ kind: ValueKind, _ storage: ColumnStorage) -> StoredConversion? {
        let type = StorageClass(storage.type)
        switch kind {
        case .boolean: return type == .integer(bytes: 1) ? .boolean : nil
        case .integer(_, let isUnsigned): return integer(type, isUnsigned: isUnsigned)
        case .unsignedDecimal: return type == .integer(bytes: 8) ? .unsignedDecimal : nil
        case .float32: return type == .float ? .float32 : type == .double ? .float64Narrowed : nil
        case .float64: return type == .float ? .float32Widened : type == .double ? .float64 : nil
        case .decimal(let mode, let precision, let scale):
            return type == .decimal ? decimal(mode, precision: precision, scale: scale, storage) : nil
        case .bit: return type == .bit ? .bit : nil
        case .bits: return type == .bit ? .bits : nil
        case .text(let set): return [.fixedString, .varyingString, .blob].contains(type) ? text(set) : nil
        case .binary(let mode):
            if type == .fixedString { return .binary(mode, paddedBytes: storage.size) }
            return type == .varyingString || type == .blob ? .binary(mode, paddedBytes: 0) : nil
        case .enumeration(let options): return type == .enumeration ? .enumeration(list: addList(options)) : nil
        case .set(let options): return type == .set ? .set(list: addList(options)) : nil
        // MariaDB's JSON is a LONGTEXT.
        case .json: return type == .json ? .json : type == .blob ? .utf8 : nil
        case .date(let form): return type == .date ? .date(form) : nil
        case .time(let form):
            if type == .time2 { return profile.values.misreadsNegativeTimes ? .misreadTime2(form) : .time2(form) }
            return type == .time ? .time(form) : nil
        case .dateTime(let form):
            return type == .dateTime2 ? .dateTime2(form) : type == .dateTime ? .dateTime(form) : nil
        case .timestamp(let digits):
            let shown = profile.values.timestampsKeepZeros ? digits : nil
            if type == .timestamp2 { return .timestamp2(digits: shown) }
            return type == .timestamp ? .timestamp(digits: shown) : nil
        case .year: return type == .year ? .year : nil
        case .geometry: return type == .geometry ? .geometry : nil
        case .point: return type == .geometry ? .point : nil
        case .vector: return type == .vector ? .vector : nil
        case .uuid: return type == .fixedString || type == .varyingString ? .uuid : nil
        }
    }

    private func integer(_ type: StorageClass, isUnsigned: Bool) -> StoredConversion? {
        switch type {
        case .integer(bytes: 1): isUnsigned ? .uint8 : .int8
        case .integer(bytes: 2): isUnsigned ? .uint16 : .int16
        case .integer(bytes: 3): isUnsigned ? .uint24 : .int24
        case .integer(bytes: 4): isUnsigned ? .uint32 : .int32
        case .integer: .int64
        case .float, .double, .decimal, .bit, .fixedString, .varyingString, .blob, .enumeration, .set, .date, .time,
            .time2, .dateTime, .dateTime2, .timestamp, .timestamp2, .year, .json, .geometry, .vector, .unreadable:
            nil
        }
    }

    private func decimal(
        _ mode: ValueOptions.DecimalMode, precision: Int, scale: Int, _ storage: ColumnStorage
    ) -> StoredConversion? {
        switch mode {
        // Their schemas have neither precision nor scale.
        case .string, .double: return .decimal(mode, precision: storage.size, scale: storage.scale)
        case .precise:
            // Digits beyond the schema's precision would be lost. If MODIFY gives no precision, Debezium 1.9 keeps the
            // former one, which may be smaller; values lose nothing by that.
            guard storage.scale <= scale, storage.size <= precision || profile.columns.keepsPrecisionOfModifiedColumns
            else { return nil }
            if storage.scale == scale { return .decimal(.precise, precision: storage.size, scale: scale) }
            return .rescaledDecimal(
                precision: UInt8(storage.size), scale: UInt8(storage.scale), newScale: UInt8(scale))
        }
    }

    private mutating func text(_ set: MySQLCharacterSet) -> StoredConversion {
        if set.isUTF8 { return .utf8 }
        let index = sets.firstIndex(of: set) ?? sets.count
        if index == sets.count { sets.append(set) }
        return .text(set: index)
    }

    private mutating func addList(_ options: [String]) -> Int {
        optionLists.append(OptionTexts(options))
        return optionLists.count - 1
    }
}

/// The stored types, as far as conversions distinguish them.
private enum StorageClass: Hashable {
    case integer(bytes: Int)
    case float, double, decimal, bit
    /// CHAR and BINARY.
    case fixedString
    /// VARCHAR and VARBINARY.
    case varyingString
    case blob
    case enumeration, set, json, geometry, vector
    case date, time, time2, dateTime, dateTime2, timestamp, timestamp2, year
    /// Row events have no readable columns of these types.
    case unreadable

    init(_ type: ColumnType) {
        switch type {
        case .tiny: self = .integer(bytes: 1)
        case .short: self = .integer(bytes: 2)
        case .int24: self = .integer(bytes: 3)
        case .long: self = .integer(bytes: 4)
        case .longLong: self = .integer(bytes: 8)
        case .float: self = .float
        case .double: self = .double
        case .newDecimal: self = .decimal
        case .bit: self = .bit
        case .string: self = .fixedString
        case .varchar, .varString: self = .varyingString
        case .tinyBlob, .blob, .mediumBlob, .longBlob: self = .blob
        case .enumeration: self = .enumeration
        case .set: self = .set
        case .json: self = .json
        case .geometry: self = .geometry
        case .vector: self = .vector
        case .date, .newDate: self = .date
        case .time: self = .time
        case .time2: self = .time2
        case .dateTime: self = .dateTime
        case .dateTime2: self = .dateTime2
        case .timestamp: self = .timestamp
        case .timestamp2: self = .timestamp2
        case .year: self = .year
        case .decimal, .null, .typedArray: self = .unreadable
        }
    }
}
