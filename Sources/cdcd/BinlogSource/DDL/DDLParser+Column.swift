/// A column's definition.
extension DDLParser {
    mutating func column() throws(DDLSyntaxError) -> ColumnSpecification {
        let name = try columnName()
        let type = try dataType()
        var column = ColumnSpecification(name: name, type: type)
        while let attribute = try attribute() { column.attributes.append(attribute) }
        return column
    }

    /// The next attribute; nil if the column ends.
    private mutating func attribute() throws(DDLSyntaxError) -> ColumnAttribute? {
        guard isName(current) else { return nil }
        switch current.kind == .word ? current.keyword : "" {
        case "NOT":
            advance()
            if skip("SECONDARY") { return .other }
            try expect("NULL")
            return .nullable(false)
        case "NULL":
            advance()
            return .nullable(true)
        case "DEFAULT":
            advance()
            return .defaultValue(try defaultValue())
        case "ON":
            advance()
            try expect("UPDATE")
            _ = try currentTimestamp()
            return .onUpdateCurrentTimestamp
        case "AUTO_INCREMENT":
            advance()
            return .autoIncrement
        case "SERIAL":
            advance()
            try expect("DEFAULT")
            try expect("VALUE")
            return .serialDefault
        case "PRIMARY":
            advance()
            _ = skip("KEY")
            return .primaryKey
        case "KEY":
            advance()
            return .primaryKey
        case "UNIQUE":
            advance()
            _ = skip("KEY")
            return .uniqueKey
        case "COMMENT":
            advance()
            return .comment(try string())
        case "COLLATE":
            advance()
            _ = skipSymbol("=")
            return .collate(try characterSetName())
        case "FIRST", "AFTER": return nil
        default: return try otherAttribute()
        }
    }

    private mutating func otherAttribute() throws(DDLSyntaxError) -> ColumnAttribute? {
        if isWords("GENERATED", "ALWAYS") || isWord("AS") { return try generated() }
        if isWord("CONSTRAINT") || isWord("CHECK") {
            if skip("CONSTRAINT"), !isWord("CHECK") { _ = try name("a constraint's name") }
            try expect("CHECK")
            try skipParentheses()
            _ = skip("NOT")
            _ = skip("ENFORCED")
            return .other
        }
        if isWord("REFERENCES") { return try references() }
        if isWord("CHARACTER") || isWord("CHARSET") {
            _ = skipAll("CHARACTER", "SET") || skip("CHARSET")
            _ = skipSymbol("=")
            return .characterSet(try characterSetName())
        }
        if skip(anyOf: ["VISIBLE", "INVISIBLE", "VIRTUAL", "STORED", "PERSISTENT"]) != nil { return .other }
        if skip(anyOf: ["COLUMN_FORMAT", "STORAGE", "SRID"]) != nil {
            advance()
            return .other
        }
        if isWord("WITH") || isWord("WITHOUT"), isWords("WITH", "SYSTEM") || isWords("WITHOUT", "SYSTEM") {
            advance()
            advance()
            try expect("VERSIONING")
            return .other
        }
        if skip("COMPRESSED") {
            if skipSymbol("=") { advance() }
            return .other
        }
        let isKnown = isWord("ENGINE_ATTRIBUTE") || isWord("SECONDARY_ENGINE_ATTRIBUTE")
        guard isKnown || isSymbol("=", ahead: 1) else { return nil }
        advance()
        _ = skipSymbol("=")
        guard current.kind != .end else { throw syntaxError("an attribute's value") }
        advance()
        return .other
    }

    private mutating func generated() throws(DDLSyntaxError) -> ColumnAttribute {
        _ = skipAll("GENERATED", "ALWAYS")
        try expect("AS")
        if skip("ROW") {
            guard skip(anyOf: ["START", "END"]) != nil else { throw syntaxError("START or END") }
            return .generated(isStored: true)
        }
        try skipParentheses()
        if skip(anyOf: ["STORED", "PERSISTENT"]) != nil { return .generated(isStored: true) }
        _ = skip("VIRTUAL")
        return .generated(isStored: false)
    }

