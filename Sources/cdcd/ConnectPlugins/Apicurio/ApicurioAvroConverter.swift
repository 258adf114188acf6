import ConnectData

/// Apicurio's `io.apicurio.registry.utils.converter.AvroConverter` of Apicurio Registry 2.6: Avro schemas and values as
/// Confluent's converter makes them, with Apicurio's API and options.
package enum ApicurioAvroConverter {
    package static let className = "io.apicurio.registry.utils.converter.AvroConverter"

    /// Java lists neither its properties nor a version.
    package static let plugin = PluginDescriptor(
        className, version: { _ in "" },
        properties: { _ in
            PluginProperties(
                ConfigDefinition([]),
                hidden: ConfigDefinition(
                    ApicurioRegistrySettings.options.definition.keys + AvroSettings.apicurio.definition.keys))
        },
        factory: .converter { context throws(ConfigError) in
            let settings = try ApicurioRegistrySettings(context.properties)
            let registry = try settings.makeRegistry(.avro, control: context.control)
            return try converter(
                context.properties, settings, registry, addsRecordHeaders: context.addsRecordHeaders)
        })

    /// A converter that reaches its registry through a transport of the caller.
    ///
    /// - Parameter properties: those of the converter, without its prefix.
    package static func converter(
        _ properties: [String: String], transport: any RegistryTransport
    ) throws(ConfigError) -> AvroConverter {
        let settings = try ApicurioRegistrySettings(properties)
        return try converter(properties, settings, settings.makeRegistry(.avro, transport: transport))
    }

    static func converter(
        _ properties: [String: String], _ settings: ApicurioRegistrySettings, _ registry: SchemaRegistry,
        addsRecordHeaders: Bool = true
    ) throws(ConfigError) -> AvroConverter {
        let isKey = properties["converter.type"] == "key"
        let mapping = try AvroSettings.apicurio.parse(properties, into: AvroSettings())
        let artifacts = settings.artifacts
        let ownFraming = settings.framing(isKey: isKey)
        let framing = addsRecordHeaders ? ownFraming : ownFraming.withoutRecordHeaders
        let registry = ConverterRegistry(registry, framing) { topic, recordName throws(DataError) in
            try artifacts.artifact(topic: topic, isKey: isKey, recordName: recordName)
        }
        return AvroConverter(
            AvroConverter.Dialect(
                registry: registry,
                // AvroSerdeHeaders
                headers: [RawHeader("apicurio.\(isKey ? "key" : "value").encoding", Array("BINARY".utf8))],
                fallback: settings.fallback(isKey: isKey), namesTopicInErrors: false, className: className),
            mapping)
    }
}
