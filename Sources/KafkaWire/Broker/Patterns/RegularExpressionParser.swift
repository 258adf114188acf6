import KafkaProtocol

/// Parses a regular expression of RE2's syntax. Whether a repetition is greedy does not matter for whole texts.
struct RegularExpressionParser {
    private let characters: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    private struct Flags {
        var ignoresCase = false
        var dotIncludesNewline = false
        var isMultiline = false
    }

    private struct SyntaxError: Error {}

    private static let depthMax = 100
    /// The maximum of a counted repetition, as in RE2.
    private static let repeatMax = 1000

    init(_ text: String) { characters = Array(text.unicodeScalars) }

    /// Returns nil if the expression is not valid.
    mutating func parse() -> RegularExpressionTree? {
        do throws(SyntaxError) {
            let tree = try alternatives()
            return position == characters.count ? tree : nil
        } catch { return nil }
    }

    private var next: Unicode.Scalar? { position < characters.count ? characters[position] : nil }

    private mutating func take() throws(SyntaxError) -> Unicode.Scalar {
        guard let next else { throw SyntaxError() }
        position += 1
        return next
    }

    private mutating func skip(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard characters[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func alternatives() throws(SyntaxError) -> RegularExpressionTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw SyntaxError() }
        var parts = [try sequence()]
        while skip("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .either(parts)
    }

    private mutating func sequence() throws(SyntaxError) -> RegularExpressionTree {
        var parts: [RegularExpressionTree] = []
        while let character = next, character != "|", character != ")" {
            if skip("\\Q") {
                while next != nil, !skip("\\E") { parts.append(literal(try take())) }
                continue
            }
            parts.append(try repeated(try atom()))
        }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repeated(_ atom: RegularExpressionTree) throws(SyntaxError) -> RegularExpressionTree {
        var result = atom
        var isRepeated = false
        while true {
            let (min, max): (Int, Int?)
            if skip("*") {
                (min, max) = (0, nil)
            } else if skip("+") {
                (min, max) = (1, nil)
            } else if skip("?") {
                (min, max) = (0, 1)
            } else if next == "{", let counts = try counts() {
                (min, max) = counts
            } else {
                return result
            }
            // RE2 refuses a repetition of a repetition without parentheses.
            guard !isRepeated else { throw SyntaxError() }
            isRepeated = true
            result = .repeated(result, min: min, max: max)
            _ = skip("?")
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`; nil, and nothing is taken, for a brace that is a literal.
    private mutating func counts() throws(SyntaxError) -> (Int, Int?)? {
        let start = position
        position += 1
        let min = number()
        var max = min
        if skip(",") { max = number() }
        guard let min, skip("}") else {
            position = start
            return nil
        }
        guard min <= Self.repeatMax, max ?? 0 <= Self.repeatMax, max ?? min >= min else { throw SyntaxError() }
        return (min, max)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let character = next, ("0"..."9").contains(character), (value ?? 0) <= Self.repeatMax {
            value = (value ?? 0) * 10 + Int(character.value - 0x30)
            position += 1
        }
        return value
    }

    private func literal(_ character: Unicode.Scalar) -> RegularExpressionTree {
        set(CharacterRanges(ranges: [character.value...character.value]))
    }

    private func set(_ ranges: CharacterRanges) -> RegularExpressionTree {
        .set(flags.ignoresCase ? ranges.ignoringCase : ranges)
    }

    private mutating func atom() throws(SyntaxError) -> RegularExpressionTree {
        let character = try take()
        switch character {
        case "(": return try group()
        case "[": return set(try characterClass())
        case ".": return .set(flags.dotIncludesNewline ? .any : .anyButNewline)
        case "^": return .assert(flags.isMultiline ? .lineBegin : .begin)
        case "$": return .assert(flags.isMultiline ? .lineEnd : .end)
        case "\\": return try escape()
        case "*", "+", "?": throw SyntaxError()
        case "{" where try isCount(): throw SyntaxError()
        default: return literal(character)
        }
    }

    /// Whether the brace that was just taken begins a count, which has nothing to repeat.
    private mutating func isCount() throws(SyntaxError) -> Bool {
        position -= 1
        let start = position
        let found = try counts() != nil
        position = start + 1
        return found
    }

    private mutating func group() throws(SyntaxError) -> RegularExpressionTree {
        let outer = flags
        if skip("?") {
            if skip("P<") || skip("<") {
                while try take() != ">" {}
            } else if !skip(":") {
                let isGroup = try setFlags()
                if !isGroup { return .empty }
            }
        }
        let tree = try alternatives()
        guard skip(")") else { throw SyntaxError() }
        flags = outer
        return tree
    }

    /// `i`, `s`, `m`, `U`, `-`, up to `:` (then a group follows) or `)`.
    private mutating func setFlags() throws(SyntaxError) -> Bool {
        var value = true
        while true {
            switch try take() {
            case "i": flags.ignoresCase = value
            case "s": flags.dotIncludesNewline = value
            case "m": flags.isMultiline = value
            case "U": break
            case "-": value = false
            case ":": return true
            case ")": return false
            default: throw SyntaxError()
            }
        }
    }

    private mutating func escape() throws(SyntaxError) -> RegularExpressionTree {
        let character = try take()
        switch character {
        case "A": return .assert(.begin)
        case "z": return .assert(.end)
        case "b": return .assert(.wordBoundary)
        case "B": return .assert(.noWordBoundary)
        default: return set(try escapedSet(character))
        }
    }

    private mutating func escapedSet(_ character: Unicode.Scalar) throws(SyntaxError) -> CharacterRanges {
        func one(_ value: UInt32) -> CharacterRanges { CharacterRanges(ranges: [value...value]) }
        func not(_ ranges: CharacterRanges) -> CharacterRanges {
            CharacterRanges(ranges: ranges.ranges, isNegated: true)
        }
        switch character {
        case "d": return .digit
        case "D": return not(.digit)
        case "w": return .word
        case "W": return not(.word)
        case "s": return .space
        case "S": return not(.space)
        case "t": return one(9)
        case "n": return one(10)
        case "v": return one(11)
        case "f": return one(12)
        case "r": return one(13)
        case "a": return one(7)
        case "x": return one(try hexadecimal())
        case "0"..."9", "a"..."z", "A"..."Z": throw SyntaxError()
        default: return one(character.value)
        }
    }

    /// Two digits, or any number in braces.
    private mutating func hexadecimal() throws(SyntaxError) -> UInt32 {
        var digits = ""
        if skip("{") {
            while true {
                let character = try take()
                if character == "}" { break }
                digits.unicodeScalars.append(character)
            }
        } else {
            for _ in 0..<2 { digits.unicodeScalars.append(try take()) }
        }
        guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF else { throw SyntaxError() }
        return value
    }

    private static let namedClasses: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A], "digit": [0x30...0x39],
        "lower": [0x61...0x7A], "upper": [0x41...0x5A], "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": [0x09...0x0D, 0x20...0x20], "word": CharacterRanges.word.ranges,
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]

    /// What follows `[`, up to `]`.
    private mutating func characterClass() throws(SyntaxError) -> CharacterRanges {
        var result = CharacterRanges(ranges: [])
        let isNegated = skip("^")
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            if skip("[:") {
                let isNot = skip("^")
                var name = ""
                while !skip(":]") { name.unicodeScalars.append(try take()) }
                guard let ranges = Self.namedClasses[name] else { throw SyntaxError() }
                result.ranges += CharacterRanges(ranges: ranges, isNegated: isNot).flattened.ranges
                continue
            }
            let low = try classMember()
            guard next == "-", position + 1 < characters.count, characters[position + 1] != "]" else {
                result.ranges += low.flattened.ranges
                continue
            }
            position += 1
            let high = try classMember()
            guard low.ranges.count == 1, high.ranges.count == 1, let first = low.ranges.first?.lowerBound,
                let last = high.ranges.first?.upperBound, first <= last, !low.isNegated, !high.isNegated
            else { throw SyntaxError() }
            result.ranges.append(first...last)
        }
        position += 1
        result.isNegated = isNegated
        return result
    }

    private mutating func classMember() throws(SyntaxError) -> CharacterRanges {
        let character = try take()
        if character == "\\" { return try escapedSet(try take()) }
        return CharacterRanges(ranges: [character.value...character.value])
    }
}
