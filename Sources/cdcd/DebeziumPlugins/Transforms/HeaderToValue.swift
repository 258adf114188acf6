import ConnectData

/// Debezium's `io.debezium.transforms.HeaderToValue`: moves or copies headers to fields of the value.
package final class HeaderToValue: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.HeaderToValue", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try HeaderToValue(context.properties) }

    struct Settings: Sendable {
        var headers: [String] = []
        var fields: [String] = []
        var movesHeaders = false
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "headers", .list, .high, .none, "Header names list", "The names of the headers, separated by commas.",
                names),
            into: \.headers),
        ConfigOption(
            ConfigKey.field(
                "fields", .list, .high, .none, "Field names list",
                "The fields that get the values of the headers, in the same order. A dot names a field within a struct.",
                names),
            into: \.fields),
        ConfigOption(
            ConfigKey.field(
                "operation", .string, .high, .none, "Operation: mover or copy",
                "'move' removes the headers, 'copy' keeps them.",
                .all(.fieldIsRequired, .fieldIsOneOf(["move", "copy"])))
        ) { input, settings in settings.movesHeaders = input.trimmed?.lowercased() == "move" },
    ])

    private static let names = ConfigValidator.all(.fieldIsRequired, .fieldHasNoEmptyElements, .fieldHasNoSpaces)

    /// What is derived from a schema and the schemas of headers.
    private struct Plan {
        let source: Schema
        let headers: [ConnectRecord.Header]
        let insertion: FieldInsertion
        /// For records in which a struct that is changed is null.
        var insertionWithNulls: FieldInsertion?
    }

    private let settings: Settings
    private var lastPlan: Plan?
    private var lastHeaders: (all: [ConnectRecord.Header], remaining: [ConnectRecord.Header])?

    init(_ properties: [String: String]) throws(ConfigError) {
        var settings = try Self.options.parse(properties, into: Settings())
        settings.headers = DebeziumList.items(settings.headers)
        settings.fields = DebeziumList.items(settings.fields)
        guard settings.headers.count == settings.fields.count else {
            throw ConfigError(
                name: "fields", message: "'fields' config must have the same number of elements as 'headers' config.")
        }
        self.settings = settings
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        if record.value.isNull { return true }
        let value = try record.value.requiringStruct(record.valueSchema, for: "Header field insertion")
        guard record.headers.contains(where: { settings.headers.contains($0.name) }) else { return true }
        let plan = try plan(for: value, record.headers)
        record.value = .null
        record.value = .structure(try plan.apply(value) { record.headers[$0].value })
        record.valueSchema = plan.schema
        if settings.movesHeaders {
            removeHeaders(of: &record)
            record.sharesHeaders = false
        }
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        if shape.value == .null { return .applied }
        guard let source = shape.valueSchema, let fields = shape.value.fields else { return .dependsOnValues }
        let headers = shape.headers
        guard headers.contains(where: { settings.headers.contains($0.name) }) else { return .applied }
        let entries = entries(headers.map { ($0.name, $0.schema) })
        var plan = try FieldInsertion(into: source, entries)
        if plan.hasNullStruct(fields) { plan = try FieldInsertion(into: source, entries, keepsOptional: true) }
        guard let inserted = try plan.apply(fields, entry: { headers[$0].value }) else { return .dependsOnValues }
        shape.valueSchema = plan.schema
        shape.value = inserted
        if settings.movesHeaders { shape.headers.removeAll { settings.headers.contains($0.name) } }
        return .applied
    }

    private func entries(_ headers: [(name: String, schema: Schema?)]) -> [FieldInsertion.Entry] {
        headers.enumerated().compactMap { index, header in
            settings.headers.firstIndex(of: header.name).map {
                .init(path: settings.fields[$0], schema: header.schema, index: index)
            }
        }
    }

    private func plan(for value: Struct, _ headers: [ConnectRecord.Header]) throws -> FieldInsertion {
        var plan: Plan
        let isKnown = lastPlan.map { last in
            last.source === value.schema && last.headers.count == headers.count
                && zip(last.headers, headers).allSatisfy { $0.name == $1.name && $0.schema == $1.schema }
        }
        if let lastPlan, isKnown == true {
            plan = lastPlan
        } else {
            let insertion = try FieldInsertion(into: value.schema, entries(headers.map { ($0.name, $0.schema) }))
            plan = Plan(source: value.schema, headers: headers, insertion: insertion)
            lastPlan = plan
        }
        guard plan.insertion.hasNullStruct(value) else { return plan.insertion }
        if let insertion = plan.insertionWithNulls { return insertion }
        let insertion = try FieldInsertion(
            into: value.schema, entries(headers.map { ($0.name, $0.schema) }), keepsOptional: true)
        plan.insertionWithNulls = insertion
        lastPlan = plan
        return insertion
    }

    /// Records with equal headers get one array, which the worker converts only once.
    private func removeHeaders(of record: inout ConnectRecord) {
        if let lastHeaders, lastHeaders.all == record.headers {
            record.headers = lastHeaders.remaining
            return
        }
        let all = record.headers
        record.headers.removeAll { settings.headers.contains($0.name) }
        lastHeaders = (all, record.headers)
    }
}
