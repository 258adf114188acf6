/// A text of statements, cut into tokens once for all who read it.
struct LexedText: Sendable {
    let bytes: [UInt8]
    /// The last one is `.end`.
    let tokens: [DDLToken]
    /// A quote or a comment that is not terminated; the tokens are those before it.
    let fault: DDLLexer.Unterminated?

    /// A text without tokens.
    static let empty = LexedText("")

    init(_ text: String, sqlMode: SQLMode = []) {
        bytes = Array(text.utf8)
        (tokens, fault) = DDLLexer.tokens(of: bytes, sqlMode: sqlMode)
    }

    /// The token at an index; `.end` beyond the last.
    subscript(_ index: Int) -> DDLToken { tokens[min(index, tokens.count - 1)] }
}
