import ConnectData

/// The settings of `CloudEventsConverter`, of either generation.
struct CloudEventsOptions: Sendable {
    enum Serializer: String, Sendable { case json, avro }

    let profile: CloudEventsProfile
    fileprivate(set) var serializer = Serializer.json
    fileprivate(set) var dataSerializer = Serializer.json
    fileprivate(set) var addsTraceParent = false
    fileprivate(set) var addsExtensions = true
    fileprivate(set) var adjustment = NameAdjustment.avro
    /// nil: named after server and database.
    fileprivate(set) var schemaName: String?
    fileprivate(set) var takesDataSchemaNameFromHeader = false
    fileprivate(set) var metadata = CloudEventSources()
    /// `json.*` and `avro.*`, without the prefix.
    fileprivate(set) var jsonProperties: [String: String] = [:]
    fileprivate(set) var avroProperties: [String: String] = [:]

    private static let apicurioURL = "apicurio.registry.url"
    private static let confluentURL = "schema.registry.url"

    /// The registries of `avro.*`, which select the converter: Apicurio's if both are given.
    var apicurioURLs: String? { avroProperties[Self.apicurioURL] }
    var confluentURLs: String? { avroProperties[Self.confluentURL] }

    init(generation: DebeziumGeneration, configuration: [String: String]) throws(ConfigError) {
        let profile = CloudEventsProfile(generation)
        if !profile.hasMetadataOptions {
            for option in Self.metadata where configuration[option.key.name] != nil {
                throw ConfigError(
                    name: option.key.name, value: configuration[option.key.name],
                    reason: "Debezium 1.9 has no such option")
            }
        }
        self = try Self.options(profile).parse(configuration, into: CloudEventsOptions(profile))
        metadata.complete(addsTraceParent: addsTraceParent, namesData: takesDataSchemaNameFromHeader)
        guard serializer == .avro, dataSerializer == .json else { return }
        throw ConfigError(
            name: "data.serializer.type",
            message: "Cannot use 'application/json' data content type within Avro events")
    }

    init(_ profile: CloudEventsProfile) { self.profile = profile }

    // MARK: Properties

    private typealias Option = ConfigOption<CloudEventsOptions>

    static func options(_ profile: CloudEventsProfile) -> ConfigOptions<CloudEventsOptions> {
        ConfigOptions(
            [
                serializer("serializer.type", "How events are written: json or avro.", \.serializer),
                serializer("data.serializer.type", "How the data of events is written: json or avro.", \.dataSerializer),
                adjustment(profile),
            ] + (profile.hasMetadataOptions ? metadata : []) + [
                Option(group: "json.", into: \.jsonProperties), Option(group: "avro.", into: \.avroProperties),
                Option(
                    ConfigKey("converter.type", .string, documentation: "Whether keys or values are converted."),
                    use: .withoutEffect(reason: "keys and values are converted in the same way")),
            ])
    }

    private static func serializer(
        _ name: String, _ documentation: String, _ path: ConfigPath<CloudEventsOptions, Serializer>
    ) -> ConfigOption<CloudEventsOptions> {
        Option(
            ConfigKey(
                name, .string, defaultValue: "json", importance: .high, documentation: documentation,
                validator: .fieldIsOneOf(["json", "avro"])),
            choice: path)
    }

    private static func adjustment(_ profile: CloudEventsProfile) -> ConfigOption<CloudEventsOptions> {
        let modes = profile.adjustsToUnicode ? ["none", "avro", "avro_unicode"] : ["none", "avro"]
        return Option(
            ConfigKey(
                "schema.name.adjustment.mode", .string, defaultValue: "avro", importance: .low,
                documentation: "How the name of the event's schema is adjusted: \(modes.joined(separator: ", ")).",
                validator: .fieldIsOneOf(modes)),
            choice: \.adjustment)
    }

    private static let metadata = [
        Option(
            ConfigKey(
                "opentelemetry.tracing.attributes.enable", .boolean, defaultValue: "false", importance: .high,
                documentation: "Whether events have the attribute traceparent, which a header contains."),
            into: \.addsTraceParent),
        Option(
            ConfigKey(
                "extension.attributes.enable", .boolean, defaultValue: "true", importance: .high,
                documentation: "Whether events have Debezium's extension attributes."),
            into: \.addsExtensions),
        Option(
            ConfigKey(
                "schema.cloudevents.name", .string, importance: .low,
                documentation: "The name of the event's schema, in place of one after server and database."),
            into: \.schemaName),
        Option(
            ConfigKey(
                "schema.data.name.source.header.enable", .boolean, defaultValue: "false", importance: .low,
                documentation: "Whether the header dataSchemaName may name the schema of the data."),
            into: \.takesDataSchemaNameFromHeader),
        Option(
            ConfigKey(
                "metadata.source", .list, defaultValue: CloudEventSources.standard, importance: .high,
                documentation: "Where metadata comes from: 'value' (default) or 'header', and for id, type, traceparent "
                    + "and dataSchemaName ':header' or ':generate'.")
        ) { input, options throws(ConfigError) in
            guard case .list(let items) = input.setting else { return }
            options.metadata = try CloudEventSources(items, name: input.name)
        },
    ]
}
