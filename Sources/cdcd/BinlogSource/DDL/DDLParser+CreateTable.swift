/// `CREATE TABLE`, from the table's name on.
extension DDLParser {
    mutating func createTable(orReplace: Bool, isTemporary: Bool) throws(DDLSyntaxError) -> ParsedStatement.Kind {
        let ifNotExists = skipAll("IF", "NOT", "EXISTS")
        var table = CreateTable(name: try objectName())
        touches = [table.name]
        table.orReplace = orReplace
        table.isTemporary = isTemporary
        table.ifNotExists = ifNotExists
        let isParenthesised = isSymbol("(") && isWord("LIKE", ahead: 1)
        if isParenthesised { advance() }
        if skip("LIKE") {
            var like = CreateTableLike(name: table.name, original: try objectName())
            like.isTemporary = isTemporary
            like.ifNotExists = ifNotExists
            if isParenthesised { try expectSymbol(")") }
            return .createTableLike(like)
        }
        if isSymbol("("), !isQueryAhead(1) { try definitions(into: &table) }
        try createOptions(into: &table)
        return .createTable(table)
    }

    /// Whether a query begins this many tokens ahead, possibly after parentheses.
    private func isQueryAhead(_ ahead: Int) -> Bool {
        var ahead = ahead
        while isSymbol("(", ahead: ahead) { ahead += 1 }
        return ["SELECT", "WITH", "VALUES", "TABLE"].contains { isWord($0, ahead: ahead) }
    }

    private mutating func definitions(into table: inout CreateTable) throws(DDLSyntaxError) {
        try expectSymbol("(")
        repeat {
            if isSymbol(")") { break }
            if let key = try keyDefinition() {
                table.elements.append(.key(key))
            } else if try !skipConstraintOrPeriod() {
                table.elements.append(.column(try column()))
            }
        } while skipSymbol(",")
        try expectSymbol(")")
    }

    private mutating func createOptions(into table: inout CreateTable) throws(DDLSyntaxError) {
        while current.kind != .end, !isSymbol(";") {
            if skipSymbol(",") { continue }
            if isWords("PARTITION", "BY") {
                try partitioning()
            } else if isWords("START", "TRANSACTION") {
                table.textBeforeTransaction = text(from: statementStart, to: index)
                advance()
                advance()
            } else if isWord("AS") || isSymbol("(") || isQueryAhead(0) || isQueryAfterConflictRule {
                table.hasQuery = true
                skipStatement()
            } else {
                try tableOption(into: &table.options)
            }
        }
    }

    private var isQueryAfterConflictRule: Bool {
        (isWord("IGNORE") || isWord("REPLACE")) && (isWord("AS", ahead: 1) || isQueryAhead(1))
    }

    /// Skips the definition of partitions, up to a query, a transaction or the end.
    mutating func partitioning() throws(DDLSyntaxError) {
        while current.kind != .end, !isSymbol(";"), !isWords("START", "TRANSACTION") {
            if isWord("AS") || isWord("SELECT") || isQueryAfterConflictRule { return }
            if isSymbol("(") { try skipParentheses() } else { advance() }
        }
    }

    // MARK: Keys and constraints

    /// A key or an index if one begins here, including a constraint's name before it.
    mutating func keyDefinition() throws(DDLSyntaxError) -> KeySpecification? {
        let start = index
        var name: String?
        if skip("CONSTRAINT"), !isWord("PRIMARY"), !isWord("UNIQUE"), !isWord("FOREIGN"), !isWord("CHECK") {
            name = try self.name("a constraint's name")
        }
        if skip("PRIMARY") {
            try expect("KEY")
            try indexType()
            if !isSymbol("(") { name = try self.name("an index's name") }
            try indexType()
            return try key(.primary, name: name)
        }
        if skip("UNIQUE") {
            _ = skip(anyOf: ["INDEX", "KEY"])
            return try namedKey(.unique, constraint: name)
        }
        if isWord("INDEX") || isWord("KEY") {
            advance()
            return try namedKey(.other, constraint: nil)
        }
        let isIndexWordAhead = isWord("INDEX", ahead: 1) || isWord("KEY", ahead: 1)
        let isVectorIndex = isWord("VECTOR") && (isIndexWordAhead || isSymbol("(", ahead: 1))
        if isWord("FULLTEXT") || isWord("SPATIAL") || isVectorIndex {
            advance()
            _ = skip(anyOf: ["INDEX", "KEY"])
            return try namedKey(.other, constraint: nil)
        }
        index = start
        return nil
    }

