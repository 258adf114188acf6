/// Splits the source of an expression into tokens.
struct ExpressionLexer {
    private let language: ExpressionLanguage
    let scalars: [Unicode.Scalar]
    private let symbols: [[Unicode.Scalar]]
    var index = 0
    private var line = 1
    private var lineStart = 0
    private var templateDepth = 0

    init(_ source: String, language: ExpressionLanguage) throws(ExpressionError) {
        self.language = language
        scalars = Array(source.unicodeScalars.prefix(ExpressionLimits.sourceLength + 1))
        symbols = (language == .groovy ? Self.groovySymbols : Self.javaScriptSymbols).map { Array($0.unicodeScalars) }
        guard scalars.count <= ExpressionLimits.sourceLength else {
            throw ExpressionError(
                "The expression is longer than \(ExpressionLimits.sourceLength) characters",
                at: SourcePlace(line: 1, column: 1))
        }
    }

    private static let shared = [
        "<<=", ">>=", "**", "==", "!=", "<=", ">=", "&&", "||", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=",
        "|=", "^=", "<<", ">>", "(", ")", "[", "]", "{", "}", "<", ">", "=", "!", "~", "?", ":", ";", ",", ".", "+", "-",
        "*", "/", "%", "&", "|", "^", "@",
    ]
    /// Longer symbols precede their beginnings.
    private static let groovySymbols = [
        "==~", "===", "!==", "<=>", "..<", "..", "**=", ">>>", "?[", "?:", "?=", "=~", "->", "*.", ".&", "::",
    ] + shared
    private static let javaScriptSymbols = [
        ">>>=", "===", "!==", "**=", ">>>", "...", "&&=", "||=", "??=", "??", "=>", "#",
    ] + shared

