import ConnectData

// Operands: literals, variables, members, calls.
extension ExpressionParser {
    mutating func postfix() throws(ExpressionError) -> ExpressionNode {
        var operand = try primary()
        while true {
            if token.startsLine, nesting == 0, language == .groovy, !isSymbol("."), !isSymbol("?.") { return operand }
            let start = place
            switch token.kind {
            case .symbol("."), .symbol("?."):
                let isSafe = isSymbol("?.")
                advance()
                operand = try member(of: operand, isSafe: isSafe, start)
            case .symbol("["), .symbol("?["):
                let isSafe = isSymbol("?[")
                advance()
                operand = try subscripted(operand, isSafe: isSafe, start)
            case .symbol("("):
                advance()
                let arguments = try arguments()
                operand = try node(.call(operand, arguments), start, over: [operand] + arguments)
            case .symbol("++"), .symbol("--"): throw unexpected()
            case .symbol("*."), .symbol(".&"), .symbol("::"), .symbol("?="), .symbol("..."):
                throw failure("The operator \(token.described) is not supported in expressions")
            case .template where language == .javaScript:
                throw failure("Tagged templates are not supported in expressions")
            default: return operand
            }
        }
    }

    private mutating func subscripted(
        _ operand: ExpressionNode, isSafe: Bool, _ start: SourcePlace
    ) throws(ExpressionError) -> ExpressionNode {
        let index = try bracketed { (parser) throws(ExpressionError) in try parser.expression() }
        if isSymbol(",") { throw failure("Several indexes are not supported in expressions") }
        try expect("]")
        return try node(.index(operand, index, isSafe: isSafe), start, over: [operand, index])
    }

    private mutating func member(
        of operand: ExpressionNode, isSafe: Bool, _ start: SourcePlace
    ) throws(ExpressionError) -> ExpressionNode {
        if language == .javaScript, isSafe, accept("[") { return try subscripted(operand, isSafe: true, start) }
        if language == .javaScript, isSafe, isSymbol("(") {
            throw failure("Optional calls are not supported in expressions")
        }
        let namePlace = place
        switch token.kind {
        case .identifier(let name):
            advance()
            let hasClosure = language == .groovy && isSymbol("{") && !token.startsLine
            guard isSymbol("(") && !(language == .groovy && token.startsLine) || hasClosure else {
                return try node(.member(operand, MemberSite(name), isSafe: isSafe), start, over: [operand])
            }
            return try invocation(of: operand, name, isSafe: isSafe, start, namePlace)
        case .text(let name) where language == .groovy:
            advance()
            return try node(.member(operand, MemberSite(name), isSafe: isSafe), start, over: [operand])
        default: throw failure("Expected the name of a member, found \(token.described)")
        }
    }

    private mutating func invocation(
        of operand: ExpressionNode, _ name: String, isSafe: Bool, _ start: SourcePlace, _ namePlace: SourcePlace
    ) throws(ExpressionError) -> ExpressionNode {
        let method: ScriptMethod
        switch language {
        case .groovy:
            guard let known = GroovyMethod(rawValue: name) else {
                throw ExpressionError("The method '\(name)' is not supported in expressions", at: namePlace)
            }
            method = .groovy(known)
        case .javaScript:
            guard let known = JavaScriptMethod(rawValue: name) else {
                throw ExpressionError("The method '\(name)' is not supported in expressions", at: namePlace)
            }
            method = .javaScript(known)
        }
        var arguments: [ExpressionNode] = []
        if accept("(") { arguments = try self.arguments() }
        if language == .groovy, isSymbol("{"), !token.startsLine { arguments.append(try closure()) }
        if case .groovy(let method) = method, [.matches, .replaceAll, .replaceFirst, .split].contains(method),
            case .constant(.string(let text))? = arguments.first?.kind {
            _ = try javaPattern(text, arguments[0].place)
        }
        return try node(.invoke(operand, method, arguments, isSafe: isSafe), start, over: [operand] + arguments)
    }

    /// The arguments of a call whose opening parenthesis was read.
    private mutating func arguments() throws(ExpressionError) -> [ExpressionNode] {
        try list(until: ")")
    }

