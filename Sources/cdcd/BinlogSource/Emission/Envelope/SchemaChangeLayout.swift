import ConnectData
import DebeziumPlugins

/// The key and value of the records on the schema change topic.
struct SchemaChangeLayout {
    let topic: String
    let keySchema: Schema
    let valueSchema: Schema
    private let source: SourceLayout
    private let changeSchema: Schema
    private let tableSchema: Schema
    private let columnSchema: Schema
    private let profile: DebeziumProfile

    init(_ configuration: MySQLConnectorConfig) {
        profile = configuration.profile
        topic = TopicNaming(configuration).schemaChanges
        let version = profile.records.hasVersionedSchemas ? 1 : nil
        let text = Schema(.string)
        let optionalText = Schema(.string, isOptional: true)
        let optionalNumber = Schema(.int32, isOptional: true)
        let optionalFlag = Schema(.boolean, isOptional: true)
        let texts = Schema(.array, isOptional: true, valueSchema: text)
        let adjustment = configuration.schemaNameAdjustment
        func structure(_ name: String, isOptional: Bool = false, _ fields: [Schema.Field]) -> Schema {
            Schema(
                .structure, isOptional: isOptional, name: adjustment.adjustedName(name), version: version,
                fields: fields)
        }
        var columnFields: [Schema.Field] = [
            .init("name", text), .init("jdbcType", Schema(.int32)), .init("nativeType", optionalNumber),
            .init("typeName", text), .init("typeExpression", optionalText), .init("charsetName", optionalText),
            .init("length", optionalNumber), .init("scale", optionalNumber), .init("position", Schema(.int32)),
            .init("optional", optionalFlag), .init("autoIncremented", optionalFlag), .init("generated", optionalFlag),
            .init("comment", optionalText),
        ]
        if profile.records.hasVersionedSchemas {
            columnFields += [.init("defaultValueExpression", optionalText), .init("enumValues", texts)]
        }
        columnSchema = structure("io.debezium.connector.schema.Column", columnFields)
        tableSchema = structure(
            "io.debezium.connector.schema.Table", isOptional: profile.records.hasVersionedSchemas,
            [
                .init("defaultCharsetName", optionalText), .init("primaryKeyColumnNames", texts),
                .init("columns", Schema(.array, valueSchema: columnSchema)), .init("comment", optionalText),
            ])
        changeSchema = structure(
            "io.debezium.connector.schema.Change",
            [.init("type", text), .init("id", text), .init("table", tableSchema)])
        source = SourceLayout(configuration)
        keySchema = structure(configuration.flavor.schemaName("SchemaChangeKey"), [.init("databaseName", text)])
        var fields: [Schema.Field] = [.init("source", source.schema)]
        if profile.records.hasVersionedSchemas { fields.append(.init("ts_ms", Schema(.int64))) }
        fields += [
            .init("databaseName", optionalText), .init("schemaName", optionalText), .init("ddl", optionalText),
            .init("tableChanges", Schema(.array, valueSchema: changeSchema)),
        ]
        valueSchema = structure(configuration.flavor.schemaName("SchemaChangeValue"), fields)
    }

    func key(_ change: SchemaChange) -> ConnectValue {
        .structure(Struct(schema: keySchema, values: [.string(change.database)]))
    }

    /// - Parameter marker: nil for streamed changes.
    func value(_ change: SchemaChange, _ info: SourceInfo, time: Int64, marker: SnapshotMarker?) -> ConnectValue {
        let tables = change.sourceTables.isEmpty ? nil : change.sourceTables.joined(separator: ",")
        let block = SourceBlock(info, source.bound(toDatabase: change.database, table: tables))
        var values: ContiguousArray<ConnectValue> = [
            marker.map { block.value(marker: $0) } ?? block.value(row: info.row)
        ]
        if profile.records.hasVersionedSchemas { values.append(.integer(time / 1000)) }
        values += [
            .string(change.database), .null, .string(change.ddl), .array(change.tables.map(tableChange)),
        ]
        return .structure(Struct(schema: valueSchema, values: values))
    }

    private func tableChange(_ change: TableChange) -> ConnectValue {
        let table = change.definition.map(table) ?? .null
        return .structure(
            Struct(schema: changeSchema, values: [.string(change.kind.rawValue), .string(change.id.quoted), table]))
    }

    private func table(_ definition: TableDefinition) -> ConnectValue {
        .structure(
            Struct(
                schema: tableSchema,
                values: [
                    Self.optional(definition.defaultCharacterSet),
                    .array(definition.primaryKeyColumnNames.map { .string($0) }),
                    .array(definition.columns.enumerated().map { column($1, position: $0 + 1) }),
                    Self.optional(definition.comment),
                ]))
    }

    private func column(_ column: ColumnDefinition, position: Int) -> ConnectValue {
        var values: ContiguousArray<ConnectValue> = [
            .string(column.name), .integer(Int64(column.jdbcType)), .null, .string(column.typeName),
            .string(column.typeName), Self.optional(column.characterSet), Self.optional(column.length),
            Self.optional(column.scale), .integer(Int64(position)), .boolean(column.isOptional),
            .boolean(column.isAutoIncremented), .boolean(column.isGenerated), Self.optional(column.comment),
        ]
        if profile.records.hasVersionedSchemas {
            let options = column.enumValues.map { ConnectValue.string($0) }
            values += [
                Self.optional(column.defaultValueExpression), options.isEmpty ? .null : .array(options),
            ]
        }
        return .structure(Struct(schema: columnSchema, values: values))
    }

    private static func optional(_ text: String?) -> ConnectValue { text.map { .string($0) } ?? .null }
    private static func optional(_ number: Int?) -> ConnectValue { number.map { .integer(Int64($0)) } ?? .null }
}