    var place: SourcePlace { SourcePlace(line: line, column: index - lineStart + 1) }

    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    mutating func advance() {
        if scalars[index] == "\n" {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    func failure(_ message: String) -> ExpressionError { ExpressionError(message, at: place) }

    /// All tokens up to the end, or up to the brace that ends an embedded expression.
    mutating func tokens(embedded: Bool = false) throws(ExpressionError) -> [ExpressionToken] {
        var tokens: [ExpressionToken] = []
        var braces = 0
        while true {
            let startsLine = try skipBlanks()
            let start = place
            guard let scalar = peek() else {
                if embedded { throw failure("The embedded expression has no '}'") }
                tokens.append(ExpressionToken(kind: .end, place: start, startsLine: startsLine))
                return tokens
            }
            if embedded, braces == 0, scalar == "}" {
                tokens.append(ExpressionToken(kind: .end, place: start, startsLine: startsLine))
                advance()
                return tokens
            }
            if scalar == "{" { braces += 1 }
            if scalar == "}" { braces -= 1 }
            let kind = try token(scalar, endsOperand: Self.endsOperand(tokens.last))
            tokens.append(ExpressionToken(kind: kind, place: start, startsLine: startsLine))
        }
    }

    /// Whether a slash after the token divides; else it begins a pattern.
    private static func endsOperand(_ token: ExpressionToken?) -> Bool {
        switch token?.kind {
        case .identifier(let name): !["return", "in", "typeof", "else", "case", "instanceof"].contains(name)
        case .number, .text, .template, .slashed: true
        case .symbol(let symbol): symbol == ")" || symbol == "]" || symbol == "}"
        case .end, nil: false
        }
    }

    /// Skips white space and comments. Returns whether there was a line break.
    private mutating func skipBlanks() throws(ExpressionError) -> Bool {
        var startsLine = false
        while let scalar = peek() {
            if scalar == "\n" {
                startsLine = true
            } else if scalar == "/", peek(1) == "/" {
                while let next = peek(), next != "\n" { advance() }
                continue
            } else if scalar == "/", peek(1) == "*" {
                let start = place
                advance()
                advance()
                while let next = peek(), !(next == "*" && peek(1) == "/") {
                    if next == "\n" { startsLine = true }
                    advance()
                }
                guard peek() != nil else { throw ExpressionError("The comment has no end", at: start) }
                advance()
            } else if language == .groovy, scalar == "\\", peek(1) == "\n" {
                advance()
            } else if !scalar.properties.isWhitespace, scalar != "\u{FEFF}" {
                break
            }
            advance()
        }
        return startsLine
    }

    private mutating func token(
        _ scalar: Unicode.Scalar, endsOperand: Bool
    ) throws(ExpressionError) -> ExpressionToken.Kind {
        if Self.startsIdentifier(scalar) { return .identifier(identifier()) }
        if Self.isDigit(scalar) || scalar == "." && language == .javaScript && peek(1).map(Self.isDigit) == true {
            return .number(try number())
        }
        switch (scalar, language) {
        case ("'", _), ("\"", _): return try quoted(scalar)
        case ("`", .javaScript): return try template(closing: ["`"])
        case ("/", _) where !endsOperand: return try slashed()
        default: break
        }
        // `a?.5:b` is a condition.
        if language == .javaScript, scalar == "?", peek(1) == ".", peek(2).map(Self.isDigit) == true {
            advance()
            return .symbol("?")
        }
        guard let symbol = symbols.first(where: { symbol in
            symbol.count <= scalars.count - index && symbol.indices.allSatisfy { scalars[index + $0] == symbol[$0] }
        }) else { throw failure("Unexpected character '\(scalar)'") }
        for _ in symbol { advance() }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: symbol)
        return .symbol(String(text))
    }

    static func startsIdentifier(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isHexDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && Character(scalar).isHexDigit }

    /// - Parameter allowsDollar: false in a text, in which a `$` begins the next embedded expression.
    mutating func identifier(allowsDollar: Bool = true) -> String {
        var name = String.UnicodeScalarView()
        while let scalar = peek(), Self.startsIdentifier(scalar) && (allowsDollar || scalar != "$") || Self.isDigit(scalar) {
            name.append(scalar)
            advance()
        }
        return String(name)
    }

    /// The parts of an embedded expression in braces; the lexer is after the opening brace.
    mutating func embedded() throws(ExpressionError) -> ExpressionToken.TemplatePart {
        guard templateDepth < 8 else { throw failure("Embedded expressions are nested too deeply") }
        templateDepth += 1
        let tokens = try tokens(embedded: true)
        templateDepth -= 1
        return .expression(tokens)
    }

    var isGroovy: Bool { language == .groovy }

    // MARK: Numbers

    private mutating func number() throws(ExpressionError) -> NumberToken {
        var token = NumberToken(text: "")
        if peek() == "0", let prefix = peek(1) {
            switch prefix {
            case "x", "X": token.radix = .hexadecimal
            case "b", "B": token.radix = .binary
            case "o" where language == .javaScript, "O" where language == .javaScript: token.radix = .octal
            default: break
            }
            if token.radix != .decimal {
                advance()
                advance()
            } else if Self.isDigit(prefix) || prefix == "_" {
                guard language == .groovy else { throw failure("Octal literals begin with 0o") }
                token.radix = .octal
                advance()
            }
        }
        digits(of: &token)
        if token.radix == .decimal { fraction(of: &token) }
        if let suffix = peek(), Self.startsIdentifier(suffix) {
            let letter = Character(String(suffix).lowercased())
            let allowed: [Character] = language == .groovy ? (token.isFractional ? "fdg" : "iligfd").map { $0 } : []
            guard allowed.contains(letter), !(peek(1).map(Self.startsIdentifier) ?? false) else {
                throw failure("Unexpected '\(suffix)' after a number")
            }
            token.suffix = letter
            advance()
        }
        guard token.text.contains(where: { $0.isHexDigit }) else { throw failure("A digit is missing") }
        return token
    }

    private mutating func digits(of token: inout NumberToken) {
        while let scalar = peek() {
            if scalar != "_" {
                guard Self.isDigit(scalar) || token.radix == .hexadecimal && Self.isHexDigit(scalar) else { return }
                token.text.unicodeScalars.append(scalar)
            }
            advance()
        }
    }

    private mutating func fraction(of token: inout NumberToken) {
        let hasDigit = peek(1).map(Self.isDigit) ?? false
        let isPoint = peek() == "." && (hasDigit || language == .javaScript && !Self.startsMember(peek(1)))
        if isPoint {
            token.isFractional = true
            token.text.append(".")
            advance()
            digits(of: &token)
        }
        guard let exponent = peek(), exponent == "e" || exponent == "E" else { return }
        let isSigned = peek(1) == "+" || peek(1) == "-"
        guard peek(isSigned ? 2 : 1).map(Self.isDigit) == true else { return }
        token.isFractional = true
        token.text.append("e")
        advance()
        if isSigned {
            token.text.unicodeScalars.append(scalars[index])
            advance()
        }
        digits(of: &token)
    }

    private static func startsMember(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { startsIdentifier($0) || $0 == "." } ?? false
    }
}
