/// Names, texts and numbers.
extension DDLParser {
    /// A name, without quotes and with doubled ones made single.
    mutating func name(_ expected: String = "a name") throws(DDLSyntaxError) -> String {
        switch current.kind {
        case .word: break
        case .quotedIdentifier, .string: break
        default: throw syntaxError(expected)
        }
        let token = current
        advance()
        return token.kind == .word ? text(of: token.range) : unquoted(token.range)
    }

    /// `name` or `database.name`; `.name` names the default database.
    mutating func objectName(_ expected: String = "a table's name") throws(DDLSyntaxError) -> ObjectName {
        if skipSymbol(".") { return ObjectName(name: try name(expected)) }
        let first = try name(expected)
        guard isSymbol("."), isName(peek(1)) else { return ObjectName(name: first) }
        advance()
        return ObjectName(database: first, name: try name(expected))
    }

    func isName(_ token: DDLToken) -> Bool {
        token.kind == .word || token.kind == .quotedIdentifier || token.kind == .string
    }

    /// A column's name; a table's and a database's name before it are dropped.
    mutating func columnName() throws(DDLSyntaxError) -> String {
        var found = try name("a column's name")
        while isSymbol("."), isName(peek(1)) {
            advance()
            found = try name("a column's name")
        }
        return found
    }

    /// The content of one quoted token with doubled quotes made single; escapes are kept.
    func unquoted(_ range: Range<Int>) -> String {
        var range = range
        if let first = bytes[range].first, first | 0x20 == UInt8(ascii: "n"), range.count > 2 {
            range = range.lowerBound + 1..<range.upperBound
        }
        guard range.count >= 2, let mark = bytes[range].first else { return text(of: range) }
        var result: [UInt8] = []
        var index = range.lowerBound + 1
        while index < range.upperBound - 1 {
            result.append(bytes[index])
            index += bytes[index] == mark && bytes[index + 1] == mark ? 2 : 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The content of one quoted token exactly as written.
    func contents(_ range: Range<Int>) -> String {
        var range = range
        if let first = bytes[range].first, first | 0x20 == UInt8(ascii: "n") {
            range = range.lowerBound + 1..<range.upperBound
        }
        return range.count < 2 ? "" : text(of: range.lowerBound + 1..<range.upperBound - 1)
    }

    /// A string; adjacent strings are joined.
    mutating func string(_ expected: String = "a string") throws(DDLSyntaxError) -> String {
        guard isString else { throw syntaxError(expected) }
        var result = ""
        while isString {
            result += contents(current.range)
            advance()
        }
        return result
    }

    /// A string, or under ANSI_QUOTES the content of double quotes.
    private var isString: Bool { current.kind == .string }

    /// A decimal integer; values above Java's int become the largest int.
    mutating func integer(_ expected: String = "a number") throws(DDLSyntaxError) -> Int {
        guard current.kind == .number else { throw syntaxError(expected) }
        let digits = text(of: current.range)
        let whole = digits.prefix { $0.isASCII && $0.isNumber }
        guard !whole.isEmpty else { throw syntaxError(expected) }
        advance()
        return min(Int(whole) ?? Int(Int32.max), Int(Int32.max))
    }

    /// The name of a character set or collation: a word or a quoted name. `binary` and `default` are names too.
    mutating func characterSetName() throws(DDLSyntaxError) -> String {
        try name("a character set's or collation's name")
    }
}
