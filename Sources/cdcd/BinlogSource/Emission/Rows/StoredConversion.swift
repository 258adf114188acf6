import ConnectData
import MySQLWire

/// The conversion of a cell of a row event to a value: selected once for each column of a table map. A trivial type, so
/// that reading it costs no retain; references (option lists, character sets) are in the decoder's tables.
enum StoredConversion: Sendable, Hashable, BitwiseCopyable {
    case plain(Plain)
    case decimal(ValueOptions.DecimalMode, precision: Int, scale: Int)
    /// For the mode `precise`: stored with `scale` digits after the point, emitted with `newScale`.
    case rescaledDecimal(precision: UInt8, scale: UInt8, newScale: UInt8)
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

    /// Conversions without parameters. An enum of its own, so that selecting one is a jump: the cases without values of
    /// an enum with values are compared one by one.
    enum Plain: UInt8, Sendable, BitwiseCopyable {
        case boolean
        case int8, int16, int24, int32, int64
        case uint8, uint16, uint24, uint32
        case unsignedDecimal
        case float32
        case float32Widened
        case float64
        case float64Narrowed
        case bit
        case bits
        case utf8
        case year
        case json
        case geometry
        case point
        case vector
        case uuid
    }
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
        case .boolean: return type == .integer(bytes: 1) ? .plain(.boolean) : nil
        case .integer(_, let isUnsigned): return integer(type, isUnsigned: isUnsigned)
        case .unsignedDecimal: return type == .integer(bytes: 8) ? .plain(.unsignedDecimal) : nil
        case .float32: return type == .float ? .plain(.float32) : type == .double ? .plain(.float64Narrowed) : nil
        case .float64: return type == .float ? .plain(.float32Widened) : type == .double ? .plain(.float64) : nil
        case .decimal(let mode, let precision, let scale):
            return type == .decimal ? decimal(mode, precision: precision, scale: scale, storage) : nil
        case .bit: return type == .bit ? .plain(.bit) : nil
        case .bits: return type == .bit ? .plain(.bits) : nil
        case .text(let set): return [.fixedString, .varyingString, .blob].contains(type) ? text(set) : nil
        case .binary(let mode):
            if type == .fixedString { return .binary(mode, paddedBytes: storage.size) }
            return type == .varyingString || type == .blob ? .binary(mode, paddedBytes: 0) : nil
        case .enumeration(let options): return type == .enumeration ? .enumeration(list: addList(options)) : nil
        case .set(let options): return type == .set ? .set(list: addList(options)) : nil
        // MariaDB's JSON is a LONGTEXT.
        case .json: return type == .json ? .plain(.json) : type == .blob ? .plain(.utf8) : nil
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
        case .year: return type == .year ? .plain(.year) : nil
        case .geometry: return type == .geometry ? .plain(.geometry) : nil
        case .point: return type == .geometry ? .plain(.point) : nil
        case .vector: return type == .vector ? .plain(.vector) : nil
        case .uuid: return type == .fixedString || type == .varyingString ? .plain(.uuid) : nil
        }
    }

    private func integer(_ type: StorageClass, isUnsigned: Bool) -> StoredConversion? {
        switch type {
        case .integer(bytes: 1): isUnsigned ? .plain(.uint8) : .plain(.int8)
        case .integer(bytes: 2): isUnsigned ? .plain(.uint16) : .plain(.int16)
        case .integer(bytes: 3): isUnsigned ? .plain(.uint24) : .plain(.int24)
        case .integer(bytes: 4): isUnsigned ? .plain(.uint32) : .plain(.int32)
        case .integer: .plain(.int64)
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
        if set.isUTF8 { return .plain(.utf8) }
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
