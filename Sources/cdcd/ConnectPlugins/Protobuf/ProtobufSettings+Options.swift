import ConnectData

/// The declarations, in the order of `AbstractDataConfig`, `ProtobufDataConfig` and `KafkaProtobufSerializerConfig`.
extension ProtobufSettings {
    private static let noReferences = "the files that schemas import here are known to every registry"

    static let options = ConfigOptions<ProtobufSettings>([
        ConfigOption(ConfluentDataKeys.generalizedSumTypes, into: \.supportsGeneralizedSumTypes),
        ConfigOption(ConfluentDataKeys.ignoresDefaultsOfNullables, into: \.ignoresDefaultsOfNullables),
        ConfigOption(ConfluentDataKeys.schemaCount, into: \.schemaCountMax),
        ConfigOption(
            ConfigKey(
                "enhanced.protobuf.schema.support", .boolean, defaultValue: "false",
                documentation: "Whether the names of schemas that are read contain the package."),
            into: \.keepsPackages),
        ConfigOption(
            ConfigKey(
                "scrub.invalid.names", .boolean, defaultValue: "false",
                documentation: "Whether characters that Protobuf does not allow in names are replaced."),
            into: \.scrubsInvalidNames),
        ConfigOption(
            ConfigKey(
                "int.for.enums", .boolean, defaultValue: "false",
                documentation: "Whether enumerations are read as numbers."),
            into: \.usesIntegersForEnumerations),
        ConfigOption(
            ConfigKey(
                "optional.for.nullables", .boolean, defaultValue: "false",
                documentation: "Whether nullable fields have the label optional."),
            into: \.labelsNullablesOptional),
        ConfigOption(
            ConfigKey(
                "optional.for.proto2", .boolean, defaultValue: "true",
                documentation: "Whether an optional field of proto2 that is absent is read as null."),
            into: \.supportsOptionalOfProto2),
        ConfigOption(
            ConfigKey(
                "wrapper.for.nullables", .boolean, defaultValue: "false",
                documentation: "Whether nullable scalars are written as messages with one field."),
            into: \.wrapsNullables),
        ConfigOption(
            ConfigKey(
                "wrapper.for.raw.primitives", .boolean, defaultValue: "true",
                documentation: "Whether a record that is such a message is read as its scalar."),
            into: \.unwrapsRoot),
        ConfigOption(
            ConfigKey(
                "generate.struct.for.nulls", .boolean, defaultValue: "false",
                documentation: "Whether an absent message is read as a struct of default values."),
            into: \.makesStructsForNulls),
        ConfigOption(
            ConfigKey(
                "generate.index.for.unions", .boolean, defaultValue: "true",
                documentation: "Whether the field for a oneof has the oneof's index in its name."),
            into: \.addsIndexToUnions),
        ConfigOption(
            ConfigKey(
                "flatten.unions", .boolean, defaultValue: "false",
                documentation: "Whether the fields of a oneof are read as fields of its message."),
            into: \.flattensUnions),
        ConfigOption(
            ConfigKey(
                "reference.lookup.only", .boolean, defaultValue: "false",
                documentation: "Whether imported files are only looked up in the registry."),
            use: .withoutEffect(reason: noReferences)),
        ConfigOption(
            ConfigKey(
                "skip.known.types", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether the files of Google and Confluent that a schema imports are not registered."),
            use: .refused(remedy: "cdcd registers no files that every registry knows")),
        ConfigOption(
            ConfigKey(
                "reference.subject.name.strategy", .classReference,
                defaultValue: "io.confluent.kafka.serializers.subject.DefaultReferenceSubjectNameStrategy",
                importance: .low, documentation: "How the subjects of imported files are named."),
            use: .withoutEffect(reason: noReferences)),
    ])
}
