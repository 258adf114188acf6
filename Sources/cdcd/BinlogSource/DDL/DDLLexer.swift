/// Splits a text into tokens as MySQL's and MariaDB's lexers do.
///
/// Comments are skipped. The content of an executable comment (`/*!80023 … */`, `/*M!100100 … */`) is part of the
/// statement, as on the server that wrote it to its binlog. Source: MySQL manual, "Comments", "Schema Object Names",
/// "String Literals".
struct DDLLexer {
    /// Versions from here on mean "no server": MariaDB's dumps begin with `/*!999999\- … */`.
    private static let neverExecutedVersion = 999_999

    private let bytes: [UInt8]
    private let sqlMode: SQLMode
    private var position = 0
    private var executableCommentDepth = 0
    private var tokens: [DDLToken] = []

    private init(_ bytes: [UInt8], sqlMode: SQLMode) {
        self.bytes = bytes
        self.sqlMode = sqlMode
    }

    /// A quoted text or a comment that is not terminated, and where it starts.
    struct UnterminatedError: Error, Sendable {
        let what: String
        let offset: Int
    }

    /// The tokens, the last of which is `.end`. If a quote or a comment is not terminated, the tokens before it and the
    /// error.
    static func tokens(of bytes: [UInt8], sqlMode: SQLMode) -> (tokens: [DDLToken], error: UnterminatedError?) {
        var lexer = DDLLexer(bytes, sqlMode: sqlMode)
        var unterminated: UnterminatedError?
        do {
            try lexer.run()
        } catch {
            unterminated = error
        }
        lexer.tokens.append(DDLToken(kind: .end, range: bytes.count..<bytes.count, keyword: "", isInComment: false))
        return (lexer.tokens, unterminated)
    }

    private func byte(_ ahead: Int = 0) -> UInt8 {
        let index = position + ahead
        return index < bytes.count ? bytes[index] : 0
    }

