import ConnectData

/// The properties of `AbstractDataConfig`, which Confluent's converters have in common.
enum ConfluentDataKeys {
    static let generalizedSumTypes = ConfigKey(
        "generalized.sum.type.support", .boolean, defaultValue: "false",
        documentation: "Whether unions and enumerations are marked in the way that all of Confluent's converters read.")
    static let ignoresDefaultsOfNullables = ConfigKey(
        "ignore.default.for.nullables", .boolean, defaultValue: "false",
        documentation: "Whether a null is written as null although its field has a default.")
    static let schemaCount = ConfigKey(
        "schemas.cache.config", .int, defaultValue: "1000", importance: .low,
        documentation: "How many translated schemas the converter keeps.")
}
