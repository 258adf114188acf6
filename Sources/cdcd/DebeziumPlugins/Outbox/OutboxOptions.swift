import ConnectData

/// The settings of `EventRouter`, of either generation.
struct OutboxOptions: Sendable {
    enum InvalidOperations: String, Sendable { case warn, error, fatal }
    enum NullFields: String, Sendable { case ignore, optionalBytes = "optional_bytes" }

    let profile: OutboxProfile
    fileprivate(set) var idField = ""
    fileprivate(set) var keyField: String?
    fileprivate(set) var payloadField = ""
    fileprivate(set) var formerKeyField: String?
    fileprivate(set) var timestampField: String?
    fileprivate(set) var versionField: String?
    fileprivate(set) var additionalFields: [AdditionalField] = []
    fileprivate(set) var ignoresMissingFields = false
    private var givenInvalidOperations: InvalidOperations?
    private var formerInvalidOperations = InvalidOperations.warn
    fileprivate(set) var expandsJSON = false
    fileprivate(set) var nullFields = NullFields.ignore
    fileprivate(set) var fieldNameAdjustment = NameAdjustment.none
    fileprivate(set) var routeField = ""
    fileprivate(set) var topicRegex = ""
    fileprivate(set) var topicReplacement = ""
    fileprivate(set) var routesEmptyPayloadsAsTombstones = false

    /// What happens with updates.
    var invalidOperations: InvalidOperations { givenInvalidOperations ?? formerInvalidOperations }

    /// Whether messages have an envelope around the payload.
    var hasEnvelope: Bool { additionalFields.contains { $0.placement == .envelope } }

    init(generation: DebeziumGeneration, configuration: [String: String]) throws(ConfigError) {
        let profile = OutboxProfile(generation)
        self = try Self.options(profile).parse(configuration, into: OutboxOptions(profile))
    }

    fileprivate init(_ profile: OutboxProfile) { self.profile = profile }

    static func options(_ profile: OutboxProfile) -> ConfigOptions<OutboxOptions> {
        ConfigOptions(listed(profile) + hidden(profile))
    }

    static func properties(_ generation: DebeziumGeneration) -> PluginProperties {
        let profile = OutboxProfile(generation)
        return PluginProperties(
            ConfigDefinition(listed(profile).map(\.key)), hidden: ConfigDefinition(hidden(profile).map(\.key)),
            refused: ofOtherGeneration(profile))
    }
}

// MARK: Properties

extension OutboxOptions {
    private typealias Option = ConfigOption<OutboxOptions>

    /// The properties that Debezium's definition lists, in its order.
    private static func listed(_ profile: OutboxProfile) -> [ConfigOption<OutboxOptions>] {
        grouped("Table", table(profile)) + grouped("Router", router(profile))
            + (profile.hasFormerProperties ? grouped("Debezium", [formerInvalidOperations(profile)]) : [])
            + grouped("Tracing", tracing)
    }

    /// Properties that Debezium reads but does not list.
    private static func hidden(_ profile: OutboxProfile) -> [ConfigOption<OutboxOptions>] {
        guard profile.hasLaterProperties else { return [] }
        return [
            Option(
                key("field.name.adjustment.mode", .string, "none", .low, "Field Name Adjustment",
                    "How the names of an expanded payload's fields are adjusted: none, avro or avro_unicode.",
                    choice(NameAdjustment.allCases.map(\.rawValue), profile)),
                choice: \.fieldNameAdjustment)
        ]
    }

    private static func ofOtherGeneration(_ profile: OutboxProfile) -> [PluginProperties.Refused] {
        if profile.hasFormerProperties {
            return ["table.field.additional.missing", "table.json.payload.null.behavior", "field.name.adjustment.mode"]
                .map { .init($0, reason: "Debezium 1.9 has no such option") }
        }
        return [
            .init(
                "table.field.event.payload.id",
                reason: "Debezium 3 has no such option; use table.field.event.key instead"),
            .init(
                "debezium.op.invalid.behavior",
                reason: "Debezium 3 has no such option; use table.op.invalid.behavior instead"),
        ]
    }

