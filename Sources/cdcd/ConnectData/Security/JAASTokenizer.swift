/// Splits a JAAS configuration into tokens as Java's `StreamTokenizer` does with the settings of Kafka's `JaasConfig`:
/// `//`, `/* */` and any other text after `/` are comments, `-`, `_` and `$` belong to words, and numbers have no text.
struct JAASTokenizer: Sendable {
    enum Token: Equatable, Sendable {
        case end
        case word(String)
        case quoted(String)
        case number
        case character(UInt16)

        /// The content of Java's `sval`.
        var text: String? {
            switch self {
            case .word(let text), .quoted(let text): text
            case .end, .number, .character: nil
            }
        }

        static let semicolon = Token.character(0x3B)
        static let equals = Token.character(0x3D)
    }

    /// Java's character classes; those above U+00FF are alphabetic.
    private struct CharacterClass: OptionSet {
        let rawValue: UInt8
        static let whitespace = Self(rawValue: 1)
        static let digit = Self(rawValue: 2)
        static let alphabetic = Self(rawValue: 4)
        static let quote = Self(rawValue: 8)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ unit: UInt16) {
            switch unit {
            case 0...0x20: self = .whitespace
            case 0x2D: self = [.digit, .alphabetic]
            case 0x2E, 0x30...0x39: self = .digit
            case 0x24, 0x5F, 0x41...0x5A, 0x61...0x7A, 0xA0...: self = .alphabetic
            case 0x22, 0x27: self = .quote
            default: self = []
            }
        }
    }

    private let units: [UInt16]
    private var next = 0
    /// The start of the last token, in UTF-16 code units.
    private(set) var tokenOffset = 0

    init(_ text: String) { units = Array(text.utf16) }

    private var current: UInt16? { next < units.count ? units[next] : nil }

    private func isNext(_ unit: UInt16) -> Bool { current == unit }

    mutating func nextToken() -> Token {
        while let unit = current {
            tokenOffset = next
            let kind = CharacterClass(unit)
            if kind.contains(.whitespace) {
                next += 1
            } else if kind.contains(.digit) {
                return number(unit)
            } else if kind.contains(.alphabetic) {
                return word()
            } else if kind.contains(.quote) {
                return quoted(unit)
            } else if unit == 0x2F {
                skipComment()
            } else {
                next += 1
                return .character(unit)
            }
        }
        tokenOffset = next
        return .end
    }

    /// A minus without a number after it is a character.
    private mutating func number(_ first: UInt16) -> Token {
        if first == 0x2D {
            next += 1
            guard let unit = current, unit == 0x2E || (0x30...0x39).contains(unit) else { return .character(first) }
        }
        var hasPoint = false
        while let unit = current {
            if unit == 0x2E, !hasPoint {
                hasPoint = true
            } else if !(0x30...0x39).contains(unit) {
                break
            }
            next += 1
        }
        return .number
    }

    private mutating func word() -> Token {
        let start = next
        while let unit = current, !CharacterClass(unit).isDisjoint(with: [.alphabetic, .digit]) { next += 1 }
        return .word(String(decoding: units[start..<next], as: UTF16.self))
    }

    /// Ends at the same quote, at the end of the line, or at the end of the text.
    private mutating func quoted(_ quote: UInt16) -> Token {
        next += 1
        var text: [UInt16] = []
        while let unit = current, unit != quote, unit != 0x0A, unit != 0x0D {
            next += 1
            text.append(unit == 0x5C ? escaped() : unit)
        }
        if isNext(quote) { next += 1 }
        return .quoted(String(decoding: text, as: UTF16.self))
    }

    /// The value of the characters after a backslash: up to three octal digits, or one character.
    private mutating func escaped() -> UInt16 {
        // Java treats the end of the text as U+FFFF.
        guard let first = current else { return 0xFFFF }
        next += 1
        guard Self.isOctal(first) else {
            return switch first {
            case 0x61: 0x07
            case 0x62: 0x08
            case 0x66: 0x0C
            case 0x6E: 0x0A
            case 0x72: 0x0D
            case 0x74: 0x09
            case 0x76: 0x0B
            default: first
            }
        }
        var value = first - 0x30
        let digitsMax = first <= 0x33 ? 3 : 2
        for _ in 1..<digitsMax {
            guard let digit = current, Self.isOctal(digit) else { break }
            value = value << 3 + (digit - 0x30)
            next += 1
        }
        return value
    }

    private static func isOctal(_ unit: UInt16) -> Bool { (0x30...0x37).contains(unit) }

    private mutating func skipComment() {
        next += 1
        guard isNext(0x2A) else {
            while let unit = current, unit != 0x0A, unit != 0x0D { next += 1 }
            return
        }
        next += 1
        var previous: UInt16 = 0
        while let unit = current {
            next += 1
            if unit == 0x2F, previous == 0x2A { return }
            previous = unit
            guard unit == 0x0A || unit == 0x0D else { continue }
            // Java consumes the character after the end of a line without checking whether it is a slash.
            if unit == 0x0D { previous = take() }
            if unit == 0x0A || previous == 0x0A { previous = take() }
        }
    }

    /// The next unit, 0 at the end.
    private mutating func take() -> UInt16 {
        guard let unit = current else { return 0 }
        next += 1
        return unit
    }
}