    private mutating func references() throws(DDLSyntaxError) -> ColumnAttribute {
        advance()
        _ = try objectName()
        if isSymbol("(") { try skipParentheses() }
        while true {
            if skip("MATCH") {
                advance()
            } else if isWord("ON"), isWord("DELETE", ahead: 1) || isWord("UPDATE", ahead: 1) {
                // ON UPDATE CURRENT_TIMESTAMP is not a referential action.
                if Self.timestampFunctions.contains(peek(2).keyword) { return .other }
                advance()
                advance()
                if !skipAll("SET", "NULL"), !skipAll("SET", "DEFAULT"), !skipAll("NO", "ACTION") {
                    guard skip(anyOf: ["RESTRICT", "CASCADE"]) != nil else { throw syntaxError("a reference's action") }
                }
            } else {
                return .other
            }
        }
    }

    // MARK: Defaults

    private static let timestampFunctions: Set<String> = [
        "CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_DATE", "CURDATE", "CURRENT_TIME", "CURTIME",
    ]

    /// `CURRENT_TIMESTAMP(3)`, `NOW()`; as written, without spaces.
    private mutating func currentTimestamp() throws(DDLSyntaxError) -> String {
        let first = index
        guard skip(anyOf: Self.timestampFunctions) != nil else { throw syntaxError("CURRENT_TIMESTAMP") }
        if isSymbol("(") { try skipParentheses() }
        return joined(from: first, to: index)
    }

    mutating func defaultValue() throws(DDLSyntaxError) -> DefaultValue {
        let first = index
        switch current.kind {
        case .string: return try stringDefault(from: first)
        case .number:
            advance()
            return .number(joined(from: first, to: index))
        case .symbol(UInt8(ascii: "-")), .symbol(UInt8(ascii: "+")):
            advance()
            guard current.kind == .number else { throw syntaxError("a number") }
            advance()
            return .number(joined(from: first, to: index))
        case .hexadecimal:
            advance()
            return .hexadecimal(joined(from: first, to: index))
        case .bits:
            advance()
            let written = joined(from: first, to: index)
            return written.hasPrefix("0") ? .hexadecimal(written) : .bits(String(written.dropFirst(2).dropLast()))
        case .symbol(UInt8(ascii: "(")):
            try skipParentheses()
            return .expression(text(from: first, to: index))
        case .word: return try wordDefault()
        default: throw syntaxError("a default value")
        }
    }

    /// One or more strings, with a collation after them; `first` is the start of an introducer before them.
    private mutating func stringDefault(from first: Int) throws(DDLSyntaxError) -> DefaultValue {
        let start = index
        _ = try string()
        let written = joined(from: start, to: index)
        // Adjacent strings keep the quotes between them; N'…' keeps all of them.
        let quotes: Set<Character> = ["'", "\""]
        let isQuoted = written.first.map { quotes.contains($0) } ?? false
        let contents = isQuoted ? String(written.dropFirst().dropLast()) : written
        if isWord("COLLATE"), isName(peek(1)) {
            let end = index + 2
            let decorated = joined(from: first, to: end)
            // The collation is also an attribute of the column, which is read next.
            return .decorated(decorated, contents: contents)
        }
        if first == start, written.first != "\"" { return .string(contents) }
        return .decorated(joined(from: first, to: index), contents: contents)
    }

    private mutating func wordDefault() throws(DDLSyntaxError) -> DefaultValue {
        let first = index
        if skip("NULL") { return .null }
        if skip(anyOf: ["TRUE", "FALSE"]) != nil { return .boolean(joined(from: first, to: index)) }
        if Self.timestampFunctions.contains(current.keyword) { return .currentTimestamp(try currentTimestamp()) }
        if current.keyword.hasPrefix("_") {
            let next = peek(1).kind
            if next == .string {
                advance()
                return try stringDefault(from: first)
            }
            if next == .hexadecimal || next == .bits {
                advance()
                return try defaultValue()
            }
        }
        let isLiteral = ["DATE", "TIME", "TIMESTAMP"].contains { isWord($0) } && peek(1).kind == .string
        if isLiteral {
            advance()
            _ = try string()
            let written = joined(from: first, to: index)
            return .decorated(written, contents: written)
        }
        // A function without parentheses around it: MariaDB accepts any, MySQL some.
        advance()
        if skip("VALUE") || skip("NEXT") { _ = skip("FOR") }
        if isSymbol("(") { try skipParentheses() }
        return .expression(text(from: first, to: index))
    }
}
