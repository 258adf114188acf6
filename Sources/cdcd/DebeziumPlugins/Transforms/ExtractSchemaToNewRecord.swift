import ConnectData

/// Debezium's `io.debezium.transforms.ExtractSchemaToNewRecord`: adds the definitions of the columns to change events,
/// as the field `sourceSchema`.
package final class ExtractSchemaToNewRecord: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.ExtractSchemaToNewRecord", PluginProperties(ConfigDefinition([]))
    ) { _ in ExtractSchemaToNewRecord() }

    private static let columnSchema = Schema(
        .structure, name: "io.debezium.connector.source.schema.Column", version: 1,
        fields: [
            .init("name", Schema(.string)), .init("typeName", Schema(.string)),
            .init("length", Schema(.int32, isOptional: true)), .init("scale", Schema(.int32, isOptional: true)),
            .init("comment", Schema(.string, isOptional: true)),
        ])
    private static let columnsSchema = Schema(.array, valueSchema: columnSchema)
    private static let tableSchema = Schema(
        .structure, name: "io.debezium.connector.source.schema.Table", version: 1,
        fields: [.init("columns", columnsSchema)])
    private static let sourceSchema = Schema(
        .structure, name: "io.debezium.connector.source.Schema", version: 1,
        fields: [.init("id", Schema(.string)), .init("table", tableSchema)])

    /// The work for envelopes of one schema.
    private struct Plan {
        let schema: Schema
        let columns: ConnectValue
        /// The name of the first record's table, as in Debezium.
        let table: ConnectValue
        let defaults: [(index: Int, value: ConnectValue)]
    }

    private var plans = SchemaPlans<Plan>()

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard record.valueSchema?.isEnvelope == true, case .structure(let envelope) = record.value else { return true }
        let schema = envelope.schema
        let rows = try Self.rows(of: schema)
        if rows.allSatisfy({ envelope.values[$0].isNull }) { return true }
        let plan = try plans.plan(for: schema) { schema in
            let path = try Self.tablePath(schema)
            guard case .structure(let source) = envelope.values[path.source] else {
                throw DataError("The event of \(record.topic) has no source")
            }
            return try Self.makePlan(schema, rows, table: source.values[path.table])
        }
        var values = envelope.values
        for (index, value) in plan.defaults where values[index].isNull { values[index] = value }
        let table = ConnectValue.structure(Struct(schema: Self.tableSchema, values: [plan.columns]))
        values.append(.structure(Struct(schema: Self.sourceSchema, values: [plan.table, table])))
        record.valueSchema = plan.schema
        record.value = .structure(Struct(schema: plan.schema, values: values))
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, schema.isEnvelope, shape.value != .null else { return .applied }
        guard var fields = shape.value.fields else { return .dependsOnValues }
        let rows = try Self.rows(of: schema)
        if rows.allSatisfy({ fields[$0] == .null }) { return .applied }
        let path = try Self.tablePath(schema)
        guard rows.allSatisfy({ fields[$0] == .null || fields[$0].fields != nil }),
            case .constant(let table) = fields[path.source].fields?[path.table]
        else { return .dependsOnValues }
        let plan = try Self.makePlan(schema, rows, table: table)
        for (index, value) in plan.defaults { fields[index] = fields[index].replacingNull(by: value) }
        fields.append(.structure([.constant(plan.table), .structure([.constant(plan.columns)])]))
        shape.valueSchema = plan.schema
        shape.value = .structure(fields)
        return .applied
    }

    private static func rows(of envelope: Schema) throws(DataError) -> [Int] {
        var rows: [Int] = []
        for name in ["after", "before"] {
            guard let index = envelope.index(of: name) else { throw DataError("Unknown field: \(name)") }
            rows.append(index)
        }
        return rows
    }

    private static func tablePath(_ envelope: Schema) throws(DataError) -> (source: Int, table: Int) {
        guard let source = envelope.index(of: "source") else { throw DataError("source is not a valid field name") }
        guard let table = envelope.fields[source].schema.index(of: "table") else {
            throw DataError("table is not a valid field name")
        }
        return (source, table)
    }

    private static func makePlan(_ envelope: Schema, _ rows: [Int], table: ConnectValue) throws(DataError) -> Plan {
        if table.isNull {
            throw DataError("Invalid value: null used for required field: \"id\", schema type: STRING")
        }
        var columns: [ConnectValue] = []
        for field in envelope.fields[rows[0]].schema.fields { columns.append(try column(field.schema)) }
        let fields = envelope.fields + [Schema.Field("sourceSchema", sourceSchema)]
        return Plan(
            schema: envelope.copy(name: envelope.name, fields: try Schema.distinct(fields)),
            columns: .array(columns), table: table,
            defaults: envelope.fields.enumerated().compactMap { index, field in
                field.schema.defaultValue.map { (index, $0) }
            })
    }

    private static func column(_ schema: Schema) throws(DataError) -> ConnectValue {
        func parameter(_ name: String) -> String? { schema.parameter("__debezium.source.column.\(name)") }
        func number(_ name: String) throws(DataError) -> ConnectValue {
            guard let text = parameter(name) else { return .null }
            guard let number = Int32(text) else { throw DataError("For input string: \"\(text)\"") }
            return .integer(Int64(number))
        }
        guard let name = parameter("name"), let type = parameter("type") else {
            throw DataError(
                "Ensure that enable configurations \"column.propagate.source.type\" or \"datatype.propagate.source.type\" and "
                    + "the value is set to \".*\"")
        }
        return .structure(
            Struct(
                schema: columnSchema,
                values: [
                    .string(name), .string(type), try number("length"), try number("scale"),
                    parameter("comment").map { .string($0) } ?? .null,
                ]))
    }
}
