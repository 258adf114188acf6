import ConnectData

/// Debezium's `io.debezium.connector.mysql.transforms.ReadToInsertEvent`: turns the rows that a snapshot reads into
/// inserts.
package final class ReadToInsertEvent: Transformation {
    package static let plugin = PluginDescriptor(
        "io.debezium.connector.mysql.transforms.ReadToInsertEvent",
        version: { DebeziumGeneration(configuration: $0).version },
        properties: { _ in PluginProperties(ConfigDefinition([])) },
        factory: .transformation { _ in ReadToInsertEvent() })

    private static let insert = ConnectValue.string("c")
    private static let read = ConnectValue.string("r")

    private var operationIndexes = SchemaPlans<Int>()

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard case .structure(var envelope) = record.value, record.valueSchema?.isEnvelope == true else { return true }
        let index = try operationIndexes.plan(for: envelope.schema, make: Self.operationIndex)
        guard envelope.values[index] == Self.read else { return true }
        record.value = .null
        envelope.values[index] = Self.insert
        record.value = .structure(envelope)
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, schema.isEnvelope, shape.value != .null else { return .applied }
        guard var fields = shape.value.fields else { return .dependsOnValues }
        let index = try Self.operationIndex(schema)
        guard case .constant(let operation) = fields[index] else { return .dependsOnValues }
        if operation == Self.read {
            fields[index] = .constant(Self.insert)
            shape.value = .structure(fields)
        }
        return .applied
    }

    private static func operationIndex(_ schema: Schema) throws(DataError) -> Int {
        guard let index = schema.index(of: "op") else { throw DataError("op is not a valid field name") }
        return index
    }
}
