/// Rewrites a Java regular expression into ICU's language with the same meaning.
///
/// Source: the documentation of `java.util.regex.Pattern` and ICU's user guide on regular expressions. Constructs with
/// the same meaning in ICU are copied; the others are rewritten:
/// - predefined and POSIX classes are ASCII; `.` stops at Java's line terminators;
/// - `(?i)` ignores the case of ASCII letters only: it is removed and letters become classes of two;
/// - `\Q…\E`, comments, literal brackets and braces become plain escaped text.
struct JavaPatternTranslator {
    struct Flags {
        var ignoresCase: Bool
        var dotMatchesAll = false
        var isMultiline = false
        var hasComments = false
    }

    private(set) var groupNames: [String: Int] = [:]
    let pattern: String
    let scalars: [Unicode.Scalar]
    var position = 0
    var flags: Flags
    private var openGroups: [Flags] = []
    private var groupCount = 0
    private var output = ""

    init(_ pattern: String, isCaseInsensitive: Bool) {
        self.pattern = pattern
        scalars = Array(pattern.unicodeScalars)
        flags = Flags(ignoresCase: isCaseInsensitive)
    }

    func failure(_ reason: String, at index: Int? = nil) -> JavaPattern.SyntaxError {
        JavaPattern.SyntaxError(reason: reason, index: index ?? max(0, position - 1), pattern: pattern)
    }

    var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func translate() throws(JavaPattern.SyntaxError) -> String {
        while let scalar = current {
            position += 1
            try translate(scalar)
        }
        guard openGroups.isEmpty else { throw failure("Unclosed group", at: scalars.count) }
        return output
    }

    private mutating func translate(_ scalar: Unicode.Scalar) throws(JavaPattern.SyntaxError) {
        switch scalar {
        case "\\": try escape()
        case "[":
            position -= 1
            output += try characterClass()
        case "(": try group()
        case ")":
            guard let outer = openGroups.popLast() else { throw failure("Unmatched closing ')'") }
            flags = outer
            output += ")"
        case ".": output += flags.dotMatchesAll ? "[\\s\\S]" : "[^\\n\\r\\u0085\\u2028\\u2029]"
        case "^", "$", "|": output.unicodeScalars.append(scalar)
        case "*", "+", "?":
            if output.isEmpty || output.hasSuffix("|") { throw failure("Dangling meta character '\(scalar)'") }
            output.unicodeScalars.append(scalar)
        case "{": try repetition()
        case " ", "\t", "\n", "\u{B}", "\u{C}", "\r":
            if !flags.hasComments { output += Self.literal(scalar, flags) }
        case "#" where flags.hasComments:
            while let next = current, next != "\n", next != "\r" { position += 1 }
        default: output += Self.literal(scalar, flags)
        }
    }

    private mutating func repetition() throws(JavaPattern.SyntaxError) {
        let start = position
        while let next = current, next != "}" { position += 1 }
        let inside = scalars[start..<position]
        let isNumber = inside.allSatisfy { (0x30...0x39).contains($0.value) || $0 == "," }
        guard current == "}", let first = inside.first, first != ",", isNumber, !output.isEmpty else {
            throw failure("Illegal repetition", at: start - 1)
        }
        position += 1
        output += "{" + inside.map(String.init).joined() + "}"
    }

    // MARK: Groups

    private mutating func group() throws(JavaPattern.SyntaxError) {
        guard current == "?" else {
            openGroups.append(flags)
            groupCount += 1
            output += "("
            return
        }
        position += 1
        guard let kind = current else { throw failure("Unknown inline modifier") }
        position += 1
        switch kind {
        case ":", "=", "!", ">":
            openGroups.append(flags)
            output += "(?\(kind)"
        case "<":
            openGroups.append(flags)
            if current == "=" || current == "!" {
                output += "(?<\(scalars[position])"
                position += 1
            } else {
                let name = try groupName()
                groupCount += 1
                guard groupNames.updateValue(groupCount, forKey: name) == nil else {
                    throw failure("Named capturing group <\(name)> is already defined")
                }
                output += "(?<\(name)>"
            }
        default:
            position -= 1
            try inlineFlags()
        }
    }

