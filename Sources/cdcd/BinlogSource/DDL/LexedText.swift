/// SQL text and its tokens.
struct LexedText: Sendable {
    let bytes: [UInt8]
    /// The last one is `.end`.
    let tokens: [DDLToken]
    /// Set if a quote or a comment is not terminated; the tokens are those before it.
    let error: DDLLexer.UnterminatedError?

    /// A text without tokens.
    static let empty = LexedText("")

    init(_ text: String, sqlMode: SQLMode = []) {
        bytes = Array(text.utf8)
        (tokens, error) = DDLLexer.tokens(of: bytes, sqlMode: sqlMode)
    }

    /// The token at an index; `.end` beyond the last.
    subscript(_ index: Int) -> DDLToken { tokens[min(index, tokens.count - 1)] }
}
