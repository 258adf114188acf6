import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.ValueToKey`: replaces the key by a struct or map of fields of the
/// value.
package final class ValueToKey: Transformation {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.ValueToKey", options.definition,
        factory: .transformation { context throws(ConfigError) in try ValueToKey(context.properties) })

    struct Settings: Sendable {
        var fields: [String] = []
        var replacesNull = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "fields", .list, isRequired: true, importance: .high,
                documentation: "The fields of the value that become the fields of the key, in this order.",
                validator: .distinctItems(allowsEmpty: false)),
            into: \.fields),
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    private static let purpose = "copying fields from value to key"

    private let fields: [String]
    private let replacesNull: Bool
    private var plans = SchemaPlans<StructPlan>()

    private init(_ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        fields = settings.fields
        replacesNull = settings.replacesNull
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard let schema = record.valueSchema else {
            let value = JavaHashMap(copying: try record.value.requiringMap(for: Self.purpose))
            var key = JavaHashMap(capacity: fields.count)
            for field in fields { key[field] = value[field] ?? .null }
            record.set(.key, nil, .map(key.entries))
            return true
        }
        let value = try record.value.requiringStruct(schema, for: Self.purpose)
        let plan = try plan(for: value.schema)
        record.set(.key, plan.schema, try plan.structure(of: value.values, record))
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, let values = shape.value.fields else { return .dependsOnValues }
        let plan = try plan(for: schema)
        guard let key = try plan.shape(of: values, topic: shape.topic) else { return .dependsOnValues }
        shape.set(.key, plan.schema, key)
        return .applied
    }

    private func plan(for schema: Schema) throws(DataError) -> StructPlan {
        try plans.plan(for: schema) { schema throws(DataError) in
            var copied: [Schema.Field] = []
            var sources: [StructPlan.Source] = []
            for name in fields {
                guard let index = schema.index(of: name) else { throw DataError("Field does not exist: \(name)") }
                copied.append(schema.fields[index])
                sources.append(.init(index, of: schema, replacesNull: replacesNull))
            }
            return StructPlan(Schema(.structure, fields: copied), sources)
        }
    }
}