    private static func grouped(
        _ group: String, _ options: [ConfigOption<OutboxOptions>]
    ) -> [ConfigOption<OutboxOptions>] {
        options.enumerated().map { index, option in
            var option = option
            option.key.group = group
            option.key.orderInGroup = index + 1
            return option
        }
    }

    private static func key(
        _ name: String, _ type: ConfigType, _ defaultValue: String?, _ importance: ConfigImportance,
        _ displayName: String, _ documentation: String, _ validator: ConfigValidator? = nil
    ) -> ConfigKey {
        .field(name, type, default: defaultValue, importance, .medium, displayName, documentation, validator)
    }

    private static func choice(_ choices: [String], _ profile: OutboxProfile) -> ConfigValidator {
        ConfigValidator { name, value in
            if case .text(let text) = value, choices.contains(text.lowercased()) { return nil }
            return profile.error(name, value?.shown, "Value must be one of \(choices.joined(separator: ", "))")
        }
    }

    private static func regularExpression(_ profile: OutboxProfile) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .text(let text) = value else { return nil }
            do throws(JavaPattern.SyntaxError) {
                _ = try JavaPattern(text)
                return nil
            } catch {
                return profile.error(name, text, "A valid regular expressions is expected, but \(error.description)")
            }
        }
    }

    private static func table(_ profile: OutboxProfile) -> [ConfigOption<OutboxOptions>] {
        [
            Option(
                key("table.field.event.id", .string, "id", .low, "Event ID Field",
                    "The column with the event's id, which becomes the header 'id'."),
                into: \.idField),
            Option(
                key("table.field.event.key", .string, profile.defaultKeyField, .low, "Event Key Field",
                    "The column with the key of the message.")
            ) { input, options in options.keyField = input.text },
            Option(
                key("table.field.event.type", .string, "type", .low, "Event Type Field",
                    "The column with the event's type, which becomes part of a message only as an additional field."),
                use: .withoutEffect(reason: "Debezium does not read the column of the event's type either")),
            Option(
                key("table.field.event.payload", .string, "payload", .low, "Event Payload Field",
                    "The column with the event's payload, which becomes the value of the message."),
                into: \.payloadField),
        ] + (profile.hasFormerProperties ? [formerKey] : []) + [
            Option(
                key("table.field.event.timestamp", .string, nil, .medium, "Event Timestamp Field",
                    "The column with the timestamp of the message; without it, that is when Debezium processed the "
                        + "change.")
            ) { input, options in options.timestampField = input.text },
            placement(profile),
        ] + (profile.hasLaterProperties ? [missingFields(profile)] : []) + [
            Option(
                key("table.field.event.schema.version", .string, nil, .low, "Event Schema Version Field",
                    "The column with the version of the value's schema.")
            ) { input, options in options.versionField = input.text },
            Option(
                key("table.op.invalid.behavior", .string, "warn", .medium,
                    "Behavior when capturing an unexpected outbox event",
                    "What happens with an update of the outbox table: 'warn' (default) and 'error' drop it with a line in "
                        + "the log, 'fatal' fails.",
                    choice(["warn", "error", "fatal"], profile))
            ) { input, options in
                guard input.isGiven, let text = input.trimmed else { return }
                options.givenInvalidOperations = InvalidOperations(rawValue: text.lowercased())
            },
            Option(
                key("table.expand.json.payload", .boolean, "false", .medium, "Expand Payload escaped string as real JSON",
                    "Whether a payload that is the text of a JSON object becomes a struct with an inferred schema. Any "
                        + "other payload stays as it is."),
                into: \.expandsJSON),
        ] + (profile.hasLaterProperties ? [nullBehavior(profile)] : [])
    }

    private static let formerKey = Option(
        key("table.field.event.payload.id", .string, "aggregateid", .low, "Event Payload ID Field",
            "The column with the key of messages whose table.field.event.key is null or not set.")
    ) { input, options in options.formerKeyField = input.text }

    private static func placement(_ profile: OutboxProfile) -> ConfigOption<OutboxOptions> {
        let name = "table.fields.additional.placement"
        return Option(
            key(name, .list, nil, .high, "Settings for each additional column in the outbox table",
                "Further columns of the message: a list of COLUMN:PLACEMENT or COLUMN:PLACEMENT:ALIAS, in which the "
                    + "placement is header, envelope or partition.",
                ConfigValidator { name, value in
                    guard case .list(let items) = value else { return nil }
                    let text = items.joined(separator: ",")
                    do throws(ConfigError) {
                        _ = try AdditionalField.parse(text, name: name, trimming: true) { elements in
                            profile.error(
                                name, text,
                                "A comma-separated list of valid String pairs or trios is expected but got: \(elements)")
                        }
                        return nil
                    } catch {
                        return error
                    }
                })
        ) { input, options throws(ConfigError) in
            guard let text = input.text else { return }
            options.additionalFields = try AdditionalField.parse(
                text, name: input.name, trimming: profile.trimsPlacements
            ) { _ in ConfigError(name: input.name, value: text, reason: nil) }
        }
    }

    private static func missingFields(_ profile: OutboxProfile) -> ConfigOption<OutboxOptions> {
        Option(
            key("table.field.additional.missing", .string, "error", .medium,
                "Behavior when an additional field is missing in the change data",
                "What happens if the table lacks a column of table.fields.additional.placement: 'error' (default) fails, "
                    + "'ignore' leaves it out.",
                choice(["ignore", "error"], profile))
        ) { input, options in options.ignoresMissingFields = input.trimmed?.lowercased() == "ignore" }
    }

    private static func nullBehavior(_ profile: OutboxProfile) -> ConfigOption<OutboxOptions> {
        Option(
            key("table.json.payload.null.behavior", .string, "ignore", .medium,
                "Behavior when json payload including null value",
                "What happens to a null in an expanded payload: 'ignore' (default) leaves the field out, "
                    + "'optional_bytes' keeps it as null of the type bytes.",
                choice(["ignore", "optional_bytes"], profile)),
            choice: \.nullFields)
    }

    private static func formerInvalidOperations(_ profile: OutboxProfile) -> ConfigOption<OutboxOptions> {
        Option(
            key("debezium.op.invalid.behavior", .string, "warn", .medium, "Behavior when the route fails to apply",
                "The former name of table.op.invalid.behavior, which applies if that is not set.",
                choice(["warn", "error", "fatal"], profile)),
            choice: \.formerInvalidOperations)
    }

    private static func router(_ profile: OutboxProfile) -> [ConfigOption<OutboxOptions>] {
        [
            Option(
                key("route.by.field", .string, "aggregatetype", .high, "Field to route events by",
                    "The column whose value determines the topic."),
                into: \.routeField),
            Option(
                key("route.topic.regex", .string, "(?<routedByValue>.*)", .low, "The name of the routed topic",
                    "The regular expression that the whole value of route.by.field must match for "
                        + "route.topic.replacement to apply.",
                    regularExpression(profile)),
                into: \.topicRegex),
            Option(
                key("route.topic.replacement", .string, "outbox.event.${routedByValue}", .high,
                    "The name of the routed topic",
                    "The topic, with ${routedByValue}, ${name} and $1 for groups of route.topic.regex."),
                into: \.topicReplacement),
            Option(
                key("route.tombstone.on.empty.payload", .boolean, "false", .high,
                    "Empty payloads cause a tombstone message",
                    "Whether an event without a payload, or with a blank one, becomes a tombstone."),
                into: \.routesEmptyPayloadsAsTombstones),
        ]
    }

    private static let tracing = [
        ("tracing.span.context.field", ConfigType.string, "tracingspancontext", "Serialized tracing span context field",
         "The column with a serialized OpenTelemetry context."),
        ("tracing.operation.name", .string, "debezium-read", "Tracing operation name",
         "The name of the span of Debezium's processing."),
        ("tracing.with.context.field.only", .boolean, "false", "Trace only events with context field present",
         "Whether only events with a context are traced."),
    ].map { name, type, defaultValue, displayName, documentation in
        Option(
            key(name, type, defaultValue, .high, displayName, documentation),
            use: .withoutEffect(reason: "there is no OpenTelemetry, without which Debezium does not trace either"))
    }
}
