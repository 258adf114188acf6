import WireCore

/// The kind of a connector; the raw value is the type that REST shows.
package enum ConnectorKind: String, Sendable, CaseIterable { case source, sink }

/// The properties of a connector's configuration that Connect itself defines
/// (`org.apache.kafka.connect.runtime.SourceConnectorConfig`, `SinkConnectorConfig`).
package struct ConnectorProperties: Sendable {
    let plugins: PluginRegistry

    package init(plugins: PluginRegistry) { self.plugins = plugins }

    /// The framework's own properties, in the order in which Connect shows them.
    ///
    /// - Parameter connectorVersion: the version that the connector reports.
    package func definition(of kind: ConnectorKind, connectorVersion: String) -> ConfigDefinition {
        let own =
            switch kind {
            case .source: TopicCreation.options.definition.keys + Self.exactlyOnceKeys
            case .sink: SinkTopics.options.definition.keys + DeadLetterQueueSettings.options.definition.keys
            }
        return commonDefinition(connectorVersion: connectorVersion) + ConfigDefinition(own)
    }

    /// The properties that connectors of every kind have (`org.apache.kafka.connect.runtime.ConnectorConfig`).
    func commonDefinition(connectorVersion: String) -> ConfigDefinition {
        ConfigDefinition(
            commonKeys(connectorVersion) + TransformationSetup.listKeys + [Self.reloadKey]
                + ErrorHandling.options.definition.keys)
    }

    private static let sourceNames = Set(
        ConnectorProperties(plugins: PluginRegistry([])).definition(of: .source, connectorVersion: "").keys.map(\.name)
            + ["task.class"])
    private static let prefixes = [
        "transforms.", "predicates.", "key.converter.", "value.converter.", "header.converter.", "topic.creation.",
        "producer.override.", "consumer.override.", "admin.override.",
    ]

    /// Whether a property of a source connector is the framework's or that of a plugin which the framework creates.
    package static func isDeclaredForSources(_ name: String) -> Bool {
        sourceNames.contains(name) || prefixes.contains(where: name.hasExactPrefix)
    }

    private func commonKeys(_ connectorVersion: String) -> [ConfigKey] {
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
                validator: .pluginVersionRange),
        ] + TaskLimit.options.definition.keys
            + converterKeys("key", "Key converter", 6, .converter)
            + converterKeys("value", "Value converter", 8, .converter)
            + converterKeys("header", "Header converter", 10, .headerConverter)
    }

    private func converterKeys(
        _ role: String, _ displayName: String, _ order: Int, _ kind: PluginKind
    ) -> [ConfigKey] {
        [
            ConfigKey(
                "\(role).converter", .classReference, importance: .low,
                documentation: "The converter that turns the \(role)s of records into bytes; without it the worker's.",
                group: "Common", orderInGroup: order, width: .short, displayName: "\(displayName) class",
                recommendedValues: plugins.plugins(kind).map(\.className)),
            ConfigKey(
                "\(role).converter.plugin.version", .string, importance: .low,
                documentation: "Version of the \(role) converter.", group: "Common", orderInGroup: order + 1,
                width: .short, displayName: "\(displayName) version", validator: .pluginVersionRange),
        ]
    }

    private static let reloadKey = ConfigKey(
        "config.action.reload", .string, defaultValue: "restart", importance: .low,
        documentation: "The action when an external configuration provider reports that a value has changed: 'restart' "
            + "restarts the connector, 'none' does nothing.",
        group: "Common", orderInGroup: 14, width: .medium, displayName: "Reload Action",
        validator: .oneOf(["none", "restart"]))

    private static let exactlyOnceKeys = [
        ConfigKey(
            "exactly.once.support", .string, defaultValue: "requested",
            documentation: "'required' refuses the connector if exactly-once delivery cannot be guaranteed.",
            group: "Exactly Once Support", orderInGroup: 2, width: .short, displayName: "Exactly once support",
            validator: .all(
                .oneOfIgnoringCase(["REQUIRED", "REQUESTED"]),
                refusing("required", "This worker does not have exactly-once source support enabled."))),
        ConfigKey(
            "transaction.boundary", .string, defaultValue: "poll",
            documentation:
                "When transactions end if exactly-once delivery is enabled: poll, interval or connector.",
            group: "Exactly Once Support", orderInGroup: 3, width: .short, displayName: "Transaction Boundary",
            validator: .all(
                .oneOfIgnoringCase(["INTERVAL", "POLL", "CONNECTOR"]),
                refusing(
                    "connector",
                    "The connector does not support connector-defined transaction boundaries with the given "
                        + "configuration. Please reconfigure it to use a different transaction boundary definition."))),
        ConfigKey(
            "transaction.boundary.interval.ms", .long, importance: .low,
            documentation: "The time between transactions if transaction.boundary is 'interval'.",
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
