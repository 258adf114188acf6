/// A table as defined by the DDL at one position of the binlog.
package struct TableDefinition: Hashable, Sendable {
    package var id: TableID
    package var columns: [ColumnDefinition]
    /// Names, in index order. Without a PRIMARY KEY, the first unique key that can replace it.
    package var primaryKeyColumnNames: [String]
    /// MySQL's name of the character set, for example `utf8mb4`.
    package var defaultCharacterSet: String?
    package var comment: String?

    package init(
        id: TableID, columns: [ColumnDefinition] = [], primaryKeyColumnNames: [String] = [],
        defaultCharacterSet: String? = nil, comment: String? = nil
    ) {
        self.id = id
        self.columns = columns
        self.primaryKeyColumnNames = primaryKeyColumnNames
        self.defaultCharacterSet = defaultCharacterSet
        self.comment = comment
    }

    /// The index of a column, looked up by name case-insensitively.
    package func index(ofColumn name: String) -> Int? {
        let lowered = name.lowercased()
        let count = name.utf8.count
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        return columns.firstIndex { column in
            // If both are ASCII, names of different lengths cannot be equal.
            if isASCII, column.name.utf8.count != count, column.name.utf8.allSatisfy({ $0 < 0x80 }) { return false }
            return column.name.lowercased() == lowered
        }
    }
}

/// A column in Debezium's relational model, with the members of `tableChanges` in the history topic.
package struct ColumnDefinition: Hashable, Sendable {
    package var name: String
    /// Upper case, with attributes as the DDL gives them: `INT UNSIGNED`, `VARCHAR`, `ENUM`.
    package var typeName: String
    /// `java.sql.Types` code, as `tableChanges` shows it.
    package var jdbcType: Int
    package var characterSet: String?
    package var length: Int?
    package var scale: Int?
    package var isOptional: Bool
    package var isAutoIncremented: Bool
    package var isGenerated: Bool
    package var comment: String?
    package var hasDefaultValue: Bool
    /// The DDL's text without the outer quotes; nil for DEFAULT NULL and without a default.
    package var defaultValueExpression: String?
    /// ENUM and SET options with their quotes, as `tableChanges` shows them.
    package var enumValues: [String]

    package init(
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
