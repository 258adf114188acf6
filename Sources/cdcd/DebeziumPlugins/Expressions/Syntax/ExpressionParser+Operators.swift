import ConnectData

// Operators, by precedence.
extension ExpressionParser {
    private enum Infix {
        case binary(BinaryOperator)
        case and, or, coalesce
        case range(excludesEnd: Bool)
        case instanceOf(isNegated: Bool)
        case cast
    }

    /// A whole expression, with its conditions.
    mutating func expression() throws(ExpressionError) -> ExpressionNode {
        try nested { (parser) throws(ExpressionError) in try parser.conditional() }
    }

    /// Runs a part of the parser in parentheses or brackets, in which line breaks have no meaning.
    mutating func bracketed<T>(
        _ body: (inout ExpressionParser) throws(ExpressionError) -> T
    ) throws(ExpressionError) -> T {
        nesting += 1
        defer { nesting -= 1 }
        return try body(&self)
    }

    private mutating func conditional() throws(ExpressionError) -> ExpressionNode {
        let start = place
        let test = try binary(1)
        if language == .groovy, accept("?:") {
            let other = try expression()
            return try node(.elvis(test, other), start, over: [test, other])
        }
        guard accept("?") else { return test }
        let first = try bracketed { (parser) throws(ExpressionError) in try parser.expression() }
        try expect(":")
        let second = try expression()
        return try node(.conditional(test, first, second), start, over: [test, first, second])
    }

    // MARK: Binary operators

    private mutating func binary(_ minimum: Int) throws(ExpressionError) -> ExpressionNode {
        var left = try unary()
        while let (infix, level, symbol) = try infix(), level >= minimum {
            let operatorPlace = place
            advance()
            if symbol == "!in" || symbol == "!instanceof" { advance() }
            left = try combined(left, infix, level, operatorPlace)
        }
        return left
    }

    private mutating func combined(
        _ left: ExpressionNode, _ infix: Infix, _ level: Int, _ place: SourcePlace
    ) throws(ExpressionError) -> ExpressionNode {
        switch infix {
        case .cast: return try node(.cast(left, try typeName(), isConversion: true), place, over: [left])
        case .instanceOf(let isNegated):
            let test = try node(.instanceOf(left, try typeName()), place, over: [left])
            return isNegated ? try node(.unary(.not, test), place, over: [test]) : test
        case .binary, .and, .or, .coalesce, .range: break
        }
        let right = try nested { (parser) throws(ExpressionError) in try parser.binary(level + 1) }
        let kind: ExpressionNode.Kind
        switch infix {
        case .and:
            if case .and(let operands) = left.kind { return Self.extended(left, .and(operands + [right]), right) }
            kind = .and([left, right])
        case .or:
            if case .or(let operands) = left.kind { return Self.extended(left, .or(operands + [right]), right) }
            kind = .or([left, right])
        case .coalesce:
            guard !left.isLogical, !right.isLogical else {
                throw ExpressionError("'??' needs parentheses beside '&&' and '||'", at: place)
            }
            kind = .coalesce(left, right)
        case .range(let excludesEnd): kind = .range(left, right, excludesEnd: excludesEnd)
        case .binary(let operation):
            kind = .binary(operation, left, try pattern(right, for: operation))
        case .cast, .instanceOf: preconditionFailure("returned above")
        }
        return try node(kind, place, over: [left, right])
    }

    /// A list of operands with one more, which is not deeper for it.
    private static func extended(
        _ list: ExpressionNode, _ kind: ExpressionNode.Kind, _ operand: ExpressionNode
    ) -> ExpressionNode {
        ExpressionNode(kind: kind, place: list.place, depth: max(list.depth, operand.depth + 1))
    }

    /// The constant pattern of `=~` and `==~`, compiled.
    private func pattern(
        _ operand: ExpressionNode, for operation: BinaryOperator
    ) throws(ExpressionError) -> ExpressionNode {
        guard operation == .find || operation == .match, case .constant(.string(let text)) = operand.kind else {
            return operand
        }
        return try node(.constant(.pattern(.java(try javaPattern(text, operand.place)))), operand.place)
    }

    func javaPattern(_ text: String, _ place: SourcePlace) throws(ExpressionError) -> JavaPattern {
        do {
            return try JavaPattern(text)
        } catch {
            throw ExpressionError("Invalid regular expression: \(error.description)", at: place)
        }
    }

    /// The binary operator at the position and its precedence.
    private func infix() throws(ExpressionError) -> (Infix, Int, String)? {
        switch token.kind {
        case .identifier(let word): return try wordOperator(word)
        case .symbol(let symbol):
            // A statement of Groovy continues in the next line only with an operator that can begin no other.
            if token.startsLine, nesting == 0, language == .groovy, symbol == "+" || symbol == "-" { return nil }
            return language == .groovy ? try groovyOperator(symbol) : javaScriptOperator(symbol)
        case .number, .text, .template, .slashed, .end: return nil
        }
    }

    private func wordOperator(_ word: String) throws(ExpressionError) -> (Infix, Int, String)? {
        switch (word, language) {
        case ("in", _): (.binary(.contained), 8, word)
        case ("instanceof", .groovy): (.instanceOf(isNegated: false), 8, word)
        case ("as", .groovy): (.cast, 8, word)
        case ("instanceof", .javaScript): throw failure("'instanceof' is not supported in expressions")
        default: nil
        }
    }

