import ConnectData

/// The settings of `ByLogicalTableRouter`, of either generation.
struct LogicalTableOptions: Sendable {
    let profile: LogicalTableProfile
    private(set) var topicRegex = ""
    private(set) var topicReplacement = ""
    private(set) var addsKeyField = true
    private(set) var keyFieldName = ""
    /// nil: the key field is the original topic.
    private(set) var keyFieldRegex: String?
    private(set) var keyFieldReplacement = ""
    private(set) var adjustment = NameAdjustment.none
    private(set) var cacheSize = 16

    private typealias Option = ConfigOption<LogicalTableOptions>

    init(generation: DebeziumGeneration, configuration: [String: String]) throws(ConfigError) {
        let profile = LogicalTableProfile(generation)
        self = try Self.options(profile).parse(configuration, into: LogicalTableOptions(profile))
        if keyFieldRegex != nil, keyFieldReplacement.isEmpty {
            throw ConfigValidator.fieldError(
                "key.field.replacement", nil, "key.field.replacement must be non-empty if key.field.regex is set.")
        }
    }

    init(_ profile: LogicalTableProfile) { self.profile = profile }

    static func options(_ profile: LogicalTableProfile) -> ConfigOptions<LogicalTableOptions> {
        ConfigOptions(listed + (profile.hasCacheSize ? [cache] : []) + hidden(profile))
    }

    static func properties(_ generation: DebeziumGeneration) -> PluginProperties {
        let profile = LogicalTableProfile(generation)
        return PluginProperties(
            ConfigDefinition((listed + (profile.hasCacheSize ? [cache] : [])).map(\.key)),
            hidden: ConfigDefinition(hidden(profile).map(\.key)),
            refused: profile.hasCacheSize
                ? [] : [.init(cache.key.name, reason: "Debezium 1.9 has no such option")])
    }

    private static let listed = [
        Option(
            ConfigKey.field(
                "topic.regex", .string, .low, .long, "Topic regex",
                "The regular expression that the whole topic must match for a record to be routed.",
                .all(.fieldIsRequired, .fieldIsRegularExpression)),
            into: \.topicRegex),
        Option(
            ConfigKey.field(
                "topic.replacement", .string, .low, .long, "Topic replacement",
                "The new topic, with $1 and ${name} for groups of topic.regex.", .fieldIsRequired),
            into: \.topicReplacement),
        Option(
            ConfigKey.field(
                "key.enforce.uniqueness", .boolean, default: "true", .low, .short, "Add source topic name into key",
                "Whether keys get a field that distinguishes the tables of a topic. Without it, keys of different tables "
                    + "may be equal."),
            into: \.addsKeyField),
        Option(
            ConfigKey.field(
                "key.field.regex", .string, .low, .long, "Key field regex",
                "The regular expression that the whole original topic must match for key.field.replacement to apply.",
                .fieldIsRegularExpression),
            into: \.keyFieldRegex),
        Option(
            ConfigKey.field(
                "key.field.replacement", .string, .low, .long, "Key field replacement",
                "The value of the key's field, with $1 and ${name} for groups of key.field.regex. Without it, the value "
                    + "is the original topic."),
            into: \.keyFieldReplacement),
    ]

    private static let cache = Option(
        ConfigKey.field(
            "logical.table.cache.size", .int, default: "16", .low, .long, "Logical table cache size",
            "For how many tables derived schemas and topics are kept at least."),
        into: \.cacheSize)

    /// Properties that Debezium reads but does not list.
    private static func hidden(_ profile: LogicalTableProfile) -> [ConfigOption<LogicalTableOptions>] {
        [
            Option(
                ConfigKey.field(
                    "key.field.name", .string, default: "__dbz__physicalTableIdentifier", .low, .long, "Key field name",
                    "The name of the field that keys get."),
                into: \.keyFieldName),
            Option(
                ConfigKey.field(
                    "schema.name.adjustment.mode", .string, default: profile.defaultAdjustment, .low, .medium,
                    "Schema Name Adjustment", "Whether the names of schemas, which come from the topic, are adjusted for Avro.",
                    .fieldIsOneOf(profile.adjustments)),
                choice: \.adjustment),
        ]
    }
}
