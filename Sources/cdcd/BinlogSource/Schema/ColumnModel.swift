/// Converts a column definition to Debezium's model of it.
struct ColumnModel {
    let profile: DebeziumProfile
    let includesComments: Bool

    /// The column, and whether its definition makes it a key.
    struct Result {
        var column: ColumnDefinition
        /// Whether the definition contains a character set (or the type has a fixed one).
        var hasOwnCharacterSet: Bool
        var isPrimaryKey = false
        var isUnique = false
    }

    /// - Parameter base: the column before a MODIFY or CHANGE, from which attributes that are not mentioned may be
    ///   kept.
    func column(
        _ written: ColumnSpecification, over base: ColumnDefinition? = nil,
        keeping kept: DebeziumProfile.Columns.PreservedAttributes = .nothing
    ) -> Result {
        var column = ColumnDefinition(
            name: written.name, typeName: typeName(written.type), jdbcType: Self.jdbcType(written.type))
        if let base, kept == .everything {
            column.length = base.length
            column.scale = base.scale
            column.isOptional = base.isOptional
        }
        if let base, kept != .nothing {
            column.isAutoIncremented = base.isAutoIncremented
            column.isGenerated = base.isGenerated
            column.comment = base.comment
            column.enumValues = base.enumValues
        }
        setLength(of: &column, written.type)
        if column.typeName == "ENUM" || column.typeName == "SET" { column.enumValues = written.type.options }
        column.characterSet = characterSet(written.type)
        var result = Result(column: column, hasOwnCharacterSet: column.characterSet != nil)
        if written.type.words == ["SERIAL"] { makeSerial(&result) }
        apply(written.attributes, of: written.type, to: &result)
        return result
    }

    private func makeSerial(_ result: inout Result) {
        result.column.isOptional = false
        result.column.isAutoIncremented = true
        result.column.isGenerated = true
        result.isUnique = true
    }

    // MARK: Types

    private func typeName(_ type: DataTypeSpecification) -> String {
        if type.words == ["SERIAL"] { return "BIGINT UNSIGNED" }
        var words = type.words
        if profile.columns.namesZerofillUnsigned, words.last == "ZEROFILL" {
            words.removeAll { ["SIGNED", "UNSIGNED", "ZEROFILL"].contains($0) }
            words += ["UNSIGNED", "ZEROFILL"]
        }
        return words.joined(separator: " ")
    }

    private func setLength(of column: inout ColumnDefinition, _ type: DataTypeSpecification) {
        if type.family == .collection {
            column.length = type.words.first == "SET" ? max(0, type.options.count * 2 - 1) : 1
            return
        }
        let first = type.words.first ?? ""
        if let length = type.length {
            let isFraction = ["TIME", "TIMESTAMP", "DATETIME"].contains(first)
            column.length = length == 0 && profile.columns.hasDefaultLengths && !isFraction ? 10 : length
        }
        if let scale = type.scale { column.scale = scale }
        if ["DECIMAL", "DEC", "FIXED", "NUMERIC", "NUMBER"].contains(first) {
            if column.length == nil { column.length = 10 }
            if column.scale == nil { column.scale = 0 }
        }
        let isOneByDefault = first == "BIT" || (type.family == .national && column.jdbcType == -15)
        if column.length == nil, profile.columns.hasDefaultLengths, isOneByDefault { column.length = 1 }
    }

    private func characterSet(_ type: DataTypeSpecification) -> String? {
        switch type.family {
        case .national: return "utf8"
        case .character: break
        case .collection:
            guard profile.columns.readsCollationAttributes else { return type.characterSet }
        default: return nil
        }
        if let characterSet = type.characterSet { return characterSet }
        return type.collation.flatMap { profile.columns.characterSet(ofCollation: $0) }
    }

    static func jdbcType(_ type: DataTypeSpecification) -> Int {
        switch type.family {
        case .national:
            let isVarying = type.words.contains { $0 == "VARYING" || $0.contains("VARCHAR") }
            return isVarying ? -9 : -15
        case .collection: return 1
        default: break
        }
        let first = type.words.first ?? ""
        if type.family == .character {
            let isFixed = (first == "CHAR" || first == "CHARACTER") && !type.words.contains("VARYING")
            return isFixed ? 1 : 12
        }
        return jdbcTypes[first] ?? 1111
    }

