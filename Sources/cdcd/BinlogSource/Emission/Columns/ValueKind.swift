import ConnectData
import MySQLWire

/// The kind of a column's values in messages, for snapshots and streaming.
enum ValueKind: Sendable, Hashable {
    /// BOOL in streamed DDL.
    case boolean
    case integer(IntegerType, isUnsigned: Bool)
    /// BIGINT UNSIGNED with `bigint.unsigned.handling.mode=precise`.
    case unsignedDecimal
    case float32
    /// `isSingle`: the column holds single precision.
    case float64(isSingle: Bool)
    case decimal(ValueOptions.DecimalMode, precision: Int, scale: Int)
    /// BIT(1).
    case bit
    case bits(length: Int)
    case text(MySQLCharacterSet)
    case binary(ValueOptions.BinaryMode)
    /// The options, escaped as in `allowed`.
    case enumeration([String])
    case set([String])
    case json
    case date(DateForm)
    case time(TimeForm)
    case dateTime(DateTimeForm)
    /// `digits`: the number of fractional digits of the column.
    case timestamp(digits: Int)
    case year
    case geometry
    case point
    case vector
    case uuid
}

/// The integer types of Connect's schemas that columns have.
enum IntegerType: Sendable, Hashable {
    case int16, int32, int64

    var schemaType: SchemaType {
        switch self {
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        }
    }
}

extension ValueKind {
    /// Determined by the type's name in the DDL, as in Debezium.
    ///
    /// Throws if the type or its character set is unknown; the error names the column.
    init(
        _ column: ColumnDefinition, of table: TableDefinition, _ options: ValueOptions, _ profile: DebeziumProfile
    ) throws {
        let words = column.typeName.uppercased().split { $0 == " " || $0 == "(" }.map(String.init)
        let isUnsigned = words.contains("UNSIGNED")
        func has(_ word: String) -> Bool { words.contains(word) }
        switch words.first ?? "" {
        case "BOOL", "BOOLEAN": self = .boolean
        case "TINYINT", "INT1": self = .integer(.int16, isUnsigned: isUnsigned)
        case "SMALLINT", "INT2": self = .integer(isUnsigned ? .int32 : .int16, isUnsigned: isUnsigned)
        case "MEDIUMINT", "INT3", "MIDDLEINT": self = .integer(.int32, isUnsigned: isUnsigned)
        case "INT", "INTEGER", "INT4":
            let isWide: Bool
            if profile.columns.readsAllUnsignedSpellings {
                isWide = isUnsigned || has("ZEROFILL")
            } else {
                isWide = isUnsigned && words[0] != "INTEGER"
            }
            self = .integer(isWide ? .int64 : .int32, isUnsigned: isWide)
        case "BIGINT", "INT8":
            self = isUnsigned ? Self.unsignedBigint(options) : .integer(.int64, isUnsigned: false)
        case "SERIAL": self = Self.unsignedBigint(options)
        case "FLOAT", "FLOAT4":
            // FLOAT(M,D) and FLOAT(25…53) are treated as doubles; the latter are also stored as doubles.
            let isShort = column.scale == nil && (column.length ?? 0) <= 24
            let isDouble = column.scale == nil && !isShort
            self = isShort && profile.values.floatIsSingle ? .float32 : .float64(isSingle: !isDouble)
        case "REAL": self = .float32
        case "DOUBLE", "FLOAT8": self = .float64(isSingle: false)
        case "DECIMAL", "DEC", "NUMERIC", "FIXED":
            let precision = min(65, max(1, column.length ?? 10))
            self = .decimal(options.decimals, precision: precision, scale: min(30, max(0, column.scale ?? 0)))
        case "BIT":
            let length = min(64, max(1, column.length ?? 1))
            self = length == 1 ? .bit : .bits(length: length)
        case "CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER", "NCHAR", "NVARCHAR", "NATIONAL", "TINYTEXT", "TEXT",
            "MEDIUMTEXT", "LONGTEXT":
            self = .text(try Self.characterSet(column, table))
        case "LONG":
            self = has("VARBINARY") ? .binary(options.binary) : .text(try Self.characterSet(column, table))
        case "BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB": self = .binary(options.binary)
        case "ENUM": self = .enumeration(column.enumValues.map(Self.option))
        case "SET": self = .set(column.enumValues.map(Self.option))
        case "JSON": self = .json
        case "DATE": self = .date(DateForm(options.times))
        case "TIME": self = .time(TimeForm(options.times))
        case "DATETIME": self = .dateTime(DateTimeForm(options.times, digits: column.length ?? 0))
        case "TIMESTAMP": self = .timestamp(digits: min(6, max(0, column.length ?? 0)))
        case "YEAR": self = .year
        case "POINT": self = .point
        case "GEOMETRY", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMCOLLECTION",
            "GEOMETRYCOLLECTION": self = .geometry
        case "VECTOR": self = .vector
        case "UUID": self = .uuid
        default:
            throw PlanError(
                table: table.id, column: column.name,
                "its type \(column.typeName) has no representation in messages",
                remedy: PlanError.remedy(excluding: column.name, of: table.id))
        }
    }

    private static func unsignedBigint(_ options: ValueOptions) -> ValueKind {
        options.unsignedBigints == .precise ? .unsignedDecimal : .integer(.int64, isUnsigned: true)
    }

    /// The column's own set, or the table's. Debezium falls back on UTF-8 if neither is known.
    private static func characterSet(_ column: ColumnDefinition, _ table: TableDefinition) throws -> MySQLCharacterSet {
        let name = column.characterSet ?? table.defaultCharacterSet ?? "utf8mb4"
        if let set = MySQLCharacterSet(named: name) ?? MySQLCharacterSet(collationNamed: name) { return set }
        throw PlanError(
            table: table.id, column: column.name,
            "its character set \(name) is unknown",
            remedy: PlanError.remedy(excluding: column.name, of: table.id))
    }

    /// An ENUM or SET option without its quotes. A comma within it is escaped, since `allowed` is a list.
    static func option(_ quoted: String) -> String {
        var text = Substring(quoted)
        if text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote {
            text = text.dropFirst().dropLast()
        }
        return String(text.replacing(",", with: "\\,").replacing("\\'", with: "'").replacing("''", with: "'"))
    }
}
