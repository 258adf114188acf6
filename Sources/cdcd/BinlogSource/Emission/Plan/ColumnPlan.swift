import ConnectData

/// One column's part in a table's plan.
struct ColumnPlan: Sendable {
    let name: String
    /// The index of the column in the table.
    let index: Int
    /// The index of the column in the snapshot's SELECT.
    let selected: Int
    let kind: ValueKind
    let schema: Schema
    let null: NullRule

    init(
        _ column: ColumnDefinition, index: Int, selected: Int, of table: TableDefinition,
        _ configuration: MySQLConnectorConfig
    ) throws {
        name = column.name
        self.index = index
        self.selected = selected
        kind = try ValueKind(column, of: table, configuration.values, configuration.profile)
        let defaultValue = SchemaDefault(options: configuration.values, profile: configuration.profile)
            .value(of: column, kind)
        schema = ColumnSchema.schema(
            kind, configuration.profile, isOptional: column.isOptional, defaultValue: defaultValue,
            comment: configuration.profile.records.documentsColumns ? column.comment : nil)
        null = NullRule(
            value: column.isOptional ? .null : defaultValue ?? kind.fallback, isOptional: column.isOptional,
            defaultValue: defaultValue)
    }
}

/// The value emitted for NULL in a column.
struct NullRule: Sendable, Hashable {
    /// `.null` if NULL is allowed; otherwise the default, or the type's fallback.
    let value: ConnectValue
    let isOptional: Bool
    /// The default; nil if there is none.
    let defaultValue: ConnectValue?

    /// The rule with another value for NULL.
    func with(value: ConnectValue) -> NullRule {
        NullRule(value: value, isOptional: isOptional, defaultValue: defaultValue)
    }
}
