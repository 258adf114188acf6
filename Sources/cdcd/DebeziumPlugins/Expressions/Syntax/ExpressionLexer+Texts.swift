// Quoted texts, texts with embedded expressions, and patterns between slashes.
extension ExpressionLexer {
    mutating func quoted(_ quote: Unicode.Scalar) throws(ExpressionError) -> ExpressionToken.Kind {
        let isTripled = isGroovy && peek(1) == quote && peek(2) == quote
        let closing = Array(repeating: quote, count: isTripled ? 3 : 1)
        if isGroovy, quote == "\"" { return try template(closing: closing) }
        let start = place
        for _ in closing { advance() }
        var text = String.UnicodeScalarView()
        while !ends(closing) {
            guard let scalar = peek(), scalar != "\n" || isTripled else { throw Self.unterminated(start) }
            if scalar == "\\" { try escape(into: &text) } else {
                text.append(scalar)
                advance()
            }
        }
        for _ in closing { advance() }
        return .text(String(text))
    }

    private static func unterminated(_ start: SourcePlace) -> ExpressionError {
        ExpressionError("The string has no end", at: start)
    }

    private func ends(_ closing: [Unicode.Scalar]) -> Bool {
        closing.indices.allSatisfy { peek($0) == closing[$0] }
    }

    /// A GString between double quotes, or a template literal between back quotes.
    mutating func template(closing: [Unicode.Scalar]) throws(ExpressionError) -> ExpressionToken.Kind {
        let start = place
        for _ in closing { advance() }
        var parts: [ExpressionToken.TemplatePart] = []
        var text = String.UnicodeScalarView()
        while !ends(closing) {
            guard let scalar = peek(), scalar != "\n" || closing != ["\""] else { throw Self.unterminated(start) }
            if scalar == "\\" {
                try escape(into: &text)
            } else if scalar == "$", let part = try interpolation(isStrict: isGroovy) {
                if !text.isEmpty { parts.append(.text(String(text))) }
                text.removeAll()
                parts.append(part)
            } else {
                text.append(scalar)
                advance()
            }
        }
        for _ in closing { advance() }
        return Self.assembled(parts, text)
    }

    private static func assembled(
        _ parts: [ExpressionToken.TemplatePart], _ rest: String.UnicodeScalarView
    ) -> ExpressionToken.Kind {
        guard !parts.isEmpty else { return .text(String(rest)) }
        return .template(rest.isEmpty ? parts : parts + [.text(String(rest))])
    }

    /// `${expression}`, and in Groovy `$name.name`; nil if the `$` is a character of the text.
    ///
    /// - Parameter isStrict: whether a `$` that begins no expression is an error.
    private mutating func interpolation(isStrict: Bool) throws(ExpressionError) -> ExpressionToken.TemplatePart? {
        if peek(1) == "{" {
            advance()
            advance()
            return try embedded()
        }
        guard isGroovy else { return nil }
        guard let next = peek(1), next != "$", Self.startsIdentifier(next) else {
            if isStrict { throw failure("Illegal '$' in a string with double quotes; write \\$ or use single quotes") }
            return nil
        }
        advance()
        var tokens = [embeddedName()]
        while peek() == ".", let next = peek(1), next != "$", Self.startsIdentifier(next) {
            tokens.append(ExpressionToken(kind: .symbol("."), place: place, startsLine: false))
            advance()
            tokens.append(embeddedName())
        }
        tokens.append(ExpressionToken(kind: .end, place: place, startsLine: false))
        return .expression(tokens)
    }

    private mutating func embeddedName() -> ExpressionToken {
        let start = place
        return ExpressionToken(kind: .identifier(identifier(allowsDollar: false)), place: start, startsLine: false)
    }

    // MARK: Escapes

