import ConnectData

extension PluginDescriptor {
    /// A transform of Debezium 3 that 1.9 does not have: a configuration that selects 1.9 is refused.
    static func since2(
        _ className: String, _ properties: PluginProperties,
        make: @escaping @Sendable (PluginContext) throws(ConfigError) -> any Transformation
    ) -> PluginDescriptor {
        PluginDescriptor(
            className, version: { _ in DebeziumGeneration.v36.version },
            properties: { configuration in
                guard DebeziumGeneration(configuration: configuration) == .v19 else { return properties }
                return PluginProperties(
                    ConfigDefinition([]),
                    refused: [
                        .init(
                            "type",
                            reason: "Debezium 1.9 has no such class; it needs topic.prefix in place of database.server.name, "
                                + "which selects Debezium 3.6")
                    ])
            },
            factory: .transformation(make))
    }
}
