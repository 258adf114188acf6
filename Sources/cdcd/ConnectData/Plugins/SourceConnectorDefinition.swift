import WireCore

/// The properties that Connect itself understands in a source connector's configuration
/// (`org.apache.kafka.connect.runtime.SourceConnectorConfig`), and their validation.
public enum SourceConnectorDefinition {
    /// Checks everything that belongs to the framework: its own properties, transforms, predicates and converters.
    ///
    /// A worker puts the connector's own validation between `framework` and `converters`, as Connect's answer has it.
    public struct Validation: Sendable {
        /// The framework's properties and those of the transforms and predicates, in the order in which they are shown.
        public let framework: [ConfigValue]
        /// The properties of the converters that the connector names.
        public let converters: [ConfigValue]
    }

    /// The converters that the worker is set up with: what counts where a connector names none.
    public struct WorkerConverters: Sendable {
        public var key: String
        public var value: String
        public var header: String

        public init(key: String, value: String, header: String = SimpleHeaderConverter.className) {
            self.key = key
            self.value = value
            self.header = header
        }
    }

    public static func validate(
        _ configuration: [String: String], connectorVersion: String, workerConverters: WorkerConverters? = nil
    ) -> Validation {
        var values = definition(connectorVersion: connectorVersion).validate(configuration)
        var converters: [ConfigValue] = []
        let roles = [
            ("key", workerConverters?.key), ("value", workerConverters?.value), ("header", workerConverters?.header),
        ]
        for (role, workerClass) in roles {
            let property = "\(role).converter"
            guard let index = values.firstIndex(where: { $0.name == property }) else { continue }
            values[index].key?.defaultValue = workerClass
            guard let name = configuration[property].map({ JavaText.trim($0) }) ?? workerClass else { continue }
            do throws(ConfigError) {
                let className = try ConverterCatalog.resolve(name, property: property, forHeaders: role == "header")
                values[index].value = className
                showVersion(of: property, in: &values)
                if configuration[property] != nil {
                    converters += validateConverter(className, property: property, role: role, configuration)
                }
            } catch {
                values[index].value = nil
                values[index].errors.append(error.message)
            }
        }
        values += TransformSetup(configuration).values
        return Validation(framework: values, converters: converters)
    }

    /// Where a converter is named, its version has a default.
    private static func showVersion(of property: String, in values: inout [ConfigValue]) {
        guard let index = values.firstIndex(where: { $0.name == "\(property).plugin.version" }) else { return }
        values[index].key?.defaultValue = ConverterCatalog.version
        values[index].key?.recommendedValues = [ConverterCatalog.version]
        if values[index].value == nil { values[index].value = ConverterCatalog.version }
    }

    private static func validateConverter(
        _ className: String, property: String, role: String, _ configuration: [String: String]
    ) -> [ConfigValue] {
        let prefix = property + "."
        var own = ["converter.type": role]
        for (name, value) in configuration {
            if let suffix = name.dropping(prefix: prefix) { own[suffix] = value }
        }
        return ConverterCatalog.definition(of: className).validate(own).map { value in
            var value = value
            value.name = prefix + value.name
            value.key?.name = value.name
            return value
        }
    }

    /// The framework's own properties, in the order in which Connect shows them.
    ///
    /// - Parameter connectorVersion: the version that the connector reports.
    public static func definition(connectorVersion: String) -> ConfigDefinition {
        ConfigDefinition(
            commonKeys(connectorVersion) + TransformSetup.listKeys + [reloadKey] + errorHandlingKeys + topicCreationKeys
                + exactlyOnceKeys)
    }

    private static func commonKeys(_ connectorVersion: String) -> [ConfigKey] {
        [
            ConfigKey(
                "name", .string, isRequired: true, importance: .high,
                documentation: "Globally unique name to use for this connector.", group: "Common", orderInGroup: 1,
                width: .medium, displayName: "Connector name", validator: .nonEmptyStringWithoutControlCharacters),
            ConfigKey(
                "connector.class", .string, isRequired: true, importance: .high,
                documentation: "Name or alias of the class for this connector.", group: "Common", orderInGroup: 2,
                width: .long, displayName: "Connector class"),
            ConfigKey(
                "connector.plugin.version", .string, defaultValue: connectorVersion, importance: .medium,
                documentation: "Version of the connector.", group: "Common", orderInGroup: 3, width: .medium,
                displayName: "Connector version", recommendedValues: [connectorVersion],
                validator: .onlyVersion(connectorVersion, of: "of the connector")),
            ConfigKey(
                "tasks.max", .int, defaultValue: "1", importance: .high,
                documentation: "Maximum number of tasks to use for this connector.", group: "Common", orderInGroup: 4,
                width: .short, displayName: "Tasks max", validator: .atLeast(1)),
            ConfigKey(
                "tasks.max.enforce", .boolean, defaultValue: "true", importance: .low,
                documentation: "(Deprecated) Whether a connector that asks for more tasks than tasks.max fails.",
                group: "Common", orderInGroup: 5, width: .short, displayName: "Enforce tasks max"),
        ] + converterKeys("key", "Key converter", 6, ConverterCatalog.supported)
            + converterKeys("value", "Value converter", 8, ConverterCatalog.supported)
            + converterKeys("header", "Header converter", 10, ConverterCatalog.supportedForHeaders)
    }

