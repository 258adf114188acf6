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

    static func converter(
        _ properties: [String: String], _ registry: ConverterRegistry
    ) throws(ConfigError) -> AvroConverter {
        var mapping = try AvroSettings.confluent.parse(properties, into: AvroSettings())
        mapping.writesRawBytes = true
        return AvroConverter(AvroConverter.Dialect(registry: registry, className: className), mapping)
    }
}
