import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.ExtractField`: replaces the key or value by one of its fields.
package final class ExtractField: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.ExtractField"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try ExtractField(part, context.properties)
    }

    struct Settings: Sendable {
        var field = ""
        var syntax = FieldPath.Syntax.v1
        var replacesNull = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey("field", .string, isRequired: true, documentation: "The name of the field."), into: \.field),
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
        ConfigOption(FieldPath.syntaxKey, choice: \.syntax),
    ])

    private struct Plan {
        let schema: Schema
        let source: StructPlan.Source
    }

    private static let purpose = "field extraction"

    private let part: RecordPart
    private let text: String
    private let path: FieldPath
    private let replacesNull: Bool
    private var plans = SchemaPlans<Plan>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        self.part = part
        text = settings.field
        path = try FieldPath(settings.field, settings.syntax)
        replacesNull = settings.replacesNull
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        var value = record.value(of: part)
        guard let schema = record.schema(of: part) else {
            if !value.isNull { value = try path.value(in: try value.requiringMap(for: Self.purpose)) }
            record.set(part, nil, value)
            return true
        }
        let structure = value.isNull ? nil : try value.requiringStruct(schema, for: Self.purpose)
        let plan = try plan(for: schema)
        record.set(part, plan.schema, structure.map { plan.source.value(in: $0.values, record) } ?? .null)
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        var value = shape.value(of: part)
        guard let schema = shape.schema(of: part) else { return value == .null ? .applied : .dependsOnValues }
        let plan = try plan(for: schema)
        if value != .null {
            guard let fields = value.fields, let found = plan.source.shape(in: fields, topic: shape.topic) else {
                return .dependsOnValues
            }
            value = found
        }
        shape.set(part, plan.schema, value)
        return .applied
    }

    private func plan(for schema: Schema) throws(DataError) -> Plan {
        try plans.plan(for: schema) { schema throws(DataError) in
            guard let indexes = try path.indexes(in: schema) else {
                throw DataError("Unknown field: \(text)", as: .illegalArgument)
            }
            var parent = schema
            for index in indexes.dropLast() { parent = parent.fields[index].schema }
            let field = parent.fields[indexes[indexes.count - 1]]
            let replacement = replacesNull ? field.nonNullDefault : nil
            return Plan(
                schema: field.schema,
                source: indexes.count == 1
                    ? .field(indexes[0], default: replacement) : .nested(indexes, default: replacement))
        }
    }
}
