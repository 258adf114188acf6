import ConnectData

/// Compiles the source of an expression.
///
/// Everything that the interpreter does not know is refused here, with its place: variables, methods, statements.
struct ExpressionParser {
    let language: ExpressionLanguage
    private var tokens: [ExpressionToken]
    private var position = 0
    private var depth = 0
    /// Parentheses and brackets around the position; line breaks in them end no statement.
    var nesting = 0
    /// Functions of JavaScript around the position, outside of which `return` is not allowed.
    var functionDepth = 0
    private var scopes: [[String: Int]] = [[:]]
    private var slotCount = 0

    static func compile(
        _ source: String, language: ExpressionLanguage
    ) throws(ExpressionError) -> ExpressionProgram {
        var lexer = try ExpressionLexer(source, language: language)
        var parser = ExpressionParser(language, try lexer.tokens())
        let statements = try parser.statements { if case .end = $0.kind { true } else { false } }
        guard !statements.isEmpty else { throw parser.failure("The expression is empty") }
        return ExpressionProgram(language: language, statements: statements, slotCount: parser.slotCount)
    }

    private init(_ language: ExpressionLanguage, _ tokens: [ExpressionToken]) {
        self.language = language
        self.tokens = tokens
    }

    // MARK: Tokens

    var token: ExpressionToken { tokens[position] }
    var place: SourcePlace { token.place }

    func next(_ offset: Int = 1) -> ExpressionToken { tokens[min(position + offset, tokens.count - 1)] }

    mutating func advance() { if position < tokens.count - 1 { position += 1 } }

    func isSymbol(_ symbol: String, at offset: Int = 0) -> Bool {
        if case .symbol(let found) = next(offset).kind { found == symbol } else { false }
    }

    func isWord(_ word: String, at offset: Int = 0) -> Bool { identifier(at: offset) == word }

    func identifier(at offset: Int = 0) -> String? {
        if case .identifier(let name) = next(offset).kind { name } else { nil }
    }

    mutating func accept(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard accept(symbol) else { throw failure("Expected '\(symbol)', found \(token.described)") }
    }

    mutating func expectName(_ what: String) throws(ExpressionError) -> String {
        guard let name = identifier() else { throw failure("Expected \(what), found \(token.described)") }
        advance()
        return name
    }

    func failure(_ message: String) -> ExpressionError { ExpressionError(message, at: place) }

    // MARK: Nodes

    func node(
        _ kind: ExpressionNode.Kind, _ place: SourcePlace, over children: [ExpressionNode] = []
    ) throws(ExpressionError) -> ExpressionNode {
        let depth = (children.map(\.depth).max() ?? 0) + 1
        guard depth <= ExpressionLimits.depth else {
            throw ExpressionError("The expression has more than \(ExpressionLimits.depth) levels", at: place)
        }
        return ExpressionNode(kind: kind, place: place, depth: depth)
    }

    /// Runs a part of the parser one level deeper.
    mutating func nested<T>(
        _ body: (inout ExpressionParser) throws(ExpressionError) -> T
    ) throws(ExpressionError) -> T {
        guard depth < ExpressionLimits.nesting else {
            throw failure("The expression is nested more than \(ExpressionLimits.nesting) levels deep")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    /// Compiles an expression embedded in a text.
    mutating func embedded(_ embedded: [ExpressionToken]) throws(ExpressionError) -> ExpressionNode {
        let outer = (tokens, position, nesting)
        defer { (tokens, position, nesting) = outer }
        (tokens, position, nesting) = (embedded, 0, 1)
        let node = try nested { (parser) throws(ExpressionError) in try parser.expression() }
        guard case .end = token.kind else { throw unexpected() }
        return node
    }

    func unexpected() -> ExpressionError {
        switch token.kind {
        case .symbol("="), .symbol("+="), .symbol("-="):
            return failure("An assignment is supported only to a variable, as a statement of its own")
        case .symbol("++"), .symbol("--"): return failure("\(token.described) is not supported")
        case .symbol("=>"), .symbol("->"): return failure("Unexpected \(token.described)")
        default: return failure("Unexpected \(token.described)")
        }
    }

    // MARK: Variables

    func slot(of name: String) -> Int? { scopes.reversed().lazy.compactMap { $0[name] }.first }

    mutating func declare(_ name: String) throws(ExpressionError) -> Int {
        guard scopes[scopes.count - 1][name] == nil else {
            throw failure("The variable '\(name)' is already declared")
        }
        guard slotCount < 256 else { throw failure("The expression has too many variables") }
        scopes[scopes.count - 1][name] = slotCount
        slotCount += 1
        return slotCount - 1
    }

    mutating func scoped<T>(
        _ body: (inout ExpressionParser) throws(ExpressionError) -> T
    ) throws(ExpressionError) -> T {
        scopes.append([:])
        defer { scopes.removeLast() }
        return try nested(body)
    }
}
