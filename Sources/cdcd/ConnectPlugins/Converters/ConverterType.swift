import ConnectData

/// What Java's `ConverterConfig` defines for all converters.
enum ConverterType {
    /// `converter.type`, without a default. The registry's factories need not be given it.
    static func option<Target>() -> ConfigOption<Target> {
        ConfigOption(
            ConfigKey(
                "converter.type", .string, isRequired: true, importance: .low,
                documentation: "What the converter is used for: key, value or header.",
                validator: .oneOf(["key", "value", "header"])),
            use: .withoutEffect(reason: "keys, values and headers are written alike"))
    }

    /// The properties with a type, if they have none.
    static func completed(_ properties: [String: String]) -> [String: String] {
        properties.merging(["converter.type": "value"]) { given, _ in given }
    }
}
