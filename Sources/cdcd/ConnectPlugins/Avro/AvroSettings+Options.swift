import ConnectData

/// The declarations, in the order of `AbstractDataConfig` and `AvroDataConfig`.
extension AvroSettings {
    private typealias Option = ConfigOption<AvroSettings>

    private static func key(
        _ name: String, _ type: ConfigType, _ defaultValue: String, _ importance: ConfigImportance,
        _ documentation: String
    ) -> ConfigKey {
        ConfigKey(name, type, defaultValue: defaultValue, importance: importance, documentation: documentation)
    }

    private static let enumerations = Option(
        key(
            "enhanced.avro.schema.support", .boolean, "false", .medium,
            "Whether enumerations and the namespaces of names are kept."),
        into: \.keepsEnumerations)
    private static let metadata = Option(
        key(
            "connect.meta.data", .boolean, "true", .low,
            "Whether schemas get the attributes of Connect that Avro does not have."),
        into: \.writesMetadata)
    private static let schemaCount = Option(ConfluentDataKeys.schemaCount, into: \.schemaCountMax)

    /// Confluent's converter. It shows none of them.
    static let confluent = ConfigOptions<AvroSettings>([
        Option(ConfluentDataKeys.generalizedSumTypes, into: \.usesGeneralizedSumTypes),
        Option(ConfluentDataKeys.ignoresDefaultsOfNullables, into: \.ignoresDefaultForNullables),
        schemaCount, enumerations,
        Option(
            key(
                "scrub.invalid.names", .boolean, "false", .medium,
                "Whether characters that Avro does not allow in names are replaced."),
            into: \.scrubsNames),
        metadata,
        Option(
            key(
                "discard.type.doc.default", .boolean, "false", .low,
                "Whether only the documentation and defaults of fields are kept."),
            into: \.discardsTypeDocumentation),
        Option(
            key(
                "allow.optional.map.keys", .boolean, "false", .low,
                "Whether a map whose keys are optional strings is Avro's map."),
            into: \.allowsOptionalMapKeys),
        Option(
            key(
                "flatten.singleton.union", .boolean, "true", .low, "Whether a union of one type is read as that type."),
            into: \.flattensSingletonUnions),
        Option(
            key("avro.use.logical.type.converters", .boolean, "false", .low, "Whether objects of Java are converted."),
            use: .refused(remedy: "the logical types of Connect are always written; remove the option")),
        Option(
            key("avro.reflection.allow.null", .boolean, "false", .low, "Whether objects of Java may have nulls."),
            use: .withoutEffect(reason: "there are no objects of Java here")),
        Option(
            key("avro.remove.java.properties", .boolean, "false", .low, "Whether Java's properties are removed."),
            use: .withoutEffect(reason: "no schema has properties of Java")),
        Option(
            key("specific.avro.reader", .boolean, "false", .medium, "Whether objects of generated classes are read."),
            use: .refused(remedy: "there are no classes of Java here; remove the option")),
        Option(
            key("schema.backup.enabled", .boolean, "false", .low, "Whether records are wrapped with their schemas."),
            use: .refused(remedy: "cdcd does not write such records; remove the option")),
    ])

    /// Apicurio's converter of version 2.6. It shows none of them.
    static let apicurio = ConfigOptions<AvroSettings>([
        enumerations, metadata, schemaCount,
        Option(
            key(
                "apicurio.registry.avro.encoding", .string, "BINARY", .medium,
                "Whether values are in Avro's binary encoding or its JSON."),
            use: .refused(remedy: "cdcd writes Avro's binary encoding only")),
        Option(
            key(
                "apicurio.registry.avro-datum-provider", .classReference,
                "io.apicurio.registry.serde.avro.DefaultAvroDatumProvider", .low, "A class that reads and writes values."),
            use: .refused(remedy: "classes of Java cannot run here")),
        Option(
            key(
                "apicurio.registry.use-specific-avro-reader", .boolean, "false", .low,
                "Whether objects of generated classes are read."),
            use: .refused(remedy: "there are no classes of Java here; remove the option")),
        Option(
            ConfigKey(
                "apicurio.registry.converter.serializer", .classReference, documentation: "A class that writes values."),
            use: .refused(remedy: "classes of Java cannot run here")),
        Option(
            ConfigKey(
                "apicurio.registry.converter.deserializer", .classReference, documentation: "A class that reads values."),
            use: .refused(remedy: "classes of Java cannot run here")),
    ])
}
