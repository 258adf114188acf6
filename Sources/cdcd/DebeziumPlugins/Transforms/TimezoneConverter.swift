import ConnectData
import WireCore

/// Debezium's `io.debezium.transforms.TimezoneConverter`: converts dates with times of change events to a time zone.
package final class TimezoneConverter: Transformation {
    private static let className = "io.debezium.transforms.TimezoneConverter"

    package static let plugin = PluginDescriptor.since2(
        className, PluginProperties(options.definition)
    ) { context throws(ConfigError) in try TimezoneConverter(context.properties) }

    struct Settings: Sendable {
        var zone = ""
        /// nil: not given.
        var included: [String]?
        var excluded: [String]?
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "converted.timezone", .string, .high, .medium, "Converted Timezone",
                "The time zone: a name (America/Los_Angeles) or an offset (+08:00).", .fieldIsRequired),
            into: \.zone),
        ConfigOption(
            ConfigKey.field(
                "include.list", .list, .high, .medium, "Include List",
                "The rules for what is converted: source:TABLE[:FIELD], topic:TOPIC[:FIELD] or NAME:FIELD for a topic or "
                    + "table. Everything without a list.", .fieldIsListOfRegularExpressions)
        ) { input, settings in settings.included = list(input) },
        ConfigOption(
            ConfigKey.field(
                "exclude.list", .list, .high, .medium, "Exclude List",
                "The rules for what is not converted, in the form of include.list.", .fieldIsListOfRegularExpressions)
        ) { input, settings in settings.excluded = list(input) },
    ])

    private static func list(_ input: ConfigInput) -> [String]? {
        guard case .list(let items) = input.setting else { return nil }
        return items.isEmpty ? [""] : DebeziumList.items(items)
    }

    /// The conversions of envelopes of one schema, topic and table.
    private struct Plan {
        let topic: String
        let table: String?
        let parts: [Part]
    }

    /// The fields of a struct of the envelope that are converted.
    private struct Part {
        let index: Int
        var fields: [(index: Int, conversion: TimezoneConversion, replacement: ConnectValue?)] = []
    }

    private let zone: TimeZoneRules
    /// nil: everything is converted.
    private let rules: TimezoneRules?
    private var plans = SchemaPlans<Plan>()
    private var reportedFields: Set<String> = []
    private let logger = Logger(className)

    init(_ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        for (kind, list) in [("include", settings.included), ("exclude", settings.excluded)] {
            guard let list else { continue }
            if !TimezoneRules.areWellFormed(list) { throw Self.malformed(kind) }
            // Java does not look at the second list.
            break
        }
        guard let zone = Self.zone(settings.zone) else {
            throw ConfigError(
                name: "converted.timezone", value: settings.zone,
                message: "Invalid timezone format. Please specify either a geographic timezone (e.g. America/Los_Angeles) or a "
                    + "UTC offset in the format of +/-hh:mm, (e.g. +08:00).")
        }
        if settings.included != nil, settings.excluded != nil {
            throw ConfigError(
                name: "exclude.list", message: "Both include and exclude lists are specified. Please specify only one.")
        }
        self.zone = zone
        rules = (settings.excluded ?? settings.included).map {
            TimezoneRules($0, isExcluding: settings.excluded != nil)
        }
    }

    private static func malformed(_ kind: String) -> ConfigError {
        ConfigError(
            name: "\(kind).list",
            message: "Invalid \(kind) list format. Please specify a list of rules in the format of "
                + "\"source:<tablename>:<fieldnames>\", \"topic:<topicname>:<fieldnames>\", \"<matchname>:<fieldnames>\"")
    }

    /// A region, or an offset with two digits for each part.
    private static func zone(_ name: String) -> TimeZoneRules? {
        let isOffset = name.hasPrefix("+") || name.hasPrefix("-")
        if isOffset { return [6, 9].contains(name.utf8.count) && name.contains(":") ? TimeZoneRules(named: name) : nil }
        return TimeZoneRules.knownNames.contains(name) ? TimeZoneRules(named: name) : nil
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard record.valueSchema?.isEnvelope == true, case .structure(var envelope) = record.value else { return true }
        let schema = envelope.schema
        let table = Self.tablePath(schema).flatMap { path in
            envelope.values[path.source].structValue?.values[path.table].stringValue
        }
        var plan = plans.plan(for: schema) { makePlan($0, topic: record.topic, table: table) }
        if plan.topic != record.topic || plan.table != table {
            plan = makePlan(schema, topic: record.topic, table: table)
        }
        if plan.parts.isEmpty { return true }
        record.value = .null
        for part in plan.parts {
            guard case .structure(var row) = envelope.values[part.index] else { continue }
            envelope.values[part.index] = .null
            for field in part.fields {
                let value = row.values[field.index].isNull ? field.replacement ?? .null : row.values[field.index]
                if !value.isNull { row.values[field.index] = try field.conversion.convert(value, zone) }
            }
            envelope.values[part.index] = .structure(row)
        }
        record.value = .structure(envelope)
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, schema.isEnvelope, shape.value != .null else { return .applied }
        guard let fields = shape.value.fields, let path = Self.tablePath(schema),
            case .constant(let table) = fields[path.source].fields?[path.table] ?? .null
        else { return .dependsOnValues }
        let plan = makePlan(schema, topic: shape.topic, table: table.stringValue)
        return plan.parts.isEmpty ? .applied : .dependsOnValues
    }

    private static func tablePath(_ envelope: Schema) -> (source: Int, table: Int)? {
        guard let source = envelope.index(of: "source"),
            let table = envelope.fields[source].schema.index(of: "table") else { return nil }
        return (source, table)
    }

    private func makePlan(_ envelope: Schema, topic: String, table: String?) -> Plan {
        let selection = rules.map { $0.selection(topic: topic, table: table) } ?? .all
        guard let selection else { return Plan(topic: topic, table: table, parts: []) }
        var parts: [Part] = []
        for name in ["before", "after", "source"] {
            guard let index = envelope.index(of: name) else { continue }
            var part = Part(index: index)
            for (place, field) in envelope.fields[index].schema.fields.enumerated()
            where selection.includes(field.name, of: name) {
                if let conversion = TimezoneConversion(field, isSource: name == "source") {
                    part.fields.append((place, conversion, field.schema.defaultValue))
                } else if let type = field.schema.name, TimezoneConversion.unsupported.contains(type) {
                    report(field.name, type, topic)
                }
            }
            if !part.fields.isEmpty { parts.append(part) }
        }
        return Plan(topic: topic, table: table, parts: parts)
    }

    /// Debezium logs this for each record.
    private func report(_ field: String, _ type: String, _ topic: String) {
        guard reportedFields.count < 10_000, reportedFields.insert("\(topic) \(field)").inserted else { return }
        logger.warn("Skipping conversion for unsupported logical type: \(type) for field: \(field)")
    }
}
