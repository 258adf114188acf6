import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.SetSchemaMetadata`: sets the name and the version of the schema of a
/// struct. Kafka refuses other schemas.
package final class SetSchemaMetadata: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.SetSchemaMetadata"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try SetSchemaMetadata(part, context.properties)
    }

    struct Settings: Sendable {
        var name: String?
        var version: Int?
        var replacesNull = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey("schema.name", .string, importance: .high, documentation: "The schema's new name.")
        ) { input, settings in
            if case .text(let text) = input.setting { settings.name = text }
        },
        ConfigOption(
            ConfigKey("schema.version", .int, importance: .high, documentation: "The schema's new version."),
            into: \.version),
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    private let part: RecordPart
    private let name: String?
    private let version: Int?
    private let replacesNull: Bool
    private var plans = SchemaPlans<StructPlan>()
    private var schemas = SchemaPlans<Schema>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        guard settings.name != nil || settings.version != nil else {
            throw ConfigError(name: "", message: "Neither schema name nor version configured")
        }
        self.part = part
        name = settings.name
        version = settings.version
        replacesNull = settings.replacesNull
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        guard let schema = record.schema(of: part) else {
            if value.isNull { return true }
            throw Self.missingSchema
        }
        guard schema.type == .structure else { throw Self.noStruct }
        if case .structure(let structure) = value {
            let plan = plan(for: schema)
            record.set(part, plan.schema, try plan.structure(of: structure.values, record))
        } else {
            record.set(part, schemas.plan(for: schema, make: copy), value)
        }
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        let value = shape.value(of: part)
        guard let schema = shape.schema(of: part) else {
            if value == .null { return .applied }
            throw Self.missingSchema
        }
        guard schema.type == .structure else { throw Self.noStruct }
        if let fields = value.fields {
            let plan = plan(for: schema)
            guard let changed = try plan.shape(of: fields, topic: shape.topic) else { return .dependsOnValues }
            shape.set(part, plan.schema, changed)
        } else {
            guard value == .null else { return .dependsOnValues }
            shape.set(part, schemas.plan(for: schema, make: copy), value)
        }
        return .applied
    }

    private static let missingSchema = DataError("Schema required for [updating schema metadata]")

    private static let noStruct = DataError("Cannot list fields on non-struct type")

    private func copy(_ schema: Schema) -> Schema {
        Schema(
            schema.type, isOptional: schema.isOptional, name: name ?? schema.name, version: version ?? schema.version,
            documentation: schema.documentation, parameters: schema.parameters, defaultValue: schema.defaultValue,
            fields: schema.fields)
    }

    private func plan(for schema: Schema) -> StructPlan {
        plans.plan(for: schema) { schema in
            StructPlan(
                schemas.plan(for: schema, make: copy),
                schema.fields.indices.map { .init($0, of: schema, replacesNull: replacesNull) })
        }
    }
}
