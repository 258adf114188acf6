import ConnectData

/// The settings of Confluent's `JsonSchemaConverter` for schemas and values (`JsonSchemaDataConfig`).
struct JSONSchemaSettings: Sendable {
    var json: JSONSinkOptions = {
        var options = JSONSinkOptions()
        options.writesSchemas = false
        options.followsConfluent = true
        return options
    }()
    /// `object.additional.properties`
    var allowsAdditionalProperties = true
    /// `use.optional.for.nonrequired`
    var makesNonrequiredOptional = false
    /// `generalized.sum.type.support`
    var supportsGeneralizedSumTypes = false
    /// `flatten.singleton.unions`
    var flattensSingletonUnions = true
    /// `schemas.cache.config`
    var schemaCountMax = 1000
}