    private mutating func list(until end: String) throws(ExpressionError) -> [ExpressionNode] {
        try bracketed { (parser) throws(ExpressionError) in
            var items: [ExpressionNode] = []
            while !parser.isSymbol(end) {
                if parser.isSymbol("...") || parser.isSymbol("*") {
                    throw parser.failure("Spreading is not supported in expressions")
                }
                items.append(try parser.expression())
                guard parser.accept(",") else { break }
            }
            guard parser.accept(end) else {
                throw parser.failure("Expected ',' or '\(end)', found \(parser.token.described)")
            }
            return items
        }
    }

    // MARK: Literals

    private mutating func primary() throws(ExpressionError) -> ExpressionNode {
        let start = place
        switch token.kind {
        case .number(let number):
            advance()
            return try node(.constant(try ScriptValue(number, language, start)), start)
        case .text(let text):
            advance()
            return try node(.constant(.string(text)), start)
        case .template(let parts):
            advance()
            return try template(parts, start)
        case .slashed(let pattern, let flags):
            advance()
            do {
                return try node(.constant(.pattern(.ecmaScript(try ECMAScriptPattern(pattern, flags: flags)))), start)
            } catch let error as JavaPattern.SyntaxError {
                throw ExpressionError("Invalid regular expression: \(error.description)", at: start)
            } catch let error as ExpressionError {
                throw error
            } catch { throw ExpressionError("\(error)", at: start) }
        case .symbol("("):
            if language == .javaScript, isArrowFunction { return try arrowFunction(start) }
            advance()
            let inner = try bracketed { (parser) throws(ExpressionError) in try parser.expression() }
            if isSymbol(",") { throw failure("The comma operator is not supported in expressions") }
            try expect(")")
            return try node(.group(inner), start, over: [inner])
        case .symbol("["):
            advance()
            return language == .groovy ? try groovyListOrMap(start) : try array(start)
        case .symbol("{"):
            return language == .groovy ? try closure() : try object(start)
        case .identifier(let name): return try word(name, start)
        case .symbol, .end: throw unexpected()
        }
    }

    private mutating func template(
        _ parts: [ExpressionToken.TemplatePart], _ start: SourcePlace
    ) throws(ExpressionError) -> ExpressionNode {
        var children: [ExpressionNode] = []
        var result: [ExpressionNode.TemplatePart] = []
        for part in parts {
            switch part {
            case .text(let text): result.append(.text(text))
            case .expression(let tokens):
                let child = try embedded(tokens)
                children.append(child)
                result.append(.value(child))
            }
        }
        return try node(.template(result), start, over: children)
    }

    private mutating func array(_ start: SourcePlace) throws(ExpressionError) -> ExpressionNode {
        let items = try list(until: "]")
        return try node(.list(items), start, over: items)
    }

    private mutating func groovyListOrMap(_ start: SourcePlace) throws(ExpressionError) -> ExpressionNode {
        if isSymbol(":"), isSymbol("]", at: 1) {
            advance()
            advance()
            return try node(.map([]), start)
        }
        let isMap = isSymbol("(") ? hasColonAfterParentheses : isSymbol(":", at: 1)
        guard isMap else { return try array(start) }
        let entries = try entries(until: "]")
        return try node(.map(entries), start, over: entries.flatMap { [$0.key, $0.value] })
    }

    private var hasColonAfterParentheses: Bool {
        closingParenthesis.map { isSymbol(":", at: $0 + 1) } ?? false
    }

    /// The offset of the parenthesis that closes the one at the position.
    private var closingParenthesis: Int? {
        var level = 0
        var offset = 0
        while true {
            switch next(offset).kind {
            case .symbol("("): level += 1
            case .symbol(")"):
                level -= 1
                if level == 0 { return offset }
            case .end: return nil
            default: break
            }
            offset += 1
        }
    }

    private mutating func object(_ start: SourcePlace) throws(ExpressionError) -> ExpressionNode {
        advance()
        let entries = try entries(until: "}")
        return try node(.map(entries), start, over: entries.flatMap { [$0.key, $0.value] })
    }

