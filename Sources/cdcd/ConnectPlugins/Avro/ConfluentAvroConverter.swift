import ConnectData

/// Confluent's `io.confluent.connect.avro.AvroConverter`.
package enum ConfluentAvroConverter {
    package static let className = "io.confluent.connect.avro.AvroConverter"

    package static let plugin = PluginDescriptor(
        className, version: { _ in ConnectVersion.version },
        properties: { _ in
            // Java's class lists none of its properties.
            PluginProperties(
                ConfigDefinition([]),
                hidden: ConfigDefinition(
                    ConfluentRegistrySettings.options.definition.keys + AvroSettings.confluent.definition.keys))
        },
        factory: .converter { context throws(ConfigError) in
            try converter(context.properties, ConverterRegistry(confluent: context))
        })

    /// A converter that reaches its registry through a transport of the caller.
    ///
    /// - Parameter properties: those of the converter, without its prefix.
    package static func converter(
        _ properties: [String: String], transport: any RegistryTransport
    ) throws(ConfigError) -> AvroConverter {
        let settings = try ConfluentRegistrySettings(properties)
        let isKey = properties["converter.type"] == "key"
        let client = settings.makeRegistry(isKey: isKey, transport: transport)
        return try converter(properties, ConverterRegistry(client, settings, isKey: isKey))
    }

    private static func converter(
        _ properties: [String: String], _ registry: ConverterRegistry
    ) throws(ConfigError) -> AvroConverter {
        var mapping = try AvroSettings.confluent.parse(properties, into: AvroSettings())
        mapping.writesRawBytes = true
        return AvroConverter(AvroConverter.Dialect(registry: registry, className: className), mapping)
    }
}
