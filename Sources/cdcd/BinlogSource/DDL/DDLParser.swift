/// Parses statements as far as they affect table definitions, and recognises all others that occur in a binlog.
///
/// Never throws and never traps: unparsable statements are returned as `.unparsable`, with the tables that they may
/// touch.
/// Source: the grammars in MySQL's manual (5.7 to 9.7), "SQL Statements", and MariaDB's "Data Definition".
package struct DDLParser {
    let bytes: [UInt8]
    let tokens: [DDLToken]
    var index = 0
    /// The start of the current statement.
    var statementStart = 0
    /// The tables that the current statement names so far; nil if it could touch any.
    var touches: [ObjectName]?

    /// All statements of a text. Spaces, comments and delimiters between them are left out.
    package static func parse(_ text: String, sqlMode: SQLMode = []) -> [ParsedStatement] {
        parse(LexedText(text, sqlMode: sqlMode))
    }

    static func parse(_ text: LexedText) -> [ParsedStatement] {
        var parser = DDLParser(bytes: text.bytes, tokens: text.tokens)
        var statements = parser.statements()
        if let error = text.error { parser.mark(error, in: &statements) }
        return statements
    }

    init(bytes: [UInt8], tokens: [DDLToken]) {
        self.bytes = bytes
        self.tokens = tokens
    }

    private mutating func statements() -> [ParsedStatement] {
        var statements: [ParsedStatement] = []
        while true {
            while isSymbol(";") { index += 1 }
            guard current.kind != .end else { return statements }
            let first = index
            statementStart = first
            touches = nil
            var kind: ParsedStatement.Kind
            do throws(DDLSyntaxError) {
                kind = try statement()
                if current.kind != .end, !isSymbol(";") { throw syntaxError("the end of the statement") }
            } catch {
                kind = .unparsable(error.error(in: bytes), touches: touches)
                while current.kind != .end, !isSymbol(";") { index += 1 }
            }
            let plainEnd = tokens[first..<index].lastIndex { !$0.isInComment }.map { $0 + 1 } ?? index
            statements.append(
                ParsedStatement(
                    text: text(from: first, to: index), plainText: text(from: first, to: plainEnd), kind: kind))
        }
    }

    /// The content of an unterminated quote or comment is unknown: the statement before it is reliable only if it
    /// concerns no table at all.
    private func mark(_ unterminated: DDLLexer.UnterminatedError, in statements: inout [ParsedStatement]) {
        let error = DDLSyntaxError(reason: .unterminated(unterminated.what), offset: unterminated.offset)
            .error(in: bytes)
        guard let last = statements.last else {
            let text = String(decoding: bytes, as: UTF8.self)
            statements.append(ParsedStatement(text: text, kind: .unparsable(error, touches: nil)))
            return
        }
        if case .other = last.kind { return }
        statements[statements.count - 1].kind = .unparsable(error, touches: touches)
    }

    // MARK: Cursor

    var current: DDLToken { tokens[index] }

    /// The token at this distance; `.end` after the last.
    func peek(_ ahead: Int) -> DDLToken { tokens[min(index + ahead, tokens.count - 1)] }

    mutating func advance() { if index < tokens.count - 1 { index += 1 } }

    func isWord(_ keyword: String, ahead: Int = 0) -> Bool {
        let token = peek(ahead)
        return token.kind == .word && token.keyword == keyword
    }

    func isWords(_ keywords: String...) -> Bool {
        for (ahead, keyword) in keywords.enumerated() where !isWord(keyword, ahead: ahead) { return false }
        return true
    }

    func isSymbol(_ symbol: Unicode.Scalar, ahead: Int = 0) -> Bool {
        peek(ahead).kind == .symbol(UInt8(truncatingIfNeeded: symbol.value))
    }

    mutating func skip(_ keyword: String) -> Bool {
        guard isWord(keyword) else { return false }
        advance()
        return true
    }

    /// Skips all of these consecutive words, or none of them.
    mutating func skipAll(_ keywords: String...) -> Bool {
        for (ahead, keyword) in keywords.enumerated() where !isWord(keyword, ahead: ahead) { return false }
        for _ in keywords { advance() }
        return true
    }

    mutating func skip(anyOf keywords: Set<String>) -> String? {
        guard current.kind == .word, keywords.contains(current.keyword) else { return nil }
        let keyword = current.keyword
        advance()
        return keyword
    }

    mutating func skipSymbol(_ symbol: Unicode.Scalar) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ keyword: String) throws(DDLSyntaxError) {
        guard skip(keyword) else { throw syntaxError(keyword) }
    }

    mutating func expectSymbol(_ symbol: Unicode.Scalar) throws(DDLSyntaxError) {
        guard skipSymbol(symbol) else { throw syntaxError("'\(symbol)'") }
    }

    func syntaxError(_ expected: String) -> DDLSyntaxError {
        let token = current
        let found = token.kind == .end ? "the end of the text" : "'\(text(of: token.range))'"
        return DDLSyntaxError(reason: .unexpected(found: found, expected: expected), offset: token.range.lowerBound)
    }

    // MARK: Text

    func text(of range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The text from one token to the one before another, including comments between them.
    func text(from first: Int, to end: Int) -> String {
        guard first < end, end <= tokens.count else { return "" }
        return text(of: tokens[first].range.lowerBound..<tokens[end - 1].range.upperBound)
    }

    /// The texts of the tokens, concatenated.
    func joined(from first: Int, to end: Int) -> String {
        guard first < end, end <= tokens.count else { return "" }
        return tokens[first..<end].map { text(of: $0.range) }.joined()
    }

    /// Skips a parenthesised group if one begins here.
    mutating func skipParentheses() throws(DDLSyntaxError) {
        try expectSymbol("(")
        var depth = 1
        while depth > 0 {
            switch current.kind {
            case .symbol(UInt8(ascii: "(")): depth += 1
            case .symbol(UInt8(ascii: ")")): depth -= 1
            case .end: throw syntaxError("')'")
            default: break
            }
            advance()
        }
    }

    /// Skips to the next of these symbols outside parentheses, to a delimiter or to the end.
    mutating func skipTo(_ symbols: Unicode.Scalar...) throws(DDLSyntaxError) {
        while current.kind != .end, !isSymbol(";") {
            for symbol in symbols where isSymbol(symbol) { return }
            if isSymbol("(") { try skipParentheses() } else { advance() }
        }
    }

    /// Skips to the delimiter or the end.
    mutating func skipStatement() {
        while current.kind != .end, !isSymbol(";") { advance() }
    }
}

/// A position at which the grammar requires something else.
struct DDLSyntaxError: Error {
    let reason: DDLError.Reason
    let offset: Int

    func error(in bytes: [UInt8]) -> DDLError {
        let before = String(decoding: bytes.prefix(offset), as: UTF8.self)
        let line = before.split(separator: "\n", omittingEmptySubsequences: false)
        return DDLError(
            reason, statement: String(decoding: bytes, as: UTF8.self), line: line.count,
            column: (line.last?.count ?? 0) + 1)
    }
}