    private mutating func namedKey(
        _ kind: KeySpecification.Kind, constraint: String?
    ) throws(DDLSyntaxError) -> KeySpecification {
        var name = constraint
        _ = skipAll("IF", "NOT", "EXISTS")
        if !isSymbol("("), !isWord("USING"), !isWord("TYPE") { name = try self.name("an index's name") }
        try indexType()
        return try key(kind, name: name)
    }

    private mutating func key(_ kind: KeySpecification.Kind, name: String?) throws(DDLSyntaxError) -> KeySpecification {
        let key = KeySpecification(kind: kind, name: name, columns: try keyParts())
        try skipTo(",", ")")
        return key
    }

    /// `USING BTREE`, `TYPE HASH`.
    mutating func indexType() throws(DDLSyntaxError) {
        if (isWord("USING") || isWord("TYPE")) && !isSymbol("(", ahead: 1) {
            advance()
            _ = try name("an index's type")
        }
    }

    /// `(a, b(10) DESC, (lower(c)))`.
    mutating func keyParts() throws(DDLSyntaxError) -> [String] {
        try expectSymbol("(")
        var columns: [String] = []
        repeat {
            if isSymbol("(") {
                let first = index
                try skipParentheses()
                columns.append(text(from: first, to: index))
            } else {
                columns.append(try name("a column's name"))
                if isSymbol("(") { try skipParentheses() }
            }
            _ = skip(anyOf: ["ASC", "DESC"])
            _ = skipAll("WITHOUT", "OVERLAPS")
        } while skipSymbol(",")
        try expectSymbol(")")
        return columns
    }

    /// Skips a foreign key, a check or MariaDB's period if one begins here.
    mutating func skipConstraintOrPeriod() throws(DDLSyntaxError) -> Bool {
        let isPeriod = isWords("PERIOD", "FOR")
        guard isWord("CONSTRAINT") || isWord("FOREIGN") || isWord("CHECK") || isPeriod else { return false }
        try skipTo(",", ")")
        return true
    }

    // MARK: Options

    /// One option of a table; only relevant ones are kept.
    mutating func tableOption(into options: inout TableOptions) throws(DDLSyntaxError) {
        if isWord("DEFAULT") { advance() }
        if skip("CHARSET") || skipAll("CHARACTER", "SET") || skipAll("CHAR", "SET") {
            _ = skipSymbol("=")
            options.isCharacterSetInComment = current.isInComment
            options.characterSet = try characterSetName()
        } else if skip("COLLATE") {
            _ = skipSymbol("=")
            options.collation = try characterSetName()
        } else if isWord("COMMENT") {
            advance()
            _ = skipSymbol("=")
            options.comment = try string()
        } else {
            try otherTableOption()
        }
    }

    /// Options whose value may follow without `=`; MariaDB's engines add others, which require the sign.
    private static let tableOptionNames: Set<String> = [
        "ENGINE", "TYPE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHECKSUM", "TABLE_CHECKSUM", "COMPRESSION",
        "CONNECTION", "DELAY_KEY_WRITE", "ENCRYPTION", "INSERT_METHOD", "KEY_BLOCK_SIZE", "MAX_ROWS", "MIN_ROWS",
        "PACK_KEYS", "PASSWORD", "ROW_FORMAT", "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES",
        "TABLESPACE", "STORAGE", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE", "SECONDARY_ENGINE",
        "AUTOEXTEND_SIZE", "PAGE_CHECKSUM", "TRANSACTIONAL", "SEQUENCE", "PAGE_COMPRESSED",
        "PAGE_COMPRESSION_LEVEL", "ENCRYPTED", "ENCRYPTION_KEY_ID", "IETF_QUOTES",
    ]

    private mutating func otherTableOption() throws(DDLSyntaxError) {
        if skip("UNION") {
            _ = skipSymbol("=")
            return try skipParentheses()
        }
        if isWords("DATA", "DIRECTORY") || isWords("INDEX", "DIRECTORY") {
            advance()
            advance()
            _ = skipSymbol("=")
            _ = try string()
            return
        }
        if isWord("WITH") && isWord("SYSTEM", ahead: 1) {
            for _ in 0..<3 { advance() }
            return
        }
        guard isName(current) else { throw syntaxError("a table's option") }
        let isKnown = current.kind == .word && Self.tableOptionNames.contains(current.keyword)
        guard isKnown || isSymbol("=", ahead: 1) else { throw syntaxError("a table's option") }
        advance()
        _ = skipSymbol("=")
        if isSymbol("(") { return try skipParentheses() }
        guard current.kind != .end, !isSymbol(";"), !isSymbol(",") else { throw syntaxError("an option's value") }
        if isSymbol("-") || isSymbol("+") { advance() }
        advance()
    }
}
