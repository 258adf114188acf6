/// A token of a statement.
struct DDLToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A keyword or an identifier without quotes.
        case word
        /// An identifier in backticks, or in double quotes under ANSI_QUOTES.
        case quotedIdentifier
        /// `'…'` or `"…"`; also `N'…'`.
        case string
        /// Digits, with a fraction or an exponent.
        case number
        /// `0x…` or `x'…'`.
        case hexadecimal
        /// `0b…` or `b'…'`.
        case bits
        /// One character of punctuation.
        case symbol(UInt8)
        /// After the last token.
        case end
    }

    let kind: Kind
    /// Offsets in the text's UTF-8 bytes, including quotes.
    let range: Range<Int>
    /// A word in upper case (ASCII letters only); empty for everything else.
    let keyword: String
    /// Whether it is in an executable comment.
    let isInComment: Bool
}
