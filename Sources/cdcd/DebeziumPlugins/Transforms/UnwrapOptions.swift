import ConnectData

/// The settings of `ExtractNewRecordState`, of either generation.
struct UnwrapOptions: Sendable {
    /// The handling of the record of a delete.
    enum DeleteHandling: Sendable {
        case drop
        /// A null value under the row's schema (1.9 `none`, 3.x `tombstone`).
        case nullValue
        /// Null value and schema: a tombstone.
        case tombstone
        /// The row before the delete, with `__deleted` = "true".
        case rewrite
    }

    let profile: UnwrapProfile
    private(set) var deletes = DeleteHandling.drop
    private(set) var keepsTombstones = false
    private(set) var addedFields: [FieldReference] = []
    private(set) var addedHeaders: [FieldReference] = []
    private(set) var routeByField: String?
    /// Whether nulls are replaced by defaults if `__deleted` is added.
    private(set) var replacesNullWithDefault = true
    private(set) var dropFieldsHeader: String?
    private(set) var dropsFieldsFromKey = false
    private(set) var dropKeepsSchemaCompatible = true

    private var addedFieldNames: [String] = []
    private var addedHeaderNames: [String] = []
    private var addedFieldPrefix = ""
    private var addedHeaderPrefix = ""

    var rewritesDeletes: Bool { deletes == .rewrite }

    init(generation: DebeziumGeneration, configuration: [String: String]) throws(ConfigError) {
        let profile = UnwrapProfile(generation)
        self = try Self.options(profile).parse(configuration, into: UnwrapOptions(profile: profile))
        addedFields = try Self.references(addedFieldNames, prefix: addedFieldPrefix, profile)
        addedHeaders = try Self.references(addedHeaderNames, prefix: addedHeaderPrefix, profile)
        replacesNullWithDefault = deletes == .rewrite && replacesNullWithDefault
    }

    private init(profile: UnwrapProfile) { self.profile = profile }

    private static func references(
        _ names: [String], prefix: String, _ profile: UnwrapProfile
    ) throws(ConfigError) -> [FieldReference] {
        var items = names
        while items.last == "" { items.removeLast() }
        var references: [FieldReference] = []
        for item in items {
            references.append(try FieldReference(item, prefix: prefix, profile: profile))
        }
        return references
    }
}

// MARK: Properties

extension UnwrapOptions {
    private typealias Option = ConfigOption<UnwrapOptions>

    static func options(_ profile: UnwrapProfile) -> ConfigOptions<UnwrapOptions> {
        ConfigOptions(visible(profile) + hidden(profile))
    }

    /// The properties that Debezium's definition lists, without their prefix.
    fileprivate static func visible(_ profile: UnwrapProfile) -> [ConfigOption<UnwrapOptions>] {
        if profile.listsPrefixes {
            return deletes(profile) + [route, prefixes[0], addedFields, prefixes[1], addedHeaders]
                + (profile.hasFieldDropping ? dropping : [])
        }
        return deletes(profile) + [addedFields, addedHeaders, route] + (profile.hasFieldDropping ? dropping : [])
    }

    private static let addedFields = Option(
        key("add.fields", .list, "", "Adds the specified field(s) to the message if they exist.", .long,
            "Adds each field listed to the value, prefixed with __ (or __<struct>_ if the struct is named), for "
                + "example 'version,connector,source.ts_ms'. A colon gives a field another name: 'version:VERSION'.",
            references),
        into: \.addedFieldNames)

    private static let addedHeaders = Option(
        key("add.headers", .list, "", "Adds the specified fields to the header if they exist.", .long,
            "Adds each field listed as a header, prefixed with __ (or __<struct>_ if the struct is named), for "
                + "example 'version,connector,source.ts_ms'. A colon gives a header another name: 'version:VERSION'.",
            references),
        into: \.addedHeaderNames)

    private static let route = Option(
        key("route.by.field", .string, "", "Route by field name", .long,
            "The column whose value replaces the topic's name."),
        into: \.routeByField)

    /// Properties that Debezium reads but does not list.
    fileprivate static func hidden(_ profile: UnwrapProfile) -> [ConfigOption<UnwrapOptions>] {
        (profile.listsPrefixes ? [] : prefixes) + (profile.hasFieldDropping ? [replacement] : [])
    }

    private static let replacement = Option(
        key("replace.null.with.default", .boolean, "true", "Replace null with default", .short,
            "Whether a null column whose schema has a default becomes that default where __deleted is added."),
        into: \.replacesNullWithDefault)