    private mutating func escape(into text: inout String.UnicodeScalarView) throws(ExpressionError) {
        let start = place
        advance()
        guard let scalar = peek() else { throw ExpressionError("The string has no end", at: start) }
        advance()
        switch scalar {
        case "n": text.append("\n")
        case "t": text.append("\t")
        case "r": text.append("\r")
        case "b": text.append("\u{8}")
        case "f": text.append("\u{C}")
        case "v" where !isGroovy: text.append("\u{B}")
        case "0" where !isGroovy && !(peek().map(Self.isDigit) ?? false): text.append("\0")
        case "\\", "'", "\"", "$": text.append(scalar)
        case "\n": break
        case "u": text.append(try unicodeEscape(start))
        case "x" where !isGroovy: text.append(try hexadecimal(2, start))
        default:
            if isGroovy || Self.isDigit(scalar) {
                throw ExpressionError("Unsupported escape sequence '\\\(scalar)' in a string", at: start)
            }
            text.append(scalar)
        }
    }

    private mutating func unicodeEscape(_ start: SourcePlace) throws(ExpressionError) -> Unicode.Scalar {
        if !isGroovy, peek() == "{" {
            advance()
            var value: UInt32 = 0
            while let scalar = peek(), scalar != "}" {
                guard let digit = Character(scalar).hexDigitValue, value <= 0x10FFFF else { break }
                value = value << 4 | UInt32(digit)
                advance()
            }
            guard peek() == "}", let scalar = Unicode.Scalar(value) else {
                throw ExpressionError("Invalid Unicode escape sequence", at: start)
            }
            advance()
            return scalar
        }
        while isGroovy, peek() == "u" { advance() }
        let first = try unit(4, start)
        guard (0xD800..<0xDC00).contains(first), peek() == "\\", peek(1) == "u" else {
            return try Self.scalar(first, start)
        }
        advance()
        advance()
        let second = try unit(4, start)
        guard (0xDC00..<0xE000).contains(second) else { return try Self.scalar(second, start) }
        return try Self.scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), start)
    }

    private mutating func hexadecimal(_ count: Int, _ start: SourcePlace) throws(ExpressionError) -> Unicode.Scalar {
        try Self.scalar(try unit(count, start), start)
    }

    private mutating func unit(_ count: Int, _ start: SourcePlace) throws(ExpressionError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek().flatMap({ $0.isASCII ? Character($0).hexDigitValue : nil }) else {
                throw ExpressionError("Invalid Unicode escape sequence", at: start)
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        return value
    }

    private static func scalar(_ value: UInt32, _ start: SourcePlace) throws(ExpressionError) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else {
            throw ExpressionError("A surrogate without its pair is not supported", at: start)
        }
        return scalar
    }

    // MARK: Patterns

    /// A slashy string of Groovy, or a regular expression literal of JavaScript.
    mutating func slashed() throws(ExpressionError) -> ExpressionToken.Kind {
        let start = place
        advance()
        var parts: [ExpressionToken.TemplatePart] = []
        var text = String.UnicodeScalarView()
        var isInClass = false
        while let scalar = peek(), scalar != "/" || isInClass {
            if scalar == "\n", !isGroovy { break }
            if scalar == "\\", let next = peek(1) {
                // An escaped slash is a slash; every other escape belongs to the pattern.
                if next != "/" || !isGroovy { text.append(scalar) }
                advance()
                if next == "/" || !isGroovy {
                    text.append(next)
                    advance()
                }
                continue
            }
            if scalar == "$", isGroovy, let part = try interpolation(isStrict: false) {
                if !text.isEmpty { parts.append(.text(String(text))) }
                text.removeAll()
                parts.append(part)
                continue
            }
            if !isGroovy, scalar == "[" { isInClass = true }
            if !isGroovy, scalar == "]" { isInClass = false }
            text.append(scalar)
            advance()
        }
        guard peek() == "/" else { throw ExpressionError("The regular expression has no end", at: start) }
        advance()
        if !parts.isEmpty { return Self.assembled(parts, text) }
        if isGroovy { return .text(String(text)) }
        let flags = identifier()
        return .slashed(pattern: String(text), flags: flags)
    }
}
