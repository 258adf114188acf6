/// Character classes: `[…]` and the escapes that denote a character or a set of them.
extension JavaPatternTranslator {
    enum Element {
        case scalar(Unicode.Scalar)
        /// The content of a set in ICU's language.
        case set(String)
    }

    /// The maximum nesting of classes, so that no pattern exhausts the stack.
    private static let classDepthMax = 100

    /// A class from its `[` to its `]`, including nested unions and intersections.
    mutating func characterClass(depth: Int = 1) throws(JavaPattern.SyntaxError) -> String {
        guard depth <= Self.classDepthMax else { throw failure("Character classes are nested too deep", at: position) }
        let start = position
        position += 1
        var result = "["
        if current == "^" {
            position += 1
            result += "^"
        }
        var isFirst = true
        while let scalar = current {
            switch scalar {
            case "]" where !isFirst:
                position += 1
                return result + "]"
            case "[": result += try characterClass(depth: depth + 1)
            case "&" where position + 1 < scalars.count && scalars[position + 1] == "&":
                position += 2
                result += "&&"
            case " ", "\t", "\n", "\u{B}", "\u{C}", "\r":
                position += 1
                if !flags.hasComments { result += try member(.scalar(scalar)) }
            default: result += try member(try element())
            }
            isFirst = false
        }
        throw failure("Unclosed character class", at: start + (scalars.count - start) - 1)
    }

    /// One character or set within a class; `\Q…\E` yields its characters one by one.
    private mutating func element() throws(JavaPattern.SyntaxError) -> Element {
        guard let scalar = current else { throw failure("Unclosed character class") }
        position += 1
        guard scalar == "\\" else { return .scalar(scalar) }
        if current == "Q" {
            position += 1
            return .set(quotation().map { Self.range($0, $0, flags) }.joined())
        }
        return try escapedElement()
    }

    /// A member of a class, with the end of its range if a range follows.
    private mutating func member(_ element: Element) throws(JavaPattern.SyntaxError) -> String {
        guard case .scalar(let low) = element else {
            if case .set(let set) = element { return set } else { return "" }
        }
        guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]", scalars[position + 1] != "["
        else { return Self.range(low, low, flags) }
        let before = position
        position += 1
        guard case .scalar(let high) = try self.element() else {
            position = before
            return Self.range(low, low, flags)
        }
        guard low.value <= high.value else { throw failure("Illegal character range") }
        return Self.range(low, high, flags)
    }

    /// A range in ICU's language; if case is ignored it includes the other case of its ASCII letters.
    private static func range(_ low: Unicode.Scalar, _ high: Unicode.Scalar, _ flags: Flags) -> String {
        var result = low == high ? escaped(low) : "\(escaped(low))-\(escaped(high))"
        guard flags.ignoresCase else { return result }
        for (first, last) in [(UInt32(0x41), UInt32(0x5A)), (0x61, 0x7A)] {
            let start = max(first, low.value)
            let end = min(last, high.value)
            guard start <= end, let a = Unicode.Scalar(start ^ 0x20), let b = Unicode.Scalar(end ^ 0x20) else {
                continue
            }
            result += a == b ? "\(a)" : "\(a)-\(b)"
        }
        return result
    }

    // MARK: Escapes

