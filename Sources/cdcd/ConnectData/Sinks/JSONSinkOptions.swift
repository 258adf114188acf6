/// The settings of a JSON converter that affect its output.
package struct JSONSinkOptions: Hashable, Sendable {
    /// `schemas.enable`
    package var writesSchemas = true
    /// `decimal.format=NUMERIC`
    package var writesDecimalsAsNumbers = false
    /// `replace.null.with.default`
    package var replacesNullWithDefault = true

    package init() {}

    package var withoutSchemas: JSONSinkOptions {
        var options = self
        options.writesSchemas = false
        return options
    }
}
