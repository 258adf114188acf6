// Statements: declarations, assignments, conditions, results.
extension ExpressionParser {
    /// Statements up to a token that ends them, which is not read.
    mutating func statements(
        until isEnd: (ExpressionToken) -> Bool
    ) throws(ExpressionError) -> [ExpressionStatement] {
        var statements: [ExpressionStatement] = []
        while true {
            while accept(";") {}
            if isEnd(token) { return statements }
            if case .end = token.kind { throw unexpected() }
            statements.append(try nested { (parser) throws(ExpressionError) in try parser.statement() })
            guard isSymbol(";") || token.startsLine || isEnd(token) || endsBlock else { throw unexpected() }
        }
    }

    /// Whether the previous token closed a block, after which no separator is needed.
    private var endsBlock: Bool { isSymbol("}", at: -1) }

    private static let unsupported: [String: String] = [
        "for": "'for' loops are", "while": "'while' loops are", "do": "'do' loops are", "switch": "'switch' is",
        "try": "'try' is", "throw": "'throw' is", "class": "Classes are", "import": "'import' is", "new": "'new' is",
        "assert": "'assert' is", "delete": "'delete' is", "void": "'void' is", "async": "Asynchronous functions are",
        "await": "'await' is", "yield": "'yield' is", "with": "'with' is", "this": "'this' is", "super": "'super' is",
        "break": "'break' is", "continue": "'continue' is", "package": "'package' is", "goto": "'goto' is",
        "interface": "Interfaces are", "enum": "Enumerations are", "debugger": "'debugger' is", "var": "'var' is",
        "export": "'export' is", "case": "'case' is", "default": "'default' is", "print": "'print' is",
        "println": "'println' is", "console": "'console' is",
    ]

    /// The refusal of a keyword that begins a statement or an expression, if it is one.
    func unsupportedWord(_ word: String) -> ExpressionError? {
        Self.unsupported[word].map { failure("\($0) not supported in expressions") }
    }

    private mutating func statement() throws(ExpressionError) -> ExpressionStatement {
        if language == .javaScript, accept("{") { return .block(try block()) }
        guard let word = identifier() else { return try assignmentOrExpression() }
        switch word {
        case "if": return try condition()
        case "return": return try result()
        case "else": throw unexpected()
        default: break
        }
        switch language {
        case .groovy:
            let isTyped = GroovyType(named: word) != nil
                && identifier(at: 1).map { !["as", "in", "instanceof"].contains($0) } ?? false
            if word == "def" || word == "final" || word == "var" || isTyped { return try groovyDeclaration() }
        case .javaScript:
            if word == "let" || word == "const" || word == "var" { return try javaScriptDeclaration() }
            if word == "function", identifier(at: 1) != nil { return try functionDeclaration() }
        }
        return try assignmentOrExpression()
    }

    // MARK: Declarations

    private mutating func groovyDeclaration() throws(ExpressionError) -> ExpressionStatement {
        while identifier(at: 1) != nil { advance() }
        return try declaration()
    }

    private mutating func javaScriptDeclaration() throws(ExpressionError) -> ExpressionStatement {
        advance()
        guard !isSymbol("{"), !isSymbol("[") else { throw failure("Destructuring is not supported in expressions") }
        var statements = [try declaration()]
        while accept(",") { statements.append(try declaration()) }
        // Declarations stay visible after the list.
        return statements.count == 1 ? statements[0] : .block(statements)
    }

    private mutating func declaration() throws(ExpressionError) -> ExpressionStatement {
        let start = place
        let name = try expectName("the name of a variable")
        guard accept("=") else {
            let value: ScriptValue = language == .groovy ? .null : .undefined
            return .assign(try declare(name), try node(.constant(value), start), isDeclaration: true)
        }
        let value = try expression()
        return .assign(try declare(name), value, isDeclaration: true)
    }

    private mutating func functionDeclaration() throws(ExpressionError) -> ExpressionStatement {
        let start = place
        advance()
        let name = try expectName("the name of a function")
        let function = try functionBody(start)
        return .assign(try declare(name), function, isDeclaration: true)
    }

    // MARK: Conditions and results

    private mutating func condition() throws(ExpressionError) -> ExpressionStatement {
        advance()
        try expect("(")
        let test = try bracketed { (parser) throws(ExpressionError) in try parser.expression() }
        try expect(")")
        let consequence = try branch()
        // A semicolon or a line break may precede `else`.
        let hasSemicolon = isSymbol(";") && isWord("else", at: 1)
        if hasSemicolon { advance() }
        guard isWord("else") else { return .condition(test, consequence, []) }
        advance()
        return .condition(test, consequence, try branch())
    }

    private mutating func branch() throws(ExpressionError) -> [ExpressionStatement] {
        if accept("{") { return try block() }
        return try scoped { (parser) throws(ExpressionError) in [try parser.statement()] }
    }

    /// The statements of a block whose opening brace was read.
    mutating func block() throws(ExpressionError) -> [ExpressionStatement] {
        let outer = nesting
        nesting = 0
        defer { nesting = outer }
        let statements = try scoped { (parser) throws(ExpressionError) in
            try parser.statements { if case .symbol("}") = $0.kind { true } else { false } }
        }
        try expect("}")
        return statements
    }

    private mutating func result() throws(ExpressionError) -> ExpressionStatement {
        guard language == .groovy || functionDepth > 0 else {
            throw failure("'return' is allowed only in a function; JavaScript's result is the value of the last statement")
        }
        advance()
        let isEmpty = isSymbol(";") || isSymbol("}") || token.startsLine
        if isEmpty { return .result(nil) }
        if case .end = token.kind { return .result(nil) }
        return .result(try expression())
    }

    // MARK: Assignments

    private static let assignments: [String: BinaryOperator?] = [
        "=": nil, "+=": .add, "-=": .subtract, "*=": .multiply, "/=": .divide, "%=": .remainder,
    ]

    private mutating func assignmentOrExpression() throws(ExpressionError) -> ExpressionStatement {
        guard let name = identifier(), case .symbol(let symbol) = next().kind,
            let combination = Self.assignments[symbol]
        else { return .evaluate(try expression()) }
        let start = place
        let known = slot(of: name)
        if known == nil, RecordVariable(rawValue: name) != nil || name == "header" {
            throw failure("The variables of a record must not be modified")
        }
        // Groovy declares a variable by its first assignment.
        guard known != nil || language == .groovy && combination == nil else {
            throw failure("Unknown variable '\(name)'")
        }
        advance()
        advance()
        let value = try expression()
        let slot = if let known { known } else { try declare(name) }
        guard let combination else { return .assign(slot, value, isDeclaration: false) }
        let old = try node(.local(slot), start)
        return .assign(
            slot, try node(.binary(combination, old, value), start, over: [value]), isDeclaration: false)
    }
}
