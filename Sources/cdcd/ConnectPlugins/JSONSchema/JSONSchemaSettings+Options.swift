import ConnectData

/// The declarations, in the order of `AbstractDataConfig`, `JsonSchemaDataConfig` and
/// `KafkaJsonSchemaSerializerConfig`.
extension JSONSchemaSettings {
    private static let derivedOnly = "it concerns serializers that derive schemas from Java objects"

    static let options = ConfigOptions<JSONSchemaSettings>([
        ConfigOption(ConfluentDataKeys.generalizedSumTypes, into: \.supportsGeneralizedSumTypes),
        ConfigOption(ConfluentDataKeys.ignoresDefaultsOfNullables) { input, settings in
            if case .boolean(let value) = input.setting { settings.json.replacesNullWithDefault = !value }
        },
        ConfigOption(ConfluentDataKeys.schemaCount, into: \.schemaCountMax),
        ConfigOption(
            ConfigKey(
                "object.additional.properties", .boolean, defaultValue: "true",
                documentation: "Whether the schema of an object allows properties that it does not name."),
            into: \.allowsAdditionalProperties),
        ConfigOption(
            ConfigKey(
                "use.optional.for.nonrequired", .boolean, defaultValue: "false",
                documentation: "Whether a property that is not required is read as an optional field."),
            into: \.makesNonrequiredOptional),
        ConfigOption(
            ConfigKey(
                "ignore.modern.dialects", .boolean, defaultValue: "false", importance: .low,
                documentation: "Whether schemas of drafts after draft 7 are read by the rules of draft 7."),
            use: .withoutEffect(reason: "schemas of all drafts are read by the rules of draft 7")),
        ConfigOption(
            ConfigKey(
                "decimal.format", .string, defaultValue: "BASE64", importance: .low,
                documentation: "How decimals are written: 'BASE64', the unscaled value's bytes, or 'NUMERIC', a JSON number. "
                    + "In any case of letters.",
                validator: .oneOfIgnoringCase(["BASE64", "NUMERIC"]))
        ) { input, settings in settings.json.writesDecimalsAsNumbers = input.trimmed?.uppercased() == "NUMERIC" },
        ConfigOption(
            ConfigKey(
                "flatten.singleton.unions", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether a union of a single schema is read as that schema."),
            into: \.flattensSingletonUnions),
        ConfigOption(
            ConfigKey(
                "json.fail.unknown.properties", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether unknown properties of Java objects are errors."),
            use: .withoutEffect(reason: derivedOnly)),
        ConfigOption(
            ConfigKey(
                "json.fail.invalid.schema", .boolean, defaultValue: "false",
                documentation: "Whether a value is checked against its schema before it is written."),
            use: .refused(remedy: "cdcd writes values that match the schema that it registers, and does not check those of others")),
        ConfigOption(
            ConfigKey(
                "json.write.dates.iso8601", .boolean, defaultValue: "false",
                documentation: "Whether dates of Java objects are written as texts."),
            use: .withoutEffect(reason: derivedOnly)),
        ConfigOption(
            ConfigKey(
                "json.schema.spec.version", .string, defaultValue: "draft_7",
                documentation: "The draft of schemas that are derived from Java objects."),
            use: .withoutEffect(reason: derivedOnly)),
        ConfigOption(
            ConfigKey(
                "json.oneof.for.nullables", .boolean, defaultValue: "true",
                documentation: "Whether nullable members of Java objects are written as oneOf."),
            use: .withoutEffect(reason: derivedOnly)),
        ConfigOption(
            ConfigKey(
                "json.default.property.inclusion", .string,
                documentation: "Which members of Java objects are written."),
            use: .withoutEffect(reason: derivedOnly)),
        ConfigOption(
            ConfigKey(
                "json.indent.output", .boolean, defaultValue: "false", importance: .low,
                documentation: "Whether values are written with line ends and indentation."),
            use: .refused(remedy: "cdcd writes values without white space")),
    ])
}
