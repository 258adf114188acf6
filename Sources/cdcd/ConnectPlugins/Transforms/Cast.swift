import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.Cast`: converts fields, or the whole key or value, to other types.
package final class Cast: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.Cast"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try Cast(part, context.properties)
    }

    struct Settings: Sendable {
        var spec: [String] = []
        var replacesNull = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "spec", .list, isRequired: true, importance: .high,
                documentation: "Fields and their types, 'field1:type,field2:type', or one type for the whole key or "
                    + "value: int8, int16, int32, int64, float32, float64, boolean or string. Bytes can only become a "
                    + "string.",
                validator: CastSpec.validator),
            into: \.spec),
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    /// The conversion of keys or values of one schema.
    private enum Plan {
        case whole(Schema)
        case fields(Schema, [Field])
    }

    private struct Field {
        let source: StructPlan.Source
        let name: String
        let schema: Schema
        let newSchema: Schema
        /// nil: the field stays.
        let target: CastValue?
    }

    private static let purpose = "cast types"

    private let part: RecordPart
    private let spec: CastSpec
    private let replacesNull: Bool
    private var plans = SchemaPlans<Plan>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        self.part = part
        spec = try CastSpec(settings.spec)
        replacesNull = settings.replacesNull
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        if value.isNull { return true }
        guard let schema = record.schema(of: part) else {
            record.set(part, nil, try schemaless(value))
            return true
        }
        switch try plan(for: schema) {
        case .whole(let output):
            guard let target = spec.whole else { preconditionFailure("the plan casts the whole value") }
            record.set(part, output, try target.value(of: value, schema))
        case .fields(let output, let fields):
            let structure = try value.requiringStruct(schema, for: Self.purpose)
            var values = ContiguousArray<ConnectValue>()
            values.reserveCapacity(fields.count)
            for field in fields {
                var value = field.source.value(in: structure.values, record)
                if let target = field.target { value = try target.value(of: value, field.schema) }
                try field.newSchema.checkNull(value, field: field.name)
                values.append(value)
            }
            record.set(part, output, .structure(Struct(schema: output, values: values)))
        }
        return true
    }

    /// Nothing is cast in a null.
    package func apply(to shape: inout RecordShape) -> ShapeChange {
        shape.value(of: part) == .null ? .applied : .dependsOnValues
    }

    private func schemaless(_ value: ConnectValue) throws(DataError) -> ConnectValue {
        if let target = spec.whole { return try target.value(of: value, nil) }
        let entries = try value.requiringMap(for: Self.purpose)
        let original = JavaHashMap(copying: entries)
        var map = original
        for (field, target) in spec.ordered { map[field] = try target.value(of: original[field] ?? .null, nil) }
        return .map(map.entries)
    }

    private func plan(for schema: Schema) throws(DataError) -> Plan {
        try plans.plan(for: schema) { schema throws(DataError) in
            if let target = spec.whole {
                let defaultValue = try schema.defaultValue.map { value throws(DataError) in
                    try target.value(of: value, schema)
                }
                return .whole(
                    Schema(
                        target.type, isOptional: schema.isOptional, name: schema.name, version: schema.version,
                        documentation: schema.documentation, parameters: schema.parameters,
                        defaultValue: defaultValue))
            }
            guard schema.type == .structure else { throw DataError("Cannot list fields on non-struct type") }
            var fields: [Field] = []
            for (index, field) in schema.fields.enumerated() {
                let target = spec.fields[field.name]
                let newSchema = try target.map { target throws(DataError) in
                    Schema(
                        target.type, isOptional: field.schema.isOptional,
                        defaultValue: try field.nonNullDefault.map { value throws(DataError) in
                            try target.value(of: value, field.schema)
                        })
                }
                fields.append(
                    Field(
                        source: .init(index, of: schema, replacesNull: replacesNull), name: field.name,
                        schema: field.schema, newSchema: newSchema ?? field.schema, target: target))
            }
            if let value = schema.defaultValue, !value.isNull {
                // Java casts the default struct itself.
                throw DataError(CastValue.unsupportedInput(schema.type))
            }
            let copy = try schema.copy(fields: fields.map { .init($0.name, $0.newSchema) })
            return .fields(schema.isOptional ? copy.optional() : copy, fields)
        }
    }
}