    private static func converterKeys(
        _ role: String, _ displayName: String, _ order: Int, _ recommended: [String]
    ) -> [ConfigKey] {
        [
            ConfigKey(
                "\(role).converter", .classReference, importance: .low,
                documentation: "The converter that turns the \(role)s of records into bytes; without it the worker's.",
                group: "Common", orderInGroup: order, width: .short, displayName: "\(displayName) class",
                recommendedValues: recommended),
            ConfigKey(
                "\(role).converter.plugin.version", .string, importance: .low,
                documentation: "Version of the \(role) converter.", group: "Common", orderInGroup: order + 1,
                width: .short, displayName: "\(displayName) version",
                validator: .onlyVersion(ConverterCatalog.version, of: "of the \(role) converter")),
        ]
    }

    private static let reloadKey = ConfigKey(
        "config.action.reload", .string, defaultValue: "restart", importance: .low,
        documentation: "What happens when an external configuration provider says that a value has changed: 'restart' "
            + "restarts the connector, 'none' does nothing.",
        group: "Common", orderInGroup: 14, width: .medium, displayName: "Reload Action",
        validator: .oneOf(["none", "restart"]))

    private static let errorHandlingKeys = [
        ConfigKey(
            "errors.retry.timeout", .long, defaultValue: "0",
            documentation:
                "How long in milliseconds a failed operation of a transform or converter is tried again, where "
                + "the failure may pass by itself. No transform or converter of cdcd fails so.",
            group: "Error Handling", orderInGroup: 1, width: .medium, displayName: "Retry Timeout for Errors"),
        ConfigKey(
            "errors.retry.delay.max.ms", .long, defaultValue: "60000",
            documentation: "The longest time in milliseconds between two such attempts.", group: "Error Handling",
            orderInGroup: 2, width: .medium, displayName: "Maximum Delay Between Retries for Errors"),
        ConfigKey(
            "errors.tolerance", .string, defaultValue: "none",
            documentation:
                "'none' lets the task fail at the first record that cannot be transformed or converted; 'all' "
                + "leaves such records out.",
            group: "Error Handling", orderInGroup: 3, width: .short, displayName: "Error Tolerance",
            validator: .oneOf(["none", "all"])),
        ConfigKey(
            "errors.log.enable", .boolean, defaultValue: "false",
            documentation: "Whether records that are left out are logged with the reason.", group: "Error Handling",
            orderInGroup: 4, width: .short, displayName: "Log Errors"),
        ConfigKey(
            "errors.log.include.messages", .boolean, defaultValue: "false",
            documentation: "Whether that line of the log holds the record's contents.", group: "Error Handling",
            orderInGroup: 5, width: .short, displayName: "Log Error Details"),
    ]

    private static let topicCreationKeys = [
        ConfigKey(
            "topic.creation.groups", .list, defaultValue: "", importance: .low,
            documentation: "Groups of configurations for topics created by source connectors", group: "Topic Creation",
            orderInGroup: 1, width: .long, displayName: "Topic Creation Groups", validator: .uniqueAliases)
    ]

    private static let exactlyOnceKeys = [
        ConfigKey(
            "exactly.once.support", .string, defaultValue: "requested",
            documentation: "'required' refuses the connector where exactly-once delivery cannot be promised.",
            group: "Exactly Once Support", orderInGroup: 2, width: .short, displayName: "Exactly once support",
            validator: .all(
                .oneOfIgnoringCase(["REQUIRED", "REQUESTED"]),
                refusing("required", "This worker does not have exactly-once source support enabled."))),
        ConfigKey(
            "transaction.boundary", .string, defaultValue: "poll",
            documentation:
                "When transactions end, where exactly-once delivery is enabled: poll, interval or connector.",
            group: "Exactly Once Support", orderInGroup: 3, width: .short, displayName: "Transaction Boundary",
            validator: .all(
                .oneOfIgnoringCase(["INTERVAL", "POLL", "CONNECTOR"]),
                refusing(
                    "connector",
                    "The connector does not support connector-defined transaction boundaries with the given "
                        + "configuration. Please reconfigure it to use a different transaction boundary definition."))),
        ConfigKey(
            "transaction.boundary.interval.ms", .long, importance: .low,
            documentation: "The time between transactions where transaction.boundary is 'interval'.",
            group: "Exactly Once Support", orderInGroup: 4, width: .short,
            displayName: "Transaction boundary interval", validator: .absentOrAtLeast(0)),
        ConfigKey(
            "offsets.storage.topic", .string, importance: .low,
            documentation: "The name of an offsets topic for this connector alone.", group: "offsets.topic",
            orderInGroup: 1, width: .long, displayName: "Offsets topic",
            validator: .all(
                .nonEmptyString, .supportedOnly(what: "An offsets topic for a single connector") { _ in false })),
    ]

    private static func refusing(_ choice: String, _ message: String) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .text(let text) = value, text.lowercased() == choice else { return nil }
            return ConfigError(name: name, value: text, message: message)
        }
    }
}
