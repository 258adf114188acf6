/// A table as the DDL at one position of the binlog defines it.
public struct TableDefinition: Hashable, Sendable {
    public var id: TableID
    public var columns: [ColumnDefinition]
    /// Names, in index order. Without a PRIMARY KEY, the first unique key that may stand in for it.
    public var primaryKeyColumnNames: [String]
    /// MySQL's name of the character set, for example `utf8mb4`.
    public var defaultCharacterSet: String?
    public var comment: String?

    public init(
        id: TableID, columns: [ColumnDefinition] = [], primaryKeyColumnNames: [String] = [],
        defaultCharacterSet: String? = nil, comment: String? = nil
    ) {
        self.id = id
        self.columns = columns
        self.primaryKeyColumnNames = primaryKeyColumnNames
        self.defaultCharacterSet = defaultCharacterSet
        self.comment = comment
    }

    /// The place of a column, whose name is found without regard to case.
    public func index(ofColumn name: String) -> Int? {
        let lowered = name.lowercased()
        let count = name.utf8.count
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        return columns.firstIndex { column in
            // If both are ASCII, names of another length cannot be equal.
            if isASCII, column.name.utf8.count != count, column.name.utf8.allSatisfy({ $0 < 0x80 }) { return false }
            return column.name.lowercased() == lowered
        }
    }
}

/// A column in Debezium's relational model, with the members of `tableChanges` in the history topic.
public struct ColumnDefinition: Hashable, Sendable {
    public var name: String
    /// Upper case, with attributes as the DDL gives them: `INT UNSIGNED`, `VARCHAR`, `ENUM`.
    public var typeName: String
    /// `java.sql.Types` code, as `tableChanges` shows it.
    public var jdbcType: Int
    public var characterSet: String?
    public var length: Int?
    public var scale: Int?
    public var isOptional: Bool
    public var isAutoIncremented: Bool
    public var isGenerated: Bool
    public var comment: String?
    public var hasDefaultValue: Bool
    /// The DDL's text with the outer quotes taken off; nil for DEFAULT NULL and where there is none.
    public var defaultValueExpression: String?
    /// ENUM and SET options with their quotes, as `tableChanges` shows them.
    public var enumValues: [String]

    public init(
        name: String, typeName: String, jdbcType: Int, characterSet: String? = nil, length: Int? = nil,
        scale: Int? = nil, isOptional: Bool = true, isAutoIncremented: Bool = false, isGenerated: Bool = false,
        comment: String? = nil, hasDefaultValue: Bool = false, defaultValueExpression: String? = nil,
        enumValues: [String] = []
    ) {
        self.name = name
        self.typeName = typeName
        self.jdbcType = jdbcType
        self.characterSet = characterSet
        self.length = length
        self.scale = scale
        self.isOptional = isOptional
        self.isAutoIncremented = isAutoIncremented
        self.isGenerated = isGenerated
        self.comment = comment
        self.hasDefaultValue = hasDefaultValue
        self.defaultValueExpression = defaultValueExpression
        self.enumValues = enumValues
    }
}
