/// A token of an expression.
struct ExpressionToken {
    enum Kind {
        case identifier(String)
        case number(NumberToken)
        case text(String)
        /// A text with embedded expressions: a GString, a slashy string or a template literal.
        case template([TemplatePart])
        /// A regular expression literal of JavaScript.
        case slashed(pattern: String, flags: String)
        case symbol(String)
        case end
    }

    enum TemplatePart {
        case text(String)
        /// The tokens of an embedded expression, with an `end`.
        case expression([ExpressionToken])
    }

    let kind: Kind
    let place: SourcePlace
    /// Whether a line break precedes the token.
    let startsLine: Bool

    /// The token as it stands in messages.
    var described: String {
        switch kind {
        case .identifier(let name): "'\(name)'"
        case .number(let number): "'\(number.text)'"
        case .text, .template: "a string"
        case .slashed: "a regular expression"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the expression"
        }
    }
}

/// A number literal, not yet converted.
struct NumberToken {
    enum Radix: Int {
        case binary = 2
        case octal = 8
        case decimal = 10
        case hexadecimal = 16
    }

    /// Digits, point and exponent without radix prefix, underscores and suffix.
    var text: String
    var radix = Radix.decimal
    /// In lower case.
    var suffix: Character?
    var isFractional = false
}
