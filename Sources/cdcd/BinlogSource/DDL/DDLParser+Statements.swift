/// Recognises statements by their first words.
extension DDLParser {
    mutating func statement() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        if isSymbol("(") { return finish(.query) }
        guard current.kind == .word else { throw syntaxError("a statement") }
        if let other = Self.otherStatements[current.keyword] { return finish(other) }
        switch current.keyword {
        case "CREATE": return try create()
        case "ALTER": return try alter()
        case "DROP": return try drop()
        case "RENAME": return try rename()
        case "TRUNCATE": return try truncate()
        case "SET": return try set()
        case "UNIQUE":
            // The history of Debezium 3.6 has unique indexes without their CREATE.
            let unique = index
            advance()
            guard skip(anyOf: ["INDEX", "KEY"]) != nil else { throw syntaxError("INDEX") }
            return try createIndex(isUnique: true, from: unique)
        case "USE":
            advance()
            return .use(try name("a database's name"))
        default: throw syntaxError("a statement")
        }
    }

    /// The rest of the statement is irrelevant.
    mutating func finish(_ other: OtherStatement) -> ParsedStatement.Kind {
        touches = []
        skipStatement()
        return .other(other)
    }

    /// Routines and triggers contain delimiters: the rest of the text belongs to the statement.
    private mutating func finishText(_ other: OtherStatement) -> ParsedStatement.Kind {
        touches = []
        while current.kind != .end { advance() }
        return .other(other)
    }

    private static let otherStatements: [String: OtherStatement] = [
        "ANALYZE": .maintenance, "CHECK": .maintenance, "CHECKSUM": .maintenance, "OPTIMIZE": .maintenance,
        "REPAIR": .maintenance, "CACHE": .maintenance, "BACKUP": .maintenance, "IMPORT": .administration,
        "BEGIN": .transaction, "COMMIT": .transaction, "ROLLBACK": .transaction, "SAVEPOINT": .transaction,
        "RELEASE": .transaction, "START": .transaction, "XA": .transaction, "END": .transaction,
        "INSERT": .dataChange, "UPDATE": .dataChange, "DELETE": .dataChange, "REPLACE": .dataChange,
        "LOAD": .dataChange, "CALL": .dataChange, "DO": .dataChange, "WITH": .dataChange, "HANDLER": .dataChange,
        "SELECT": .query, "SHOW": .query, "EXPLAIN": .query, "DESC": .query, "DESCRIBE": .query, "HELP": .query,
        "TABLE": .query, "VALUES": .query,
        "GRANT": .userOrPrivilege, "REVOKE": .userOrPrivilege,
        "FLUSH": .flush,
        "BINLOG": .administration, "CHANGE": .administration, "CLONE": .administration, "KILL": .administration,
        "INSTALL": .administration, "UNINSTALL": .administration, "PURGE": .administration, "RESET": .administration,
        "RESTART": .administration, "SHUTDOWN": .administration, "STOP": .administration, "LOCK": .administration,
        "UNLOCK": .administration, "PREPARE": .administration, "EXECUTE": .administration,
        "DEALLOCATE": .administration, "GET": .administration, "SIGNAL": .administration,
        "RESIGNAL": .administration, "DELIMITER": .administration,
    ]

    private static let objects: [String: OtherStatement] = [
        "VIEW": .view, "FUNCTION": .routineOrTrigger, "PROCEDURE": .routineOrTrigger, "TRIGGER": .routineOrTrigger,
        "EVENT": .routineOrTrigger, "PACKAGE": .routineOrTrigger, "LIBRARY": .routineOrTrigger,
        "USER": .userOrPrivilege, "ROLE": .userOrPrivilege, "SERVER": .administration,
        "TABLESPACE": .administration, "LOGFILE": .administration, "RESOURCE": .administration,
        "REFERENCE": .administration, "INSTANCE": .administration, "SEQUENCE": .administration,
        "PREPARE": .administration, "MASKING": .administration, "CATALOG": .administration,
    ]

    /// The kind of object between the verb and its name, after `DEFINER = …`, `ALGORITHM = …` and similar clauses.
    private func objectAhead() -> (kind: OtherStatement, ahead: Int)? {
        for ahead in 1..<64 {
            let token = peek(ahead)
            if token.kind == .end || isSymbol(";", ahead: ahead) || isSymbol("(", ahead: ahead) { return nil }
            if token.kind == .word, let object = Self.objects[token.keyword] { return (object, ahead) }
        }
        return nil
    }

    private mutating func otherObject() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        let verb = current.keyword
        guard let (object, ahead) = objectAhead() else { throw syntaxError("the kind of an object") }
        if object == .view, verb != "DROP" {
            touches = []
            for _ in 0...ahead { advance() }
            _ = skipAll("IF", "NOT", "EXISTS")
            let view = try objectName("a view's name")
            skipStatement()
            return verb == "CREATE" ? .createView(view) : .alterView(view)
        }
        return object == .routineOrTrigger ? finishText(object) : finish(object)
    }

    private mutating func create() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        let start = index
        advance()
        let orReplace = skipAll("OR", "REPLACE")
        let isTemporary = skip("TEMPORARY")
        if skip("TABLE") { return try createTable(orReplace: orReplace, isTemporary: isTemporary) }
        if isWord("DATABASE") || (isWord("SCHEMA") && !isSymbol(".", ahead: 1)) {
            advance()
            _ = skipAll("IF", "NOT", "EXISTS")
            return .createDatabase(try databaseStatement(named: true))
        }
        _ = skip(anyOf: ["ONLINE", "OFFLINE"])
        let unique = index
        let isUnique = skip("UNIQUE")
        if !isUnique, isWord("INDEX", ahead: 1) || isWord("KEY", ahead: 1) {
            _ = skip(anyOf: ["FULLTEXT", "SPATIAL", "VECTOR"])
        }
        if skip("INDEX") || (isUnique && skip("KEY")) { return try createIndex(isUnique: isUnique, from: unique) }
        index = start
        return try otherObject()
    }

    private mutating func alter() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        let start = index
        advance()
        _ = skip(anyOf: ["ONLINE", "OFFLINE"])
        _ = skip("IGNORE")
        if skip("TABLE") { return try alterTable() }
        if skip(anyOf: ["DATABASE", "SCHEMA"]) != nil {
            let isNamed = !isDatabaseOption
            return .alterDatabase(try databaseStatement(named: isNamed))
        }
        index = start
        return try otherObject()
    }

    private mutating func drop() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        let start = index
        advance()
        let isTemporary = skip("TEMPORARY")
        if skip(anyOf: ["TABLE", "TABLES"]) != nil { return try dropTables(isTemporary: isTemporary) }
        if skip(anyOf: ["DATABASE", "SCHEMA"]) != nil {
            _ = skipAll("IF", "EXISTS")
            let database = try name("a database's name")
            return .dropDatabase(database)
        }
        _ = skip(anyOf: ["ONLINE", "OFFLINE"])
        if skip("INDEX") { return try dropIndex() }
        index = start
        return try otherObject()
    }

    private mutating func rename() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        advance()
        if isWord("USER") { return finish(.userOrPrivilege) }
        guard skip(anyOf: ["TABLE", "TABLES"]) != nil else { throw syntaxError("TABLE") }
        _ = skipAll("IF", "EXISTS")
        let prefix = text(of: tokens[statementStart].range.lowerBound..<current.range.lowerBound)
        var renames: [TableRename] = []
        repeat {
            let first = index
            let from = try objectName()
            try lockWait()
            try expect("TO")
            let to = try objectName()
            renames.append(TableRename(from: from, to: to, text: prefix + text(from: first, to: index)))
        } while skipSymbol(",")
        return .renameTables(renames)
    }

    private mutating func truncate() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        advance()
        _ = skip("TABLE")
        let table = try objectName()
        touches = [table]
        try lockWait()
        return .truncateTable(table)
    }

    private mutating func dropTables(isTemporary: Bool) throws(DDLSyntaxError) -> ParsedStatement.Kind {
        var drop = DropTables(names: [], isTemporary: isTemporary)
        drop.ifExists = skipAll("IF", "EXISTS")
        drop.prefix = text(of: tokens[statementStart].range.lowerBound..<current.range.lowerBound)
        repeat { drop.names.append(try objectName()) } while skipSymbol(",")
        touches = drop.names
        try lockWait()
        drop.behaviour = skip(anyOf: ["RESTRICT", "CASCADE"]).map { _ in text(of: tokens[index - 1].range) }
        return .dropTables(drop)
    }

    /// MariaDB's `WAIT n` and `NOWAIT`.
    mutating func lockWait() throws(DDLSyntaxError) {
        if skip("WAIT") { _ = try integer() } else { _ = skip("NOWAIT") }
    }

    // MARK: Databases

    private var isDatabaseOption: Bool {
        isWords("DEFAULT", "CHARACTER") || isWords("DEFAULT", "CHARSET") || isWords("DEFAULT", "COLLATE")
            || isWords("DEFAULT", "ENCRYPTION") || isWords("CHARACTER", "SET")
            || ["CHARSET", "COLLATE", "ENCRYPTION", "READ"].contains { isWord($0) } && !isEndAhead
    }

    private var isEndAhead: Bool { peek(1).kind == .end || isSymbol(";", ahead: 1) }

    private mutating func databaseStatement(named isNamed: Bool) throws(DDLSyntaxError) -> DatabaseStatement {
        var statement = DatabaseStatement()
        if isNamed { statement.name = try name("a database's name") }
        while current.kind != .end, !isSymbol(";") {
            _ = skip("DEFAULT")
            if skip("CHARSET") || skipAll("CHARACTER", "SET") || skipAll("CHAR", "SET") {
                _ = skipSymbol("=")
                statement.isCharacterSetInComment = current.isInComment
                statement.characterSet = try characterSetName()
            } else if skip("COLLATE") {
                _ = skipSymbol("=")
                statement.collation = try characterSetName()
            } else if skip("ENCRYPTION") || skip("COMMENT") {
                _ = skipSymbol("=")
                _ = try string()
            } else if skipAll("READ", "ONLY") {
                _ = skipSymbol("=")
                advance()
            } else if skipAll("UPGRADE", "DATA", "DIRECTORY", "NAME") {
                continue
            } else {
                throw syntaxError("a database's option")
            }
        }
        return statement
    }

    // MARK: Indexes

    private mutating func createIndex(isUnique: Bool, from unique: Int) throws(DDLSyntaxError) -> ParsedStatement.Kind {
        _ = skipAll("IF", "NOT", "EXISTS")
        var key = KeySpecification(kind: isUnique ? .unique : .other, name: nil, columns: [])
        if !isWord("ON") { key.name = try name("an index's name") }
        try indexType()
        try expect("ON")
        let table = try objectName()
        touches = [table]
        key.columns = try keyParts()
        skipStatement()
        let text = isUnique ? text(from: unique, to: index) : nil
        return .createIndex(CreateIndex(key: key, table: table, textFromUnique: text))
    }

    private mutating func dropIndex() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        _ = skipAll("IF", "EXISTS")
        let index = try name("an index's name")
        try expect("ON")
        let table = try objectName()
        touches = [table]
        skipStatement()
        return .dropIndex(DropIndex(name: index, table: table))
    }
}