    /// The meaning of a backslash and the following characters; the backslash is consumed.
    mutating func escapedElement() throws(JavaPattern.SyntaxError) -> Element {
        guard let scalar = current else { throw failure("Unexpected internal error", at: scalars.count) }
        position += 1
        switch scalar {
        case "d": return .set("0-9")
        case "D": return .set("[^0-9]")
        case "w": return .set("a-zA-Z_0-9")
        case "W": return .set("[^a-zA-Z_0-9]")
        case "s": return .set("\\x20\\t\\n\\x0b\\f\\r")
        case "S": return .set("[^\\x20\\t\\n\\x0b\\f\\r]")
        case "h": return .set("\\x20\\xa0\\t\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000")
        case "H": return .set("[^\\x20\\xa0\\t\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]")
        case "v": return .set("\\n\\x0b\\f\\r\\u0085\\u2028\\u2029")
        case "V": return .set("[^\\n\\x0b\\f\\r\\u0085\\u2028\\u2029]")
        case "p": return .set(try property(isNegated: false))
        case "P": return .set(try property(isNegated: true))
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "f": return .scalar("\u{C}")
        case "a": return .scalar("\u{7}")
        case "e": return .scalar("\u{1B}")
        case "c": return .scalar(try controlCharacter())
        case "0": return .scalar(try octal())
        case "x": return .scalar(try hexadecimal())
        case "u": return .scalar(try scalarValue(try hexDigits(4)))
        default:
            if scalar.isASCII, scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) {
                throw failure("Illegal/unsupported escape sequence")
            }
            return .scalar(scalar)
        }
    }

    private mutating func controlCharacter() throws(JavaPattern.SyntaxError) -> Unicode.Scalar {
        guard let scalar = current, scalar.isASCII, let control = Unicode.Scalar(scalar.value ^ 64) else {
            throw failure("Illegal control escape sequence")
        }
        position += 1
        return control
    }

    private mutating func octal() throws(JavaPattern.SyntaxError) -> Unicode.Scalar {
        var value: UInt32 = 0
        var count = 0
        while count < 3, let digit = current, (0x30...0x37).contains(digit.value),
            value * 8 + digit.value - 0x30 <= 0o377
        {
            value = value * 8 + digit.value - 0x30
            position += 1
            count += 1
        }
        guard count > 0 else { throw failure("Illegal octal escape sequence") }
        return try scalarValue(value)
    }

    private mutating func hexadecimal() throws(JavaPattern.SyntaxError) -> Unicode.Scalar {
        guard current == "{" else { return try scalarValue(try hexDigits(2)) }
        position += 1
        let start = position
        while let next = current, next != "}" { position += 1 }
        let text = scalars[start..<position].map(String.init).joined()
        guard current == "}", !text.hasPrefix("+"), let value = UInt32(text, radix: 16) else {
            throw failure("Unclosed hexadecimal escape sequence")
        }
        position += 1
        return try scalarValue(value)
    }

    private mutating func hexDigits(_ count: Int) throws(JavaPattern.SyntaxError) -> UInt32 {
        let end = position + count
        guard end <= scalars.count else { throw failure("Illegal hexadecimal escape sequence") }
        let text = scalars[position..<end].map(String.init).joined()
        guard !text.hasPrefix("+"), let value = UInt32(text, radix: 16) else {
            throw failure("Illegal hexadecimal escape sequence")
        }
        position = end
        return value
    }

    private func scalarValue(_ value: UInt32) throws(JavaPattern.SyntaxError) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else { throw failure("A surrogate is no character of its own") }
        return scalar
    }

    // MARK: Properties

    /// `\p{…}`: Java's POSIX classes are ASCII; categories, scripts, blocks and binary properties are Unicode's.
    private mutating func property(isNegated: Bool) throws(JavaPattern.SyntaxError) -> String {
        var name: String
        if current == "{" {
            position += 1
            let start = position
            while let next = current, next != "}" { position += 1 }
            guard current == "}" else { throw failure("Unclosed character family") }
            name = scalars[start..<position].map(String.init).joined()
        } else {
            guard let letter = current else { throw failure("Illegal/unsupported escape sequence") }
            name = String(letter)
        }
        position += 1
        if let set = posixClass(name) { return isNegated ? "[^\(set)]" : set }
        if name.hasPrefix("java") { throw failure("The class \\p{\(name)} is not supported by cdcd yet") }
        if name.hasPrefix("Is") { name = String(name.dropFirst(2)) }
        if flags.ignoresCase, ["Lu", "Ll", "Lt", "Uppercase", "Lowercase", "Titlecase"].contains(name) {
            return isNegated ? "[^\\p{Lu}\\p{Ll}\\p{Lt}]" : "\\p{Lu}\\p{Ll}\\p{Lt}"
        }
        if name.hasPrefix("In") { name = "blk=\(name.dropFirst(2))" }
        let isPlain = name.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || (0x30...0x39).contains($0.value)
                    || "_=- ".unicodeScalars.contains($0))
        }
        guard isPlain, !name.isEmpty else { throw failure("Unknown character property name {\(name)}") }
        return "\\\(isNegated ? "P" : "p"){\(name)}"
    }

    private func posixClass(_ name: String) -> String? {
        switch name {
        case "Lower": flags.ignoresCase ? "a-zA-Z" : "a-z"
        case "Upper": flags.ignoresCase ? "a-zA-Z" : "A-Z"
        case "ASCII": "\\x00-\\x7f"
        case "Alpha": "a-zA-Z"
        case "Digit": "0-9"
        case "Alnum": "a-zA-Z0-9"
        case "Punct": "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e"
        case "Graph": "\\x21-\\x7e"
        case "Print": "\\x20-\\x7e"
        case "Blank": "\\x20\\t"
        case "Cntrl": "\\x00-\\x1f\\x7f"
        case "XDigit": "0-9a-fA-F"
        case "Space": "\\x20\\t\\n\\x0b\\f\\r"
        default: nil
        }
    }
}
