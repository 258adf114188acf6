import ConnectData

/// Debezium's `io.debezium.transforms.SchemaChangeEventFilter`: drops records of the schema change topic by the kind of
/// their first change.
package final class SchemaChangeEventFilter: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.SchemaChangeEventFilter", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try SchemaChangeEventFilter(context.properties) }

    struct Settings: Sendable {
        var excluded = ""
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "schema.change.event.exclude.list", .string, .high, .short, "Schema change event exclude list",
                "The kinds of changes that are dropped: CREATE, ALTER, DROP, TRUNCATE, and DATABASE for those of no table.",
                .fieldIsRequired),
            into: \.excluded)
    ])

    private enum Kind: String {
        case create = "CREATE"
        case alter = "ALTER"
        case drop = "DROP"
        case truncate = "TRUNCATE"
        case database = "DATABASE"

        static func problem(of name: String) -> String {
            "No enum constant io.debezium.schema.SchemaChangeEvent.SchemaChangeEventType.\(name)"
        }
    }

    private let excluded: Set<Kind>

    init(_ properties: [String: String]) throws(ConfigError) {
        let text = try Self.options.parse(properties, into: Settings()).excluded
        var excluded: Set<Kind> = []
        for item in DebeziumList.items(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)) {
            let name = JavaText.trim(item)
            guard let kind = Kind(rawValue: name) else {
                throw ConfigError(
                    name: "schema.change.event.exclude.list", value: text, message: Kind.problem(of: name))
            }
            excluded.insert(kind)
        }
        self.excluded = excluded
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard !record.value.isNull, record.valueSchema?.isSchemaChange == true else { return true }
        let change = try record.value.requiringStruct(record.valueSchema, for: "Read schema change event to filter")
        guard let tables = change["tableChanges"] else { throw DataError("tableChanges is not a valid field name") }
        guard case .array(let items) = tables else {
            if tables.isNull { return false }
            throw DataError("Field 'tableChanges' is not of type ARRAY")
        }
        guard let first = items.first else { return !excluded.contains(.database) }
        let type = first.structValue?["type"]?.stringValue ?? ""
        guard let kind = Kind(rawValue: type) else { throw DataError(Kind.problem(of: type)) }
        return !excluded.contains(kind)
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        shape.valueSchema?.isSchemaChange == true && shape.value != .null ? .dependsOnValues : .applied
    }
}
