/// The settings of a JSON converter that affect its output.
struct JSONConverterOptions: Hashable, Sendable {
    /// `schemas.enable`
    var writesSchemas = true
    /// `decimal.format=NUMERIC`
    var writesDecimalsAsNumbers = false
    /// `replace.null.with.default`
    var replacesNullWithDefault = true

    var withoutSchemas: JSONConverterOptions {
        var options = self
        options.writesSchemas = false
        return options
    }
}
