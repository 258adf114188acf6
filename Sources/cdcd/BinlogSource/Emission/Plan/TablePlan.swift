import ConnectData
import DebeziumPlugins

/// How the rows of one version of a table are converted to messages: topic, schemas, and a plan for every column.
///
/// Compiled once for each table definition; the work per row is a loop over arrays.
package final class TablePlan: Sendable {
    package let definition: TableDefinition
    /// The topic of the table's records.
    package let topic: String
    /// nil if the table has no key.
    package let keySchema: Schema?
    /// The schema of `before` and `after`.
    package let rowSchema: Schema
    package let envelopeSchema: Schema
    let envelope: EnvelopeLayout
    /// The `source` block of the table's messages.
    let source: SourceLayout
    let profile: DebeziumProfile
    let options: ValueOptions
    private let failsOnUnrepresentable: Bool
    /// In the order of the row schema's fields.
    let columns: ContiguousArray<ColumnPlan>
    /// Key columns that column filters exclude from the row.
    let keyOnlyColumns: ContiguousArray<ColumnPlan>
    /// The source of each key field.
    let keySources: ContiguousArray<KeySource>
    /// Whether messages have the table's own key, not one of `message.key.columns`.
    let hasKeyOfDefinition: Bool
    /// The columns that a snapshot selects, in order.
    package let selectedColumns: [String]

    enum KeySource: Sendable, Hashable {
        case row(Int)
        case keyOnly(Int)
    }

    /// Throws a `PlanError` with table and column if a column's type or character set is unknown, or two columns have
    /// the same field name.
    package init(_ definition: TableDefinition, configuration: MySQLConnectorConfig) throws {
        let naming = TopicNaming(configuration)
        let table = definition.id
        self.definition = definition
        profile = configuration.profile
        options = configuration.values
        failsOnUnrepresentable = configuration.unrepresentableValueHandling == .fail
        topic = naming.topic(table)
        let keyNames = configuration.messageKeys.columns(of: definition)
        hasKeyOfDefinition = keyNames == definition.primaryKeyColumnNames
        var columns: ContiguousArray<ColumnPlan> = []
        var keyOnly: ContiguousArray<ColumnPlan> = []
        var selected: [String] = []
        for (index, column) in definition.columns.enumerated() {
            let isIncluded = configuration.filter.includesColumn(column.name, of: table)
            guard isIncluded || keyNames.contains(column.name) else { continue }
            let plan = try ColumnPlan(column, index: index, selected: selected.count, of: definition, configuration)
            if isIncluded { columns.append(plan) } else { keyOnly.append(plan) }
            selected.append(column.name)
        }
        selectedColumns = selected
        self.columns = columns
        keyOnlyColumns = keyOnly
        let adjustment = configuration.schemaNameAdjustment
        let keepsFirstDigit = configuration.profile.records.keepsFirstDigitOfNames
        func schemaFullName(_ name: String) -> String {
            adjustment.adjustedName(name, keepsFirstDigit: keepsFirstDigit)
        }
        let schemaName = schemaFullName(
            configuration.profile.records.namesSchemasByTopic ? topic : naming.unsanitized(table))
        func field(_ column: ColumnPlan) -> Schema.Field {
            Schema.Field(configuration.fieldNameAdjustment.adjustedFieldName(column.name), column.schema)
        }
        let rowFields = columns.map(field)
        try Self.checkNames(of: rowFields, table)
        rowSchema = Schema(.structure, isOptional: true, name: schemaName + ".Value", fields: rowFields)
        var sources: ContiguousArray<KeySource> = []
        var keyFields: [Schema.Field] = []
        for name in keyNames {
            if let index = columns.firstIndex(where: { $0.name == name }) {
                sources.append(.row(index))
                keyFields.append(field(columns[index]))
            } else if let index = keyOnly.firstIndex(where: { $0.name == name }) {
                sources.append(.keyOnly(index))
                keyFields.append(field(keyOnly[index]))
            }
        }
        try Self.checkNames(of: keyFields, table)
        keySources = sources
        keySchema = keyFields.isEmpty ? nil : Schema(.structure, name: schemaName + ".Key", fields: keyFields)
        envelope = EnvelopeLayout(configuration)
        source = envelope.source.bound(toDatabase: table.database, table: table.table)
        envelopeSchema = envelope.schema(name: schemaFullName(topic) + ".Envelope", row: rowSchema)
    }

    /// With two fields of one name, one of the values would be hidden.
    private static func checkNames(of fields: [Schema.Field], _ table: TableID) throws(PlanError) {
        var names: Set<String> = []
        for field in fields where !names.insert(field.name).inserted {
            throw PlanError(
                table: table,
                "Cannot create field because of field name duplication \(field.name): field.name.adjustment.mode gives two "
                    + "of its columns this name",
                remedy: "Leave one of them out with column.exclude.list, or choose avro_unicode")
        }
    }

    func name(ofColumn index: Int) -> String { definition.columns[index].name }

    /// The replacement for a value that cannot be represented.
    func failed(_ null: NullRule, _ index: Int) throws(ConversionError) -> ConnectValue {
        if !failsOnUnrepresentable {
            if null.isOptional { return .null }
            if let value = null.defaultValue { return value }
        }
        throw ConversionError(
            definition.id, column: name(ofColumn: index),
            null.isOptional || null.defaultValue != nil
                ? "its value has no representation in the configured mode (event.converting.failure.handling.mode=fail)"
                : "its value has no representation in the configured mode, and the column is NOT NULL (Invalid value: null "
                    + "used for required field: \"\(name(ofColumn: index))\")",
            remedy: "Choose another time.precision.mode, or exclude the column with column.exclude.list")
    }
}
