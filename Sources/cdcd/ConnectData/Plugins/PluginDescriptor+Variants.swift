extension PluginDescriptor {
    /// A transform's variants for keys and values, `CLASS$Key` and `CLASS$Value`.
    ///
    /// - Parameter properties: those of the variants under a connector's configuration.
    package static func variants(
        of className: String,
        properties: @escaping @Sendable (_ connectorConfiguration: [String: String]) -> PluginProperties,
        make: @escaping @Sendable (RecordPart, PluginContext) throws(ConfigError) -> any Transformation
    ) -> [PluginDescriptor] {
        RecordPart.allCases.map { part in
            PluginDescriptor(
                "\(className)$\(part.rawValue)", version: { _ in ConnectVersion.version }, properties: properties,
                factory: .transformation { context throws(ConfigError) in try make(part, context) })
        }
    }

    /// The variants of a transform of Apache Kafka.
    package static func variants(
        of className: String, _ definition: ConfigDefinition,
        make: @escaping @Sendable (RecordPart, PluginContext) throws(ConfigError) -> any Transformation
    ) -> [PluginDescriptor] {
        variants(of: className, properties: { _ in PluginProperties(definition) }, make: make)
    }
}
