/// The settings of a JSON converter that decide what it writes.
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