    private mutating func entries(
        until end: String
    ) throws(ExpressionError) -> [(key: ExpressionNode, value: ExpressionNode)] {
        try bracketed { (parser) throws(ExpressionError) in
            var entries: [(key: ExpressionNode, value: ExpressionNode)] = []
            while !parser.isSymbol(end) {
                let key = try parser.entryKey()
                try parser.expect(":")
                entries.append((key, try parser.expression()))
                guard parser.accept(",") else { break }
            }
            try parser.expect(end)
            return entries
        }
    }

    private mutating func entryKey() throws(ExpressionError) -> ExpressionNode {
        let start = place
        switch token.kind {
        case .identifier(let name):
            advance()
            return try node(.constant(.string(name)), start)
        case .text, .number: return try primary()
        case .symbol("(") where language == .groovy: return try primary()
        default: throw failure("Expected the key of an entry, found \(token.described)")
        }
    }

    // MARK: Words

    private mutating func word(_ name: String, _ start: SourcePlace) throws(ExpressionError) -> ExpressionNode {
        if language == .javaScript, isSymbol("=>", at: 1) { return try arrowFunction(start) }
        if let slot = slot(of: name) {
            advance()
            return try node(.local(slot), start)
        }
        let constant: ScriptValue?
        switch (name, language) {
        case ("true", _): constant = .boolean(true)
        case ("false", _): constant = .boolean(false)
        case ("null", _): constant = .null
        case ("undefined", .javaScript): constant = .undefined
        case ("NaN", .javaScript): constant = .double(.nan)
        case ("Infinity", .javaScript): constant = .double(.infinity)
        default: constant = nil
        }
        if let constant {
            advance()
            return try node(.constant(constant), start)
        }
        // Debezium's documentation of some versions names the variable of the headers in the singular.
        if let variable = name == "header" ? .headers : RecordVariable(rawValue: name) {
            advance()
            return try node(.record(variable), start)
        }
        if name == "function", language == .javaScript {
            advance()
            return try functionBody(start)
        }
        if let error = unsupportedWord(name) { throw error }
        if let function = function(name) {
            advance()
            if function.rawValue != name {
                advance()
                advance()
            }
            try expect("(")
            let arguments = try arguments()
            return try node(.function(function, arguments), start, over: arguments)
        }
        if isSymbol("(", at: 1) { throw failure("The function '\(name)' is not supported in expressions") }
        throw failure(
            "Unknown variable '\(name)'; an expression has key, value, keySchema, valueSchema, topic and headers")
    }

    private func function(_ name: String) -> ScriptFunction? {
        var fullName = name
        if isSymbol(".", at: 1), let member = identifier(at: 2), isSymbol("(", at: 3) {
            fullName += ".\(member)"
        } else if !isSymbol("(", at: 1) {
            return nil
        }
        return ScriptFunction(rawValue: fullName).flatMap { $0.exists(in: language) ? $0 : nil }
    }

    // MARK: Closures

    /// A closure of Groovy, with its parameters before `->`, or one parameter `it`.
    private mutating func closure() throws(ExpressionError) -> ExpressionNode {
        let start = place
        try expect("{")
        var names: [String]? = isSymbol("->") ? [] : nil
        var offset = 0
        scan: while names == nil {
            switch next(offset).kind {
            case .identifier, .symbol(","): offset += 1
            case .symbol("->"):
                names = (0..<offset).compactMap { index in
                    isSymbol(",", at: index + 1) || isSymbol("->", at: index + 1) ? identifier(at: index) : nil
                }
            default: break scan
            }
        }
        if names != nil { while !accept("->") { advance() } }
        return try functionNode(names ?? ["it"], start, returnsLastValue: true) { (parser) throws(ExpressionError) in
            try parser.block()
        }
    }

    private var isArrowFunction: Bool { closingParenthesis.map { isSymbol("=>", at: $0 + 1) } ?? false }

