import ConnectData

/// Debezium's `io.debezium.transforms.partitions.PartitionRouting`: chooses a record's partition by the hash of fields
/// of its envelope.
package final class PartitionRouting: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.partitions.PartitionRouting", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try PartitionRouting(context.properties) }

    struct Settings: Sendable {
        var fields: [String] = []
        var partitionCount: Int32 = 1
        var usesMurmur = false
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            key(
                "partition.payload.fields", .list, 1, .high, "List of payload fields to use for compute partition.",
                "The fields whose hash selects the partition, for example source.table or change.id. 'change' is the row "
                    + "after the change, or before a delete. A field that does not exist is not used.",
                .all(.fieldIsRequired, .fieldHasNoEmptyElements)),
            into: \.fields),
        ConfigOption(
            key(
                "partition.topic.num", .int, 2, .high, "Number of partition configured for topic",
                "The number of partitions of the topic.", .all(.fieldIsRequired, .fieldIsPositive)),
            into: \.partitionCount),
        ConfigOption(
            key(
                "partition.hash.function", .string, default: "java", 3, .low, "Hash function",
                "The hash function: 'java' (the values' hashCode) or 'murmur'.")
        ) { input, settings in settings.usesMurmur = input.trimmed?.lowercased() == "murmur" },
    ])

    private static func key(
        _ name: String, _ type: ConfigType, default defaultValue: String? = nil, _ order: Int,
        _ importance: ConfigImportance, _ displayName: String, _ documentation: String,
        _ validator: ConfigValidator? = nil
    ) -> ConfigKey {
        ConfigKey(
            name, type, defaultValue: defaultValue, importance: importance, documentation: documentation,
            group: "partitions", orderInGroup: order, displayName: displayName, validator: validator)
    }

    /// The places of the fields in envelopes of one schema.
    private struct Plan {
        let operationIndex: Int?
        let fields: [FieldPlace]
    }

    private let settings: Settings
    private let paths: [[String]]
    private var plans = SchemaPlans<Plan>()

    init(_ properties: [String: String]) throws(ConfigError) {
        settings = try Self.options.parse(properties, into: Settings())
        paths = DebeziumList.items(settings.fields).map { path in
            let names = path.split(separator: ".", omittingEmptySubsequences: false).map { JavaText.trim(String($0)) }
            return DebeziumList.items(names)
        }
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard record.valueSchema?.isEnvelope == true, case .structure(let envelope) = record.value else { return true }
        let plan = plans.plan(for: envelope.schema) { schema in
            Plan(operationIndex: schema.index(of: "op"), fields: paths.map { FieldPlace($0, in: schema) })
        }
        let operation = plan.operationIndex.flatMap { envelope.values[$0].stringValue }?.lowercased()
        if operation == "t" || operation == "m" { return true }
        var sum: Int32 = 0
        var isFound = false
        for field in plan.fields {
            let place = operation == "d" ? field.inDeletes : field.inOthers
            let (value, schema) = try Self.value(at: place, in: envelope)
            if value.isNull { continue }
            isFound = true
            sum &+= settings.usesMurmur ? MurmurHash.hash(value, schema) : value.javaHash(schema)
        }
        guard isFound else { return true }
        let hash = sum & .max
        record.partition = (hash == .max ? 0 : hash) % settings.partitionCount
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        shape.valueSchema?.isEnvelope == true && shape.value != .null ? .dependsOnValues : .applied
    }

    /// The value at a place; null if there is no such field.
    ///
    /// - Throws: if one of its structs is null.
    private static func value(
        at place: FieldPlace.Place, in envelope: Struct
    ) throws(DataError) -> (ConnectValue, Schema?) {
        var holder = envelope
        for step in place.parents {
            guard case .structure(let inner) = holder.values[step] else {
                throw DataError("Unprocessable message \(ConnectValue.structure(envelope).javaText(envelope.schema))")
            }
            holder = inner
        }
        guard let index = place.index else { return (.null, nil) }
        let schema = holder.schema.fields[index].schema
        let value = holder.values[index]
        return (value.isNull ? schema.defaultValue ?? .null : value, schema)
    }
}

/// The place of a field in envelopes of one schema; `change` is the row before a delete, and after any other change.
private struct FieldPlace {
    struct Place {
        /// The structs that hold it, as far as they exist.
        var parents: [Int] = []
        /// nil: there is no such field.
        var index: Int?
    }

    let inDeletes: Place
    let inOthers: Place

    init(_ path: [String], in envelope: Schema) {
        inDeletes = Self.find(path, "before", envelope)
        inOthers = Self.find(path, "after", envelope)
    }

    private static func find(_ path: [String], _ change: String, _ envelope: Schema) -> Place {
        var place = Place()
        var holder = envelope
        for name in path.dropLast() {
            guard let index = holder.index(of: name == "change" ? change : name) else { return place }
            guard holder.fields[index].schema.type == .structure else { return place }
            holder = holder.fields[index].schema
            place.parents.append(index)
        }
        place.index = path.last.flatMap { holder.index(of: $0) }
        return place
    }
}