    private mutating func groupName() throws(JavaPattern.SyntaxError) -> String {
        var name = ""
        while let next = current, next != ">" {
            guard next.isASCII, next.properties.isAlphabetic || (!name.isEmpty && (0x30...0x39).contains(next.value))
            else { throw failure("capturing group name does not start with a Latin letter", at: position) }
            name.unicodeScalars.append(next)
            position += 1
        }
        guard current == ">", !name.isEmpty else { throw failure("named capturing group is missing trailing '>'") }
        position += 1
        return name
    }

    /// `(?i)`, `(?s-m)`, `(?x:`: the flags are kept here, only `m` is copied.
    private mutating func inlineFlags() throws(JavaPattern.SyntaxError) {
        var changed = flags
        var turnsOn = true
        while let flag = current {
            position += 1
            switch flag {
            case "-": turnsOn = false
            case "i": changed.ignoresCase = turnsOn
            case "s": changed.dotMatchesAll = turnsOn
            case "m": changed.isMultiline = turnsOn
            case "x": changed.hasComments = turnsOn
            case "u", "U", "d": throw failure("The flag '\(flag)' is not supported by cdcd yet")
            case ")":
                output += multilineSwitch(to: changed)
                flags = changed
                return
            case ":":
                openGroups.append(flags)
                output += "(?:" + multilineSwitch(to: changed)
                flags = changed
                return
            default: throw failure("Unknown inline modifier")
            }
        }
        throw failure("Unknown inline modifier")
    }

    private func multilineSwitch(to changed: Flags) -> String {
        changed.isMultiline == flags.isMultiline ? "" : changed.isMultiline ? "(?m)" : "(?-m)"
    }

    // MARK: Escapes outside of classes

    private mutating func escape() throws(JavaPattern.SyntaxError) {
        guard let scalar = current else { throw failure("Unexpected internal error", at: scalars.count) }
        switch scalar {
        case "Q":
            position += 1
            for quoted in quotation() { output += Self.literal(quoted, flags) }
        case "b", "B", "A", "G", "Z", "z", "R", "X":
            position += 1
            output += "\\\(scalar)"
        case "1"..."9":
            position += 1
            output += "\\\(scalar)"
            // Java reads further digits only as long as that many groups exist.
            var number = Int(scalar.value) - 0x30
            while let next = current, (0x30...0x39).contains(next.value) {
                number = number * 10 + Int(next.value) - 0x30
                guard number <= groupCount else { break }
                output.unicodeScalars.append(next)
                position += 1
            }
        case "k":
            position += 1
            guard current == "<" else { throw failure("\\k is not followed by '<' for named capturing group") }
            position += 1
            let name = try groupName()
            guard groupNames[name] != nil else { throw failure("named capturing group <\(name)> does not exist") }
            output += "\\k<\(name)>"
        default:
            switch try escapedElement() {
            case .scalar(let scalar): output += Self.literal(scalar, flags)
            case .set(let set): output += "[\(set)]"
            }
        }
    }

    /// The text of `\Q…\E`, or up to the pattern's end; the `Q` is consumed.
    mutating func quotation() -> ArraySlice<Unicode.Scalar> {
        let start = position
        while position < scalars.count {
            if scalars[position] == "\\", position + 1 < scalars.count, scalars[position + 1] == "E" {
                position += 2
                return scalars[start..<(position - 2)]
            }
            position += 1
        }
        return scalars[start...]
    }

    // MARK: Literals

    /// One character as a literal outside of a class.
    static func literal(_ scalar: Unicode.Scalar, _ flags: Flags) -> String {
        guard flags.ignoresCase, let other = otherCase(scalar) else { return escaped(scalar) }
        return "[\(scalar)\(other)]"
    }

    /// The other case of an ASCII letter.
    static func otherCase(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A: Unicode.Scalar(scalar.value ^ 0x20)
        default: nil
        }
    }

    /// Escaped so that ICU treats it literally, in a class and outside.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: return String(scalar)
        case 0x21...0x7E: return "\\\(scalar)"
        case 0...0x20, 0x7F:
            let digits = String(scalar.value, radix: 16)
            return "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
        default: return String(scalar)
        }
    }
}
