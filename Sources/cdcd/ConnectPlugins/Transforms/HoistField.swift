import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.HoistField`: makes the key or value the only field of a struct or map.
package final class HoistField: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.HoistField"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try HoistField(part, context.properties)
    }

    struct Settings: Sendable {
        var field = ""
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey("field", .string, isRequired: true, documentation: "The name of the field."), into: \.field)
    ])

    private let part: RecordPart
    private let field: String
    private var schemas = SchemaPlans<Schema>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        self.part = part
        field = try Self.options.parse(properties, into: Settings()).field
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        guard let schema = record.schema(of: part) else {
            record.set(part, nil, .map([.init(key: .string(field), value: value)]))
            return true
        }
        try schema.checkNull(value, field: field)
        let output = try hoisted(schema)
        record.set(part, output, .structure(Struct(schema: output, values: [value])))
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        let value = shape.value(of: part)
        guard let schema = shape.schema(of: part) else { return .dependsOnValues }
        if value == .null { try schema.checkNull(.null, field: field) }
        // A null that `apply` refuses would be written as its default.
        if case .input(_, nil) = value, !schema.isOptional, schema.defaultValue != nil { return .dependsOnValues }
        shape.set(part, try hoisted(schema), .structure([value]))
        return .applied
    }

    private func hoisted(_ schema: Schema) throws(DataError) -> Schema {
        try schemas.plan(for: schema) { schema throws(DataError) in
            let fields = [Schema.Field(field, schema)]
            try Schema.checkNames(of: fields)
            return Schema(.structure, fields: fields)
        }
    }
}
