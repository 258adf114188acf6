/// The settings of a JSON converter that affect its output.
package struct JSONSinkOptions: Hashable, Sendable {
    /// `schemas.enable`
    package var writesSchemas = true
    /// `decimal.format=NUMERIC`
    package var writesDecimalsAsNumbers = false
    /// `replace.null.with.default`
    package var replacesNullWithDefault = true

    /// Whether maps and unions are as Confluent's `JsonSchemaConverter` writes them, not as Kafka's `JsonConverter`:
    /// an entry of a map whose keys are not strings is an object, and of a union only its value is written.
    package var followsConfluent = false

    package init() {}

    package var withoutSchemas: JSONSinkOptions {
        var options = self
        options.writesSchemas = false
        return options
    }
}
