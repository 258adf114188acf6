/// The settings of `ExtractNewRecordState`, of either generation.
struct UnwrapOptions: Sendable {
    /// What becomes of the record of a delete.
    enum DeleteHandling: Sendable {
        case drop
        /// A null value under the row's schema (1.9 `none`, 3.x `tombstone`).
        case nullValue
        /// Null value and schema: a tombstone.
        case tombstone
        /// The row as it was, with `__deleted` = "true".
        case rewrite
    }

    let generation: DebeziumGeneration
    let deletes: DeleteHandling
    let keepsTombstones: Bool
    let addedFields: [FieldReference]
    let addedHeaders: [FieldReference]
    let routeByField: String?
    /// Whether nulls become defaults where `__deleted` is added.
    let replacesNullWithDefault: Bool
    let dropFieldsHeader: String?
    let dropsFieldsFromKey: Bool
    let dropKeepsSchemaCompatible: Bool

    var rewritesDeletes: Bool { deletes == .rewrite }

    init(generation: DebeziumGeneration, configuration: ParsedConfiguration) throws(ConfigError) {
        self.generation = generation
        let mode = configuration.text(
            generation == .v19 ? "delete.handling.mode" : "delete.tombstone.handling.mode")?.lowercased() ?? ""
        switch (generation, mode) {
        case (_, "rewrite"), (.v36, "rewrite-with-tombstone"): deletes = .rewrite
        case (.v19, "none"), (.v36, "tombstone"): deletes = .nullValue
        case (.v36, "delete-to-tombstone"): deletes = .tombstone
        default: deletes = .drop
        }
        keepsTombstones =
            generation == .v19 ? !configuration.boolean("drop.tombstones") : mode == "rewrite-with-tombstone"
        addedFields = try Self.references("add.fields", configuration, generation)
        addedHeaders = try Self.references("add.headers", configuration, generation)
        routeByField = configuration.text("route.by.field").flatMap { $0.isEmpty ? nil : $0 }
        replacesNullWithDefault =
            deletes == .rewrite && (generation == .v19 || configuration.boolean("replace.null.with.default"))
        dropFieldsHeader = configuration.text("drop.fields.header.name").flatMap { $0.isEmpty ? nil : $0 }
        dropsFieldsFromKey = configuration["drop.fields.from.key"] == .boolean(true)
        dropKeepsSchemaCompatible = configuration["drop.fields.keep.schema.compatible"] != .boolean(false)
    }

    private static func references(
        _ name: String, _ configuration: ParsedConfiguration, _ generation: DebeziumGeneration
    ) throws(ConfigError) -> [FieldReference] {
        let prefix = configuration.text("\(name).prefix") ?? ""
        var items = configuration.list(name)
        while items.last == "" { items.removeLast() }
        var references: [FieldReference] = []
        for item in items {
            references.append(try FieldReference(item, prefix: prefix, generation: generation))
        }
        return references
    }
}

extension ExtractNewRecordState {
    /// The properties of the transform, without their prefix.
    ///
    /// Some are understood without being part of the definition that Debezium shows: `hiddenKeys`.
    static func definition(_ generation: DebeziumGeneration) -> ConfigDefinition {
        ConfigDefinition(deleteKeys(generation) + [
            key("add.fields", .list, "", "Adds the specified field(s) to the message if they exist.", .long,
                "Adds each field listed to the value, prefixed with __ (or __<struct>_ where the struct is named), for "
                    + "example 'version,connector,source.ts_ms'. A colon gives a field another name: 'version:VERSION'.",
                references),
            key("add.headers", .list, "", "Adds the specified fields to the header if they exist.", .long,
                "Adds each field listed as a header, prefixed with __ (or __<struct>_ where the struct is named), for "
                    + "example 'version,connector,source.ts_ms'. A colon gives a header another name: 'version:VERSION'.",
                references),
            key("route.by.field", .string, "", "Route by field name", .long,
                "The column whose value replaces the topic's name."),
        ] + (generation == .v36 ? prefixKeys + dropKeys : []))
    }

