import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.HeaderFrom`: moves or copies fields to headers.
package final class HeaderFrom: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.HeaderFrom"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try HeaderFrom(part, context.properties)
    }

    struct Settings: Sendable {
        var fields: [String] = []
        var headers: [String] = []
        var operation = Operation.copy
        var replacesNull = true
    }

    enum Operation: String, Sendable {
        case move, copy
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "fields", .list, isRequired: true, importance: .high,
                documentation: "The fields that are moved or copied.", validator: .nonEmptyList),
            into: \.fields),
        ConfigOption(
            ConfigKey(
                "headers", .list, isRequired: true, importance: .high,
                documentation: "The names of the headers, one for each field.", validator: .nonEmptyList),
            into: \.headers),
        ConfigOption(
            ConfigKey(
                "operation", .string, isRequired: true, importance: .high,
                documentation: "'move' removes the fields from the key or value; 'copy' keeps them.",
                validator: .oneOf(["move", "copy"])),
            choice: \.operation),
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    private struct Plan {
        /// nil: the fields stay.
        let rest: StructPlan?
        let headers: [(name: String, schema: Schema, source: StructPlan.Source)]
    }

    private let part: RecordPart
    private let pairs: [(field: String, header: String)]
    private let moves: Bool
    private let replacesNull: Bool
    private let purpose: String
    private var plans = SchemaPlans<Plan>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        guard settings.fields.count == settings.headers.count else {
            throw ConfigError(
                name: "fields", message: "'fields' config must have the same number of elements as 'headers' config.")
        }
        self.part = part
        pairs = Array(zip(settings.fields, settings.headers))
        moves = settings.operation == .move
        replacesNull = settings.replacesNull
        purpose = "header \(settings.operation.rawValue)"
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        guard let schema = record.schema(of: part) else {
            applySchemaless(try value.requiringMap(for: purpose), &record)
            return true
        }
        let structure = try value.requiringStruct(schema, for: purpose)
        let plan = try plan(for: schema)
        var headers = record.headers
        for header in plan.headers {
            let value = header.source.value(in: structure.values, record)
            try header.schema.checkHeader(value)
            headers.append(.init(header.name, schema: header.schema, value: value))
        }
        if let rest = plan.rest { record.set(part, rest.schema, try rest.structure(of: structure.values, record)) }
        record.headers = headers
        return true
    }

    private func applySchemaless(_ entries: [ConnectValue.MapEntry], _ record: inout ConnectRecord) {
        var map = JavaHashMap(copying: entries)
        let original = map
        for pair in pairs {
            if moves { map[pair.field] = nil }
            record.headers.append(.init(pair.header, schema: nil, value: original[pair.field] ?? .null))
        }
        record.set(part, nil, .map(map.entries))
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.schema(of: part), let fields = shape.value(of: part).fields else {
            return .dependsOnValues
        }
        let plan = try plan(for: schema)
        var headers = shape.headers
        for header in plan.headers {
            guard let value = header.source.shape(in: fields, topic: shape.topic) else { return .dependsOnValues }
            if value == .null { try header.schema.checkHeader(.null) }
            headers.append(.init(header.name, schema: header.schema, value: value))
        }
        if let rest = plan.rest {
            guard let changed = try rest.shape(of: fields, topic: shape.topic) else { return .dependsOnValues }
            shape.set(part, rest.schema, changed)
        }
        shape.headers = headers
        return .applied
    }

    private func plan(for schema: Schema) throws(DataError) -> Plan {
        try plans.plan(for: schema) { schema throws(DataError) in
            func source(_ index: Int) -> StructPlan.Source { .init(index, of: schema, replacesNull: replacesNull) }
            var headers: [(name: String, schema: Schema, source: StructPlan.Source)] = []
            for pair in pairs {
                guard let index = schema.index(of: pair.field) else {
                    throw DataError("Unknown field: \(pair.field)", as: .nullPointer)
                }
                headers.append((pair.header, schema.fields[index].schema, source(index)))
            }
            guard moves else { return Plan(rest: nil, headers: headers) }
            let moved = Set(pairs.map(\.field))
            let kept = schema.fields.indices.filter { !moved.contains(schema.fields[$0].name) }
            let rest = StructPlan(try schema.copy(fields: kept.map { schema.fields[$0] }), kept.map(source))
            return Plan(rest: rest, headers: headers)
        }
    }
}