    /// Properties of the other generation, with their replacements.
    fileprivate static func ofOtherGeneration(_ profile: UnwrapProfile) -> [PluginProperties.Refused] {
        if profile.hasCombinedDeleteMode {
            return ["drop.tombstones", "delete.handling.mode"].map {
                .init($0, reason: "Debezium 3 has no such option; use delete.tombstone.handling.mode instead")
            }
        }
        let replaced = PluginProperties.Refused(
            "delete.tombstone.handling.mode",
            reason: "Debezium 1.9 has no such option; use drop.tombstones and delete.handling.mode instead")
        return [replaced] + (dropping + [replacement]).map {
            .init($0.key.name, reason: "Debezium 1.9 has no such option")
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

    private static func deletes(_ profile: UnwrapProfile) -> [ConfigOption<UnwrapOptions>] {
        profile.hasCombinedDeleteMode ? [combinedDeleteMode] : [tombstoneMode, deleteMode]
    }

    private static let combinedDeleteMode = Option(
        key("delete.tombstone.handling.mode", .string, "tombstone", "Handle delete and tombstone records", .medium,
            "How deletes and their tombstones are handled: 'drop' both; 'tombstone' (default) keeps a record with a "
                + "null value for each delete; 'rewrite' adds the field __deleted and drops tombstones; "
                + "'rewrite-with-tombstone' keeps them; 'delete-to-tombstone' turns deletes into tombstones.",
            choice(["drop", "tombstone", "rewrite-with-tombstone", "rewrite", "delete-to-tombstone"]),
            importance: .medium)
    ) { input, options in
        let mode = input.trimmed?.lowercased()
        options.keepsTombstones = mode == "rewrite-with-tombstone"
        switch mode {
        case "rewrite", "rewrite-with-tombstone": options.deletes = .rewrite
        case "tombstone": options.deletes = .nullValue
        case "delete-to-tombstone": options.deletes = .tombstone
        default: options.deletes = .drop
        }
    }

    private static let tombstoneMode = Option(
        key("drop.tombstones", .boolean, "true", "Drop tombstones", .short,
            "Whether the tombstone that follows a delete is dropped.")
    ) { input, options in options.keepsTombstones = input.setting == .boolean(false) }

    private static let deleteMode = Option(
        key("delete.handling.mode", .string, "drop", "Handle delete records", .medium,
            "How deletes are handled: 'drop' (default); 'rewrite' keeps the row and adds the field __deleted; "
                + "'none' keeps a record with a null value.",
            choice(["none", "drop", "rewrite"]), importance: .medium)
    ) { input, options in
        switch input.trimmed?.lowercased() {
        case "rewrite": options.deletes = .rewrite
        case "none": options.deletes = .nullValue
        default: options.deletes = .drop
        }
    }

    private static let prefixes = [
        Option(
            key("add.fields.prefix", .string, "__", "Field prefix to be added to each field.", .short,
                "Adds this prefix to each field listed."),
            into: \.addedFieldPrefix),
        Option(
            key("add.headers.prefix", .string, "__", "Header prefix to be added to each header.", .short,
                "Adds this prefix listed to each header."),
            into: \.addedHeaderPrefix),
    ]

    private static let dropping = [
        Option(
            key("drop.fields.header.name", .string, nil,
                "Specifies a header that contains a list of field names to be removed", .short,
                "The name of a header whose value lists the fields to be removed from the value."),
            into: \.dropFieldsHeader),
        Option(
            key("drop.fields.from.key", .boolean, "false",
                "Specifies whether the fields to be dropped should also be omitted from the key", .short,
                "Whether those fields are removed from the key too."),
            into: \.dropsFieldsFromKey),
        Option(
            key("drop.fields.keep.schema.compatible", .boolean, "true",
                "Specifies if fields are dropped, will the event's schemas be compatible", .short,
                "Whether only optional fields are removed, so that the schema stays compatible."),
            into: \.dropKeepsSchemaCompatible),
    ]
}

extension ExtractNewRecordState {
    /// The properties of a generation, without their prefix.
    package static func properties(_ generation: DebeziumGeneration) -> PluginProperties {
        let profile = UnwrapProfile(generation)
        return PluginProperties(
            ConfigDefinition(UnwrapOptions.visible(profile).map(\.key)),
            hidden: ConfigDefinition(UnwrapOptions.hidden(profile).map(\.key)),
            refused: UnwrapOptions.ofOtherGeneration(profile))
    }
}