    private func groovyOperator(_ symbol: String) throws(ExpressionError) -> (Infix, Int, String)? {
        switch symbol {
        case "||": return (.or, 1, symbol)
        case "&&": return (.and, 2, symbol)
        case "|": return (.binary(.bitOr), 3, symbol)
        case "^": return (.binary(.bitXor), 4, symbol)
        case "&": return (.binary(.bitAnd), 5, symbol)
        case "=~": return (.binary(.find), 6, symbol)
        case "==~": return (.binary(.match), 6, symbol)
        case "==", "!=", "<=>": return BinaryOperator(rawValue: symbol).map { (.binary($0), 7, symbol) }
        case "===", "!==": throw failure("'\(symbol)' is not supported in Groovy; use '\(symbol.dropLast())'")
        case "<", "<=", ">", ">=": return BinaryOperator(rawValue: symbol).map { (.binary($0), 8, symbol) }
        case "!" where isWord("in", at: 1): return (.binary(.notContained), 8, "!in")
        case "!" where isWord("instanceof", at: 1): return (.instanceOf(isNegated: true), 8, "!instanceof")
        case "..": return (.range(excludesEnd: false), 9, symbol)
        case "..<": return (.range(excludesEnd: true), 9, symbol)
        case "<<", ">>", ">>>": return BinaryOperator(rawValue: symbol).map { (.binary($0), 9, symbol) }
        case "+", "-": return BinaryOperator(rawValue: symbol).map { (.binary($0), 10, symbol) }
        case "*", "/", "%": return BinaryOperator(rawValue: symbol).map { (.binary($0), 11, symbol) }
        default: return nil
        }
    }

    private func javaScriptOperator(_ symbol: String) -> (Infix, Int, String)? {
        switch symbol {
        case "??": return (.coalesce, 1, symbol)
        case "||": return (.or, 2, symbol)
        case "&&": return (.and, 3, symbol)
        case "|": return (.binary(.bitOr), 4, symbol)
        case "^": return (.binary(.bitXor), 5, symbol)
        case "&": return (.binary(.bitAnd), 6, symbol)
        default: break
        }
        let levels = [
            "==": 7, "!=": 7, "===": 7, "!==": 7, "<": 8, "<=": 8, ">": 8, ">=": 8, "<<": 9, ">>": 9, ">>>": 9, "+": 10,
            "-": 10, "*": 11, "/": 11, "%": 11,
        ]
        guard let level = levels[symbol] else { return nil }
        return BinaryOperator(rawValue: symbol).map { (.binary($0), level, symbol) }
    }

    // MARK: Unary operators

    private mutating func unary() throws(ExpressionError) -> ExpressionNode {
        let start = place
        let operation: UnaryOperator
        switch token.kind {
        case .symbol("!"): operation = .not
        case .symbol("-"): operation = .negate
        case .symbol("+"): operation = .plus
        case .symbol("~"): operation = .complement
        case .symbol("++"), .symbol("--"): throw unexpected()
        case .identifier("typeof") where language == .javaScript: operation = .typeOf
        default:
            if language == .groovy, let type = castType() {
                let operand = try nested { (parser) throws(ExpressionError) in try parser.unary() }
                return try node(.cast(operand, type, isConversion: false), start, over: [operand])
            }
            return try power()
        }
        advance()
        let operand = try nested { (parser) throws(ExpressionError) in try parser.unary() }
        if language == .javaScript, case .binary(.power, _, _) = operand.kind {
            throw ExpressionError("'**' needs parentheses beside a unary operator", at: start)
        }
        if operation == .complement, language == .groovy, case .constant(.string(let text)) = operand.kind {
            return try node(.constant(.pattern(.java(try javaPattern(text, operand.place)))), start)
        }
        return try node(.unary(operation, operand), start, over: [operand])
    }

    /// Reads a cast `(Type)`, if there is one.
    private mutating func castType() -> GroovyType? {
        guard isSymbol("("), let name = identifier(at: 1), isSymbol(")", at: 2), slot(of: name) == nil,
            let type = GroovyType(named: name)
        else { return nil }
        switch next(3).kind {
        case .identifier, .number, .text, .template, .slashed, .symbol("("):
            advance()
            advance()
            advance()
            return type
        case .symbol, .end: return nil
        }
    }

    private mutating func power() throws(ExpressionError) -> ExpressionNode {
        let start = place
        let base = try postfix()
        guard accept("**") else { return base }
        let exponent = try nested { (parser) throws(ExpressionError) in try parser.unary() }
        return try node(.binary(.power, base, exponent), start, over: [base, exponent])
    }

    /// The name of a type, with or without its package.
    private mutating func typeName() throws(ExpressionError) -> GroovyType {
        let start = place
        var name = try expectName("the name of a type")
        while isSymbol("."), let part = identifier(at: 1) {
            advance()
            advance()
            name += ".\(part)"
        }
        guard let type = GroovyType(named: name) else { throw ExpressionError("Unknown type '\(name)'", at: start) }
        return type
    }
}