    private mutating func run() throws(UnterminatedError) {
        while position < bytes.count {
            let start = position
            let first = byte()
            switch first {
            case 0x00...0x20: position += 1
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "-") where byte(1) == 0x2D && (position + 2 >= bytes.count || byte(2) <= 0x20): skipLine()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): try comment()
            case UInt8(ascii: "*") where byte(1) == UInt8(ascii: "/") && executableCommentDepth > 0:
                executableCommentDepth -= 1
                position += 2
            case UInt8(ascii: "`"): try quoted("`", as: .quotedIdentifier, from: start)
            case UInt8(ascii: "\""):
                try quoted("\"", as: sqlMode.contains(.ansiQuotes) ? .quotedIdentifier : .string, from: start)
            case UInt8(ascii: "'"): try quoted("'", as: .string, from: start)
            case UInt8(ascii: "0")...UInt8(ascii: "9"): numberOrWord()
            case UInt8(ascii: ".") where Self.isDigit(byte(1)) && !followsName: numberOrWord()
            case _ where Self.isWordByte(first): try wordOrPrefixedString()
            default:
                position += 1
                append(.symbol(first), from: start)
            }
        }
    }

    private mutating func append(_ kind: DDLToken.Kind, from start: Int) {
        var keyword = ""
        if kind == .word { keyword = String(decoding: bytes[start..<position], as: UTF8.self).asciiUppercased() }
        tokens.append(
            DDLToken(
                kind: kind, range: start..<position, keyword: keyword, isInComment: executableCommentDepth > 0))
    }

    /// Whether the preceding byte belongs to a name, so that a dot here separates the parts of a qualified name.
    private var followsName: Bool {
        guard let last = tokens.last, last.range.upperBound == position else { return false }
        return last.kind == .word || last.kind == .quotedIdentifier
    }

    // MARK: Comments

    private mutating func skipLine() {
        while position < bytes.count, byte() != 0x0A { position += 1 }
    }

    private mutating func comment() throws(UnterminatedError) {
        let start = position
        let isMariaDBs = byte(2) == UInt8(ascii: "M") && byte(3) == UInt8(ascii: "!")
        let bang = byte(2) == UInt8(ascii: "!") ? 3 : isMariaDBs ? 4 : 0
        if bang > 0 {
            position += bang
            var version = 0
            var digits = 0
            while digits < 6, Self.isDigit(byte()) {
                version = version * 10 + Int(byte() - 0x30)
                position += 1
                digits += 1
            }
            // Five or six digits are a version; fewer belong to the statement.
            if digits < 5 { position -= digits }
            if version < Self.neverExecutedVersion {
                executableCommentDepth += 1
                return
            }
        } else {
            position += 2
        }
        while position < bytes.count {
            if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                position += 2
                return
            }
            position += 1
        }
        throw UnterminatedError(what: "a comment", offset: start)
    }

    // MARK: Quotes

    /// Reads from the opening quote at `position`.
    private mutating func quoted(
        _ quote: Character, as kind: DDLToken.Kind, from start: Int
    ) throws(UnterminatedError) {
        let mark = quote.asciiValue ?? 0
        let escapes = kind != .quotedIdentifier && !sqlMode.contains(.noBackslashEscapes)
        position += 1
        while position < bytes.count {
            let next = byte()
            if next == mark {
                if byte(1) != mark {
                    position += 1
                    append(kind, from: start)
                    return
                }
                position += 2
            } else if next == UInt8(ascii: "\\"), escapes, position + 1 < bytes.count {
                position += 2
            } else {
                position += 1
            }
        }
        throw UnterminatedError(what: kind == .quotedIdentifier ? "a quoted name" : "a string", offset: start)
    }

    // MARK: Words and numbers

    private mutating func wordOrPrefixedString() throws(UnterminatedError) {
        let start = position
        if byte(1) == UInt8(ascii: "'") {
            let kind: DDLToken.Kind? = switch byte() | 0x20 {
            case UInt8(ascii: "x"): .hexadecimal
            case UInt8(ascii: "b"): .bits
            case UInt8(ascii: "n"): .string
            default: nil
            }
            if let kind {
                position += 1
                return try quoted("'", as: kind, from: start)
            }
        }
        while position < bytes.count, Self.isWordByte(byte()) { position += 1 }
        append(.word, from: start)
    }

    private mutating func numberOrWord() {
        let start = position
        if followsDot {
            while position < bytes.count, Self.isWordByte(byte()) { position += 1 }
            return append(.word, from: start)
        }
        if byte() == 0x30, let kind = prefixedDigits() {
            return append(kind, from: start)
        }
        while Self.isDigit(byte()) { position += 1 }
        if byte() == UInt8(ascii: ".") {
            position += 1
            while Self.isDigit(byte()) { position += 1 }
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
            if Self.isDigit(byte(1 + sign)) {
                position += 2 + sign
                while Self.isDigit(byte()) { position += 1 }
            }
        }
        let hasFraction = bytes[start..<position].contains(UInt8(ascii: "."))
        guard position < bytes.count, Self.isWordByte(byte()), !hasFraction else { return append(.number, from: start) }
        while position < bytes.count, Self.isWordByte(byte()) { position += 1 }
        append(.word, from: start)
    }

    /// Whether the token follows a qualified name's dot, after which even `1e5` is a name.
    private var followsDot: Bool {
        guard let last = tokens.last, last.kind == .symbol(UInt8(ascii: ".")) else { return false }
        return last.range.upperBound == position
    }

    /// Reads `0x1F` or `0b01` if the whole word has that form; otherwise leaves the position unchanged.
    private mutating func prefixedDigits() -> DDLToken.Kind? {
        let isHexadecimal = byte(1) == UInt8(ascii: "x")
        guard isHexadecimal || byte(1) == UInt8(ascii: "b") else { return nil }
        var end = position + 2
        while end < bytes.count, Self.isWordByte(bytes[end]) {
            let digit = bytes[end] | 0x20
            let isPart = isHexadecimal
                ? Self.isDigit(bytes[end]) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(digit)
                : bytes[end] == 0x30 || bytes[end] == 0x31
            guard isPart else { return nil }
            end += 1
        }
        guard end > position + 2 else { return nil }
        position = end
        return isHexadecimal ? .hexadecimal : .bits
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF: true
        default: false
        }
    }
}

extension StringProtocol {
    /// Converts ASCII letters to upper case; all other characters are unchanged.
    func asciiUppercased() -> String {
        String(decoding: utf8.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
    }
}
