/// Rewrites a pattern of JavaScript in ICU's language.
struct ECMAScriptPatternTranslator {
    private let source: String
    private let scalars: [Unicode.Scalar]
    private let isMultiline: Bool
    private let dotMatchesAll: Bool
    private var index = 0
    private var output = ""
    private var groupCount = 0
    private(set) var groupNames: [String: Int] = [:]

    init(_ source: String, isMultiline: Bool, dotMatchesAll: Bool) {
        self.source = source
        scalars = Array(source.unicodeScalars)
        self.isMultiline = isMultiline
        self.dotMatchesAll = dotMatchesAll
    }

    private static let lineEnds = "\\n\\r\\u2028\\u2029"
    private static let words = "A-Za-z0-9_"
    private static let spaces = "\\t\\n\\u000B\\u000C\\r \\u00A0\\uFEFF\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000"

    private func failure(_ reason: String) -> JavaPattern.SyntaxError {
        JavaPattern.SyntaxError(reason: reason, index: min(index, scalars.count), pattern: source)
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    mutating func translate() throws(JavaPattern.SyntaxError) -> String {
        while let scalar = peek() {
            index += 1
            switch scalar {
            case "\\": try escape(inClass: false)
            case "[": try characterClass()
            case ".": output += dotMatchesAll ? "[\\u0000-\\U0010FFFF]" : "[^\(Self.lineEnds)]"
            case "^": output += isMultiline ? "(?<![^\(Self.lineEnds)])" : "\\A"
            case "$": output += isMultiline ? "(?![^\(Self.lineEnds)])" : "\\z"
            case "(": try group()
            case "*", "+", "?":
                output.unicodeScalars.append(scalar)
                try quantifierEnd()
            case "{": try repetition()
            case "}", "]": throw failure("Write \\\(scalar) for the character")
            case "#": output += "\\#"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output.isEmpty ? "(?:)" : output
    }

    /// A lazy quantifier is the same; a possessive one does not exist.
    private mutating func quantifierEnd() throws(JavaPattern.SyntaxError) {
        if peek() == "?" {
            output += "?"
            index += 1
        }
        if let next = peek(), next == "+" || next == "*" || next == "?" { throw failure("Nothing to repeat") }
    }

    private mutating func repetition() throws(JavaPattern.SyntaxError) {
        var text = ""
        while let scalar = peek(), scalar != "}" {
            guard ("0"..."9").contains(scalar) || scalar == "," else { throw failure("Write \\{ for the character") }
            text.unicodeScalars.append(scalar)
            index += 1
        }
        let bounds = text.split(separator: ",", omittingEmptySubsequences: false)
        guard peek() == "}", 1...2 ~= bounds.count, !bounds[0].isEmpty, bounds.allSatisfy({ $0.utf8.count <= 4 }) else {
            throw failure("Invalid repetition")
        }
        index += 1
        output += "{\(text)}"
        try quantifierEnd()
    }

    private mutating func group() throws(JavaPattern.SyntaxError) {
        guard peek() == "?" else {
            groupCount += 1
            output += "("
            return
        }
        switch (peek(1), peek(2)) {
        case (":", _), ("=", _), ("!", _):
            output += "(?"
            output.unicodeScalars.append(scalars[index + 1])
            index += 2
        case ("<", "="), ("<", "!"):
            output += "(?<"
            output.unicodeScalars.append(scalars[index + 2])
            index += 3
        case ("<", _):
            index += 2
            var name = ""
            while let scalar = peek(), scalar != ">" {
                guard scalar.isASCII, Character(scalar).isLetter || Character(scalar).isNumber || scalar == "_" else {
                    throw failure("Unsupported name of a group")
                }
                name.unicodeScalars.append(scalar)
                index += 1
            }
            guard peek() == ">", !name.isEmpty, groupNames[name] == nil else {
                throw failure("Invalid name of a group")
            }
            index += 1
            groupCount += 1
            groupNames[name] = groupCount
            output += "("
        default: throw failure("Invalid group")
        }
    }

    private mutating func characterClass() throws(JavaPattern.SyntaxError) {
        let isNegated = peek() == "^"
        if isNegated { index += 1 }
        if peek() == "]" {
            index += 1
            output += isNegated ? "[\\u0000-\\U0010FFFF]" : "(?!)"
            return
        }
        output += isNegated ? "[^" : "["
        while let scalar = peek(), scalar != "]" {
            index += 1
            switch scalar {
            case "\\": try escape(inClass: true)
            case "-":
                // A hyphen is a range only between two characters.
                let isRange = output.last != "[" && output.last != "^" && peek() != "]"
                output += isRange ? "-" : "\\-"
            case "[", "&", "^", "{", "}", "#", " ":
                output += "\\"
                output.unicodeScalars.append(scalar)
            default: output.unicodeScalars.append(scalar)
            }
        }
        guard peek() == "]" else { throw failure("Unterminated character class") }
        index += 1
        output += "]"
    }

    private mutating func escape(inClass: Bool) throws(JavaPattern.SyntaxError) {
        guard let scalar = peek() else { throw failure("\\ at end of pattern") }
        index += 1
        switch scalar {
        case "d": output += inClass ? "0-9" : "[0-9]"
        case "D": output += "[^0-9]"
        case "w": output += inClass ? Self.words : "[\(Self.words)]"
        case "W": output += "[^\(Self.words)]"
        case "s": output += inClass ? Self.spaces : "[\(Self.spaces)]"
        case "S": output += "[^\(Self.spaces)]"
        case "b" where inClass: output += "\\u0008"
        case "b", "B":
            let (ahead, behind) = ("(?=[\(Self.words)])", "(?<=[\(Self.words)])")
            let (notAhead, notBehind) = ("(?![\(Self.words)])", "(?<![\(Self.words)])")
            output += scalar == "b"
                ? "(?:\(behind)\(notAhead)|\(notBehind)\(ahead))" : "(?:\(behind)\(ahead)|\(notBehind)\(notAhead))"
        case "n", "r", "t", "f":
            output += "\\"
            output.unicodeScalars.append(scalar)
        case "v": output += "\\u000B"
        case "0" where !(peek().map { ("0"..."9").contains($0) } ?? false): output += "\\u0000"
        case "x": output += "\\u00\(try hexadecimal(2))"
        case "u": output += "\\u\(try hexadecimal(4))"
        case "0"..."9", "k": throw failure("References to groups are not supported")
        case "a"..."z", "A"..."Z": throw failure("The escape sequence \\\(scalar) is not supported")
        default:
            output += scalar.isASCII && scalar.value > 0x20 ? "\\" : ""
            output.unicodeScalars.append(scalar)
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(JavaPattern.SyntaxError) -> String {
        var text = ""
        for _ in 0..<count {
            guard let scalar = peek(), scalar.isASCII, Character(scalar).isHexDigit else {
                throw failure("Invalid escape sequence")
            }
            text.unicodeScalars.append(scalar)
            index += 1
        }
        return text
    }
}
