import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.transforms.ReplaceField`: removes and renames fields.
package final class ReplaceField: StructTransform {
    package static let className = "org.apache.kafka.connect.transforms.ReplaceField"

    package static let plugins = PluginDescriptor.variants(of: className, properties: properties) {
        part, context throws(ConfigError) in
        try ReplaceField(part, context.properties, DebeziumGeneration(configuration: context.connectorConfiguration))
    }

    struct Settings: Sendable {
        /// nil: not given, so that the former name counts.
        var excluded: [String]?
        var included: [String]?
        var renames: [String] = []
        var replacesNull = true
        /// Of Kafka 2.
        var blacklist: [String]?
        var whitelist: [String]?
    }

    private typealias Option = ConfigOption<Settings>

    static let options = ConfigOptions<Settings>([
        Option(
            ConfigKey(
                "exclude", .list, defaultValue: "", documentation: "Fields to remove, even if they are included.",
                validator: .distinctItems(allowsEmpty: true))
        ) { input, settings in
            if case .list(let items) = input.setting, input.isGiven { settings.excluded = items }
        },
        Option(
            ConfigKey(
                "include", .list, defaultValue: "", documentation: "Fields to keep; without any, all are kept.",
                validator: .distinctItems(allowsEmpty: true))
        ) { input, settings in
            if case .list(let items) = input.setting, input.isGiven { settings.included = items }
        },
        Option(
            ConfigKey(
                "renames", .list, defaultValue: "", documentation: "New names of fields: 'old:new,…'.",
                validator: ConfigValidator { name, value in
                    guard case .list(let items) = value else { return nil }
                    return renames(items).error
                }),
            into: \.renames),
        Option(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    /// The names that Kafka 2 also reads.
    static let formerOptions = ConfigOptions<Settings>([
        Option(
            ConfigKey("blacklist", .list, documentation: "The former name of 'exclude', which takes precedence.")
        ) { input, settings in
            if case .list(let items) = input.setting { settings.blacklist = items }
        },
        Option(
            ConfigKey("whitelist", .list, documentation: "The former name of 'include', which takes precedence.")
        ) { input, settings in
            if case .list(let items) = input.setting { settings.whitelist = items }
        },
    ])

    private static func properties(_ connectorConfiguration: [String: String]) -> PluginProperties {
        if DebeziumGeneration(configuration: connectorConfiguration).readsOptionsOfKafka2 {
            return PluginProperties(options.definition, hidden: formerOptions.definition)
        }
        // Kafka 4 ignores them, and lets every field through.
        return PluginProperties(
            options.definition,
            refused: [
                .init("blacklist", reason: "Kafka 4 has no such option; use exclude instead"),
                .init("whitelist", reason: "Kafka 4 has no such option; use include instead"),
            ])
    }

    let part: RecordPart
    let purpose = "field replacement"
    var plans = SchemaPlans<StructPlan>()
    private let excluded: Set<String>
    private let included: Set<String>
    private let newNames: [String: String]
    private let oldNames: [String: String]
    private let replacesNull: Bool

    init(
        _ part: RecordPart, _ properties: [String: String], _ generation: DebeziumGeneration
    ) throws(ConfigError) {
        var settings = try Self.options.parse(properties, into: Settings())
        if generation.readsOptionsOfKafka2 { settings = try Self.formerOptions.parse(properties, into: settings) }
        self.part = part
        excluded = Set(settings.excluded ?? settings.blacklist ?? [])
        included = Set(settings.included ?? settings.whitelist ?? [])
        let renames = Self.renames(settings.renames).pairs
        let newNames = Dictionary(renames) { $1 }
        self.newNames = newNames
        // Java inverts a HashMap; of two fields with one new name the last in its order counts.
        let sorted = JavaHashOrder.sorted(Array(newNames.keys)) { $0.javaHashCode }
        oldNames = Dictionary(sorted.map { (newNames[$0] ?? $0, $0) }) { $1 }
        replacesNull = settings.replacesNull
    }

    private static func renames(_ items: [String]) -> (pairs: [(old: String, new: String)], error: ConfigError?) {
        var pairs: [(old: String, new: String)] = []
        for item in items {
            let parts = item.javaSplit(":")
            guard parts.count == 2 else {
                let list = ConfigSetting.list(items).described
                return ([], ConfigError(name: "renames", value: list, reason: "Invalid rename mapping: \(item)"))
            }
            pairs.append((parts[0], parts[1]))
        }
        return (pairs, nil)
    }

    private func isKept(_ name: String) -> Bool {
        !excluded.contains(name) && (included.isEmpty || included.contains(name))
    }

    func makePlan(for schema: Schema) throws(DataError) -> StructPlan {
        let kept = schema.fields.filter { isKept($0.name) }
        let output = try schema.copy(fields: kept.map { .init(newNames[$0.name] ?? $0.name, $0.schema) })
        var sources: [StructPlan.Source] = []
        var misfits: [Int: DataError] = [:]
        // A kept field that has the new name of another field gets the value of that field, as in Java.
        for field in output.fields {
            let name = oldNames[field.name] ?? field.name
            guard let index = schema.index(of: name) else { throw DataError("\(name) is not a valid field name") }
            misfits[sources.count] = Self.misfit(schema.fields[index].schema, field)
            sources.append(.init(index, of: schema, replacesNull: replacesNull))
        }
        return StructPlan(output, sources, misfits: misfits)
    }

    private static func misfit(_ schema: Schema, _ field: Schema.Field) -> DataError? {
        let (value, wanted) = (schema.javaClassName, field.schema.javaClassName)
        guard value != wanted else { return nil }
        let name = field.schema.name.map { " \"\($0)\"" } ?? ""
        return DataError(
            "Invalid Java object for schema\(name) with type \(field.schema.type.javaName): class \(value) for "
                + "field: \"\(field.name)\"")
    }

    func entries(
        of entries: [ConnectValue.MapEntry], _ record: borrowing ConnectRecord
    ) -> [ConnectValue.MapEntry] {
        var map = JavaHashMap(capacity: entries.count)
        for entry in entries {
            guard case .string(let name) = entry.key else {
                map[entry.key] = entry.value
                continue
            }
            if isKept(name) { map[newNames[name] ?? name] = entry.value }
        }
        return map.entries
    }
}