    private static let jdbcTypes: [String: Int] = [
        "TINYINT": 5, "INT1": 5, "SMALLINT": 5, "INT2": 5, "MEDIUMINT": 4, "INT3": 4, "MIDDLEINT": 4, "INT": 4,
        "INTEGER": 4, "INT4": 4, "YEAR": 4, "BIGINT": -5, "INT8": -5, "SERIAL": -5, "REAL": 7, "DOUBLE": 8,
        "FLOAT8": 8, "FLOAT": 6, "FLOAT4": 6, "DECIMAL": 3, "DEC": 3, "FIXED": 3, "NUMERIC": 2, "NUMBER": 3,
        "BIT": -7, "BOOL": 16, "BOOLEAN": 16, "BINARY": -2, "VARBINARY": -3, "RAW": -3, "TINYBLOB": 2004,
        "BLOB": 2004, "MEDIUMBLOB": 2004, "LONGBLOB": 2004, "LONG": 2004, "DATE": 91, "TIME": 92, "DATETIME": 93,
        "TIMESTAMP": 2014,
    ]

    // MARK: Attributes

    private func apply(_ attributes: [ColumnAttribute], of type: DataTypeSpecification, to result: inout Result) {
        var hasDefault = false
        var followsTimestampDefault = false
        for attribute in attributes {
            let isOnUpdateAfterDefault = followsTimestampDefault
            followsTimestampDefault = false
            switch attribute {
            case .nullable(let isNullable): result.column.isOptional = isNullable
            case .defaultValue(let value):
                if case .currentTimestamp = value { followsTimestampDefault = true }
                set(value, of: &result.column, hasDefault: &hasDefault)
            case .onUpdateCurrentTimestamp where profile.columns.marksEveryOnUpdate || !isOnUpdateAfterDefault:
                result.column.isAutoIncremented = true
                result.column.isGenerated = true
            case .autoIncrement:
                result.column.isAutoIncremented = true
                result.column.isGenerated = true
            case .serialDefault: makeSerial(&result)
            case .primaryKey:
                result.isPrimaryKey = true
                result.column.isOptional = false
            case .uniqueKey: result.isUnique = true
            case .comment(let text): if includesComments { result.column.comment = text }
            case .collate(let collation): setCollation(collation, of: type, in: &result)
            case .characterSet(let name) where Self.isText(result.column):
                result.column.characterSet = name
                result.hasOwnCharacterSet = true
            case .onUpdateCurrentTimestamp, .characterSet, .generated, .other: break
            }
        }
        result.column.hasDefaultValue = hasDefault || result.column.isOptional
    }

    private func setCollation(_ collation: String, of type: DataTypeSpecification, in result: inout Result) {
        guard profile.columns.readsCollationAttributes, type.characterSet == nil, type.family != .national,
            let name = profile.columns.characterSet(ofCollation: collation)
        else { return }
        result.column.characterSet = name
        result.hasOwnCharacterSet = true
    }

    /// Whether values of this column are text with a character set.
    static func isText(_ column: ColumnDefinition) -> Bool {
        switch column.jdbcType {
        case 1, 12, -15, -9: true
        default: false
        }
    }

    /// Sets the value after DEFAULT, in the text form of `defaultValueExpression`.
    func set(_ value: DefaultValue, of column: inout ColumnDefinition, hasDefault: inout Bool) {
        switch value {
        case .null: return
        case .string(let text): column.defaultValueExpression = text
        case .number(let text), .boolean(let text), .bits(let text): column.defaultValueExpression = text
        case .hexadecimal(let text):
            guard profile.columns.cleansDefaults else {
                hasDefault = hasDefault || text.hasPrefix("0b")
                return
            }
            // Two characters before and one after are removed as quotes, even if there is none.
            column.defaultValueExpression = String(text.dropFirst(2).dropLast())
        case .decorated(let text, let contents):
            column.defaultValueExpression = profile.columns.cleansDefaults ? contents : text
        case .currentTimestamp(let text):
            let isNow = text.asciiUppercased().hasPrefix("CURRENT_TIMESTAMP") || text.asciiUppercased().hasPrefix("NOW")
            let isKnown = isNow || profile.columns.readsAllTimestampDefaults
            column.defaultValueExpression = isKnown ? "1970-01-01 00:00:00" : text
        case .expression: column.defaultValueExpression = nil
        }
        hasDefault = true
    }
}