    static func hiddenKeys(_ generation: DebeziumGeneration) -> [ConfigKey] {
        generation == .v19
            ? prefixKeys
            : [key("replace.null.with.default", .boolean, "true", "Replace null with default", .short,
                "Whether a null column whose schema has a default becomes that default where __deleted is added.")]
    }

    /// Properties of the other generation, with what to write instead.
    static func foreignKeys(_ generation: DebeziumGeneration) -> [(name: String, advice: String)] {
        switch generation {
        case .v36:
            let advice = "Debezium 3 has no such option; use delete.tombstone.handling.mode instead"
            return [("drop.tombstones", advice), ("delete.handling.mode", advice)]
        case .v19:
            let advice = "Debezium 1.9 has no such option; use drop.tombstones and delete.handling.mode instead"
            return [("delete.tombstone.handling.mode", advice)]
                + (dropKeys.map(\.name) + ["replace.null.with.default"]).map { ($0, "Debezium 1.9 has no such option") }
        }
    }

    private static func key(
        _ name: String, _ type: ConfigType, _ defaultValue: String?, _ displayName: String, _ width: ConfigWidth,
        _ documentation: String, _ validator: ConfigValidator? = nil, importance: ConfigImportance = .low
    ) -> ConfigKey {
        ConfigKey(
            name, type, defaultValue: defaultValue, importance: importance, documentation: documentation,
            orderInGroup: 1, width: width, displayName: displayName, validator: validator)
    }

    private static func choice(_ choices: [String]) -> ConfigValidator {
        ConfigValidator { name, value in
            if case .text(let text) = value, choices.contains(text.lowercased()) { return nil }
            return ConfigError(
                name: name, value: value?.described, reason: "Value must be one of \(choices.joined(separator: ", "))")
        }
    }

    private static let references = ConfigValidator { name, value in
        guard case .list(let items) = value else { return nil }
        let wrong = items.first { $0.split(separator: ":", omittingEmptySubsequences: true).count > 2 }
        return wrong.map { ConfigError(name: name, value: value?.described, reason: "Unexpected field name: \($0)") }
    }

    private static func deleteKeys(_ generation: DebeziumGeneration) -> [ConfigKey] {
        switch generation {
        case .v36:
            [key("delete.tombstone.handling.mode", .string, "tombstone", "Handle delete and tombstone records", .medium,
                "What becomes of deletes and their tombstones: 'drop' both; 'tombstone' (default) keeps a record with a "
                    + "null value for each delete; 'rewrite' adds the field __deleted and drops tombstones; "
                    + "'rewrite-with-tombstone' keeps them; 'delete-to-tombstone' turns deletes into tombstones.",
                choice(["drop", "tombstone", "rewrite-with-tombstone", "rewrite", "delete-to-tombstone"]),
                importance: .medium)]
        case .v19:
            [
                key("drop.tombstones", .boolean, "true", "Drop tombstones", .short,
                    "Whether the tombstone that follows a delete is dropped."),
                key("delete.handling.mode", .string, "drop", "Handle delete records", .medium,
                    "What becomes of deletes: 'drop' (default); 'rewrite' keeps the row and adds the field __deleted; "
                        + "'none' keeps a record with a null value.",
                    choice(["none", "drop", "rewrite"]), importance: .medium),
            ]
        }
    }

    private static let prefixKeys = [
        key("add.fields.prefix", .string, "__", "Field prefix to be added to each field.", .short,
            "Adds this prefix to each field listed."),
        key("add.headers.prefix", .string, "__", "Header prefix to be added to each header.", .short,
            "Adds this prefix listed to each header."),
    ]

    private static let dropKeys = [
        key("drop.fields.header.name", .string, nil,
            "Specifies a header that contains a list of field names to be removed", .short,
            "The name of a header whose value lists the fields to be removed from the value."),
        key("drop.fields.from.key", .boolean, "false",
            "Specifies whether the fields to be dropped should also be omitted from the key", .short,
            "Whether those fields are removed from the key too."),
        key("drop.fields.keep.schema.compatible", .boolean, "true",
            "Specifies if fields are dropped, will the event's schemas be compatible", .short,
            "Whether only optional fields are removed, so that the schema stays compatible."),
    ]
}
