import ConnectData
import MySQLWire

/// How a cell of a row event becomes a value: chosen once for each column of a table map. Trivial on purpose, so that
/// looking at it costs no retain; what has references (option lists, character sets) stands in the decoder's tables.
enum StoredConversion: Sendable, Hashable {
    case boolean
    case int8, int16, int24, int32, int64
    case uint8, uint16, uint24, uint32
    case unsignedDecimal
    case float32
    case float32Widened
    case float64
    case float64Narrowed
    case decimal(ValueOptions.DecimalMode, precision: Int, scale: Int)
    /// Of the mode precise: stored with `scale` digits behind the point, emitted with `newScale`.
    case rescaledDecimal(precision: UInt8, scale: UInt8, newScale: UInt8)
    case bit
    case bits
    case utf8
    /// Index into the decoder's character sets.
    case text(set: Int)
    /// Zeros at the end, which the server does not store, are put back to the length.
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
    /// `digits`: nil leaves out zeros at the end.
    case timestamp2(digits: Int?)
    case timestamp(digits: Int?)
    case year
    case json
    case geometry
    case point
    case vector
    case uuid

    /// The conversion of a column's cells; nil where the stored type cannot hold such a column.
    init?(
        _ kind: ValueKind, _ storage: ColumnStorage, _ profile: DebeziumProfile, sets: inout [MySQLCharacterSet],
        lists: inout [[String]]
    ) {
        switch (kind, storage.type) {
        case (.boolean, .tiny): self = .boolean
        case (.integer(_, let isUnsigned), .tiny): self = isUnsigned ? .uint8 : .int8
        case (.integer(_, let isUnsigned), .short): self = isUnsigned ? .uint16 : .int16
        case (.integer(_, let isUnsigned), .int24): self = isUnsigned ? .uint24 : .int24
        case (.integer(_, let isUnsigned), .long): self = isUnsigned ? .uint32 : .int32
        case (.integer, .longLong): self = .int64
        case (.unsignedDecimal, .longLong): self = .unsignedDecimal
        case (.float32, .float): self = .float32
        case (.float32, .double): self = .float64Narrowed
        case (.float64, .float): self = .float32Widened
        case (.float64, .double): self = .float64
        case (.decimal(.precise, let precision, let scale), .newDecimal):
            // Digits that the schema has no place for would be lost. Where MODIFY gives no precision, Debezium 1.9
            // keeps the former one, which may be less; values lose nothing by that.
            guard storage.scale <= scale, storage.size <= precision || profile.keepsPrecisionOfModifiedColumns
            else { return nil }
            self =
                storage.scale == scale
                ? .decimal(.precise, precision: storage.size, scale: scale)
                : .rescaledDecimal(
                    precision: UInt8(storage.size), scale: UInt8(storage.scale), newScale: UInt8(scale))
        // Their schemas have neither precision nor scale.
        case (.decimal(let mode, _, _), .newDecimal):
            self = .decimal(mode, precision: storage.size, scale: storage.scale)
        case (.bit, .bit): self = .bit
        case (.bits, .bit): self = .bits
        case (.text(let set), .varchar), (.text(let set), .varString), (.text(let set), .string),
            (.text(let set), .blob), (.text(let set), .tinyBlob), (.text(let set), .mediumBlob),
            (.text(let set), .longBlob):
            if ["utf8mb4", "utf8mb3"].contains(set.name) {
                self = .utf8
            } else {
                let index = sets.firstIndex(of: set) ?? sets.count
                if index == sets.count { sets.append(set) }
                self = .text(set: index)
            }
        case (.binary(let mode), .string): self = .binary(mode, paddedBytes: storage.size)
        case (.binary(let mode), .varchar), (.binary(let mode), .varString), (.binary(let mode), .blob),
            (.binary(let mode), .tinyBlob), (.binary(let mode), .mediumBlob), (.binary(let mode), .longBlob):
            self = .binary(mode, paddedBytes: 0)
        case (.enumeration(let options), .enumeration):
            lists.append(options)
            self = .enumeration(list: lists.count - 1)
        case (.set(let options), .set):
            lists.append(options)
            self = .set(list: lists.count - 1)
        case (.json, .json): self = .json
        // MariaDB's JSON is a LONGTEXT.
        case (.json, .blob), (.json, .longBlob): self = .utf8
        case (.date(let form), .date), (.date(let form), .newDate): self = .date(form)
        case (.time(let form), .time2): self = profile.misreadsNegativeTimes ? .misreadTime2(form) : .time2(form)
        case (.time(let form), .time): self = .time(form)
        case (.dateTime(let form), .dateTime2): self = .dateTime2(form)
        case (.dateTime(let form), .dateTime): self = .dateTime(form)
        case (.timestamp(let digits), .timestamp2):
            self = .timestamp2(digits: profile.timestampsKeepZeros ? digits : nil)
        case (.timestamp(let digits), .timestamp):
            self = .timestamp(digits: profile.timestampsKeepZeros ? digits : nil)
        case (.year, .year): self = .year
        case (.geometry, .geometry): self = .geometry
        case (.point, .geometry): self = .point
        case (.vector, .vector): self = .vector
        case (.uuid, .string), (.uuid, .varchar): self = .uuid
        default: return nil
        }
    }
}
