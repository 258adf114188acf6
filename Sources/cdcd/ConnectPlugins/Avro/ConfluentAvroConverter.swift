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
            let settings = try ConfluentRegistrySettings(context.properties)
            let isKey = context.properties["converter.type"] == "key"
            let registry = try settings.makeRegistry(isKey: isKey, control: context.control)
            return try converter(context.properties, settings, registry)
        })

    static func converter(
        _ properties: [String: String], _ settings: ConfluentRegistrySettings, _ registry: SchemaRegistry
    ) throws(ConfigError) -> AvroConverter {
        let isKey = properties["converter.type"] == "key"
        var mapping = try AvroSettings.confluent.parse(properties, into: AvroSettings())
        mapping.writesRawBytes = true
        let subjects = settings.subjects(isKey: isKey)
        return AvroConverter(
            AvroConverter.Dialect(
                registry: registry, framing: settings.framing(isKey: isKey),
                subject: { topic, recordName throws(DataError) in
                    try subjects.subject(topic: topic, isKey: isKey, recordName: recordName)
                }, className: className),
            mapping)
    }
}