    private mutating func arrowFunction(_ start: SourcePlace) throws(ExpressionError) -> ExpressionNode {
        let names = isSymbol("(") ? try parameters() : [try expectName("the name of a parameter")]
        try expect("=>")
        if accept("{") {
            return try functionNode(names, start, returnsLastValue: false) { (parser) throws(ExpressionError) in
                try parser.block()
            }
        }
        return try functionNode(names, start, returnsLastValue: true) { (parser) throws(ExpressionError) in
            [.evaluate(try parser.expression())]
        }
    }

    /// The parameters and the block of a function whose name was read, if it has one.
    mutating func functionBody(_ start: SourcePlace) throws(ExpressionError) -> ExpressionNode {
        let names = try parameters()
        try expect("{")
        return try functionNode(names, start, returnsLastValue: false) { (parser) throws(ExpressionError) in
            try parser.block()
        }
    }

    private mutating func parameters() throws(ExpressionError) -> [String] {
        try expect("(")
        var names: [String] = []
        while !isSymbol(")") {
            names.append(try expectName("the name of a parameter"))
            guard accept(",") else { break }
        }
        try expect(")")
        return names
    }

    private mutating func functionNode(
        _ names: [String], _ start: SourcePlace, returnsLastValue: Bool,
        _ body: (inout ExpressionParser) throws(ExpressionError) -> [ExpressionStatement]
    ) throws(ExpressionError) -> ExpressionNode {
        functionDepth += 1
        defer { functionDepth -= 1 }
        let definition = try scoped { (parser) throws(ExpressionError) in
            var slots: [Int] = []
            for name in names { slots.append(try parser.declare(name)) }
            return ClosureDefinition(
                parameters: slots, body: try body(&parser), returnsLastValue: returnsLastValue)
        }
        let depth = Self.depth(of: definition.body) + 1
        guard depth <= ExpressionLimits.depth else {
            throw ExpressionError("The expression has more than \(ExpressionLimits.depth) levels", at: start)
        }
        return ExpressionNode(kind: .closure(definition), place: start, depth: depth)
    }

    private static func depth(of statements: [ExpressionStatement]) -> Int {
        statements.map { statement in
            switch statement {
            case .evaluate(let node), .assign(_, let node, _): node.depth
            case .condition(let test, let first, let second):
                max(test.depth, depth(of: first) + 1, depth(of: second) + 1)
            case .block(let statements): depth(of: statements) + 1
            case .result(let node): node?.depth ?? 0
            }
        }.max() ?? 0
    }
}

extension ScriptValue {
    /// The value of a number literal.
    fileprivate init(
        _ token: NumberToken, _ language: ExpressionLanguage, _ place: SourcePlace
    ) throws(ExpressionError) {
        if language == .javaScript {
            let value = token.radix == .decimal
                ? Double(token.text.hasSuffix(".") ? token.text + "0" : token.text)
                : token.text.reduce(0.0) { $0 * Double(token.radix.rawValue) + Double($1.hexDigitValue ?? 0) }
            guard let value else { throw ExpressionError("Invalid number '\(token.text)'", at: place) }
            self = .double(value)
            return
        }
        let invalid = ExpressionError("The number '\(token.text)' is out of range", at: place)
        if token.isFractional || token.suffix == "f" || token.suffix == "d" {
            guard let decimal = ScriptDecimal(token.text), let double = Double(token.text) else { throw invalid }
            switch token.suffix {
            case "f": self = .float(Float(token.text) ?? Float(double))
            case "d": self = .double(double)
            default: self = .decimal(decimal)
            }
            return
        }
        if token.suffix == "g" {
            guard token.radix == .decimal, let decimal = ScriptDecimal(token.text) else { throw invalid }
            self = .bigInteger(decimal)
            return
        }
        guard let value = Int64(token.text, radix: token.radix.rawValue) else {
            guard token.suffix == nil, token.radix == .decimal, let decimal = ScriptDecimal(token.text) else {
                throw invalid
            }
            self = .bigInteger(decimal)
            return
        }
        if token.suffix == "l" {
            self = .integer(value, .long)
        } else if let int = Int32(exactly: value) {
            self = .integer(Int64(int), .int)
        } else {
            guard token.suffix != "i" else { throw invalid }
            self = .integer(value, .long)
        }
    }
}
