/// `ALTER TABLE`, from the table's name on.
extension DDLParser {
    mutating func alterTable() throws(DDLSyntaxError) -> ParsedStatement.Kind {
        let ifExists = skipAll("IF", "EXISTS")
        var alter = AlterTable(name: try objectName())
        alter.ifExists = ifExists
        // A later action could rename the table to a captured name, so an error may concern any table.
        if !restNames("RENAME"), !restNames("EXCHANGE") { touches = [alter.name] }
        try lockWait()
        while current.kind != .end, !isSymbol(";") {
            if skipSymbol(",") { continue }
            try action(into: &alter.actions)
        }
        return .alterTable(alter)
    }

    private func restNames(_ keyword: String) -> Bool {
        var ahead = 0
        while peek(ahead).kind != .end, !isSymbol(";", ahead: ahead) {
            if isWord(keyword, ahead: ahead) { return true }
            ahead += 1
        }
        return false
    }

    private mutating func action(into actions: inout [AlterTable.Action]) throws(DDLSyntaxError) {
        switch current.kind == .word ? current.keyword : "" {
        case "ADD": try add(into: &actions)
        case "MODIFY": actions.append(try modify())
        case "CHANGE": actions.append(try change())
        case "DROP": actions.append(try drop())
        case "ALTER": actions.append(try alterElement())
        case "RENAME": actions.append(try renameElement())
        case "CONVERT": actions.append(try convert())
        case "ORDER":
            advance()
            try expect("BY")
            try skipTo()
            actions.append(.other)
        case "PARTITION":
            try partitioning()
            actions.append(.other)
        case "EXCHANGE", "TRUNCATE", "DISCARD", "IMPORT": actions.append(try rowChange())
        case let keyword where Self.otherActions.contains(keyword) || isWords("REORGANIZE", "PARTITION"):
            if keyword == "REORGANIZE" || isWord("PARTITION", ahead: 1) { try skipTo() } else { try skipTo(",") }
            actions.append(.other)
        default: try options(into: &actions)
        }
    }

    private static let otherActions: Set<String> = [
        "ALGORITHM", "LOCK", "FORCE", "DISABLE", "ENABLE", "COALESCE", "REORGANIZE",
        "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR", "REMOVE", "UPGRADE", "WITHOUT",
        "SECONDARY_LOAD", "SECONDARY_UNLOAD",
    ]

    /// `EXCHANGE PARTITION p WITH TABLE t`, `TRUNCATE PARTITION`, `DISCARD` and `IMPORT [PARTITION …] TABLESPACE`.
    private mutating func rowChange() throws(DDLSyntaxError) -> AlterTable.Action {
        let keyword = current.keyword
        advance()
        let isPartition = isWord("PARTITION")
        guard keyword == "EXCHANGE" else {
            if isPartition { try skipTo() } else { try skipTo(",") }
            let isTablespace = keyword == "DISCARD" || keyword == "IMPORT"
            return .changeRows("\(keyword) \(isTablespace ? "TABLESPACE" : "PARTITION")", with: nil)
        }
        while current.kind != .end, !isSymbol(";"), !isWords("WITH", "TABLE") { advance() }
        try expect("WITH")
        try expect("TABLE")
        let other = try objectName()
        try skipTo()
        return .changeRows("EXCHANGE PARTITION", with: other)
    }

    private mutating func options(into actions: inout [AlterTable.Action]) throws(DDLSyntaxError) {
        if isWord("WITH"), isWord("VALIDATION", ahead: 1) {
            advance()
            advance()
            return actions.append(.other)
        }
        var options = TableOptions()
        try tableOption(into: &options)
        actions.append(options == TableOptions() ? .other : .options(options))
    }

    // MARK: Adding

    private mutating func add(into actions: inout [AlterTable.Action]) throws(DDLSyntaxError) {
        advance()
        if isWord("PARTITION") || isWord("SYSTEM") && isWord("VERSIONING", ahead: 1) {
            try skipTo()
            return actions.append(.other)
        }
        if let key = try keyDefinition() { return actions.append(.addKey(key)) }
        if try skipConstraintOrPeriod() { return actions.append(.other) }
        _ = skip("COLUMN")
        let ifNotExists = skipAll("IF", "NOT", "EXISTS")
        guard isSymbol("(") else {
            let column = try column()
            return actions.append(.addColumn(column, place: try place(), ifNotExists: ifNotExists))
        }
        advance()
        repeat {
            if let key = try keyDefinition() {
                actions.append(.addKey(key))
            } else if try !skipConstraintOrPeriod() {
                actions.append(.addColumn(try column(), place: nil, ifNotExists: ifNotExists))
            }
        } while skipSymbol(",")
        try expectSymbol(")")
    }

    private mutating func place() throws(DDLSyntaxError) -> ColumnPosition? {
        if skip("FIRST") { return .first }
        if skip("AFTER") { return .after(try columnName()) }
        return nil
    }

    // MARK: Changing

    private mutating func modify() throws(DDLSyntaxError) -> AlterTable.Action {
        advance()
        _ = skip("COLUMN")
        let ifExists = skipAll("IF", "EXISTS")
        let column = try column()
        return .modifyColumn(column, place: try place(), ifExists: ifExists)
    }

    private mutating func change() throws(DDLSyntaxError) -> AlterTable.Action {
        advance()
        _ = skip("COLUMN")
        let ifExists = skipAll("IF", "EXISTS")
        let old = try columnName()
        let column = try column()
        return .changeColumn(old, column, place: try place(), ifExists: ifExists)
    }

    private mutating func alterElement() throws(DDLSyntaxError) -> AlterTable.Action {
        advance()
        if isWord("INDEX") || isWord("CHECK") || isWord("CONSTRAINT") || isWord("KEY") {
            try skipTo(",")
            return .other
        }
        _ = skip("COLUMN")
        _ = skipAll("IF", "EXISTS")
        let column = try columnName()
        if skip("DROP") {
            try expect("DEFAULT")
            return .dropDefault(column)
        }
        try expect("SET")
        if skip(anyOf: ["VISIBLE", "INVISIBLE"]) != nil { return .other }
        try expect("DEFAULT")
        return .setDefault(column, try defaultValue())
    }

    private mutating func renameElement() throws(DDLSyntaxError) -> AlterTable.Action {
        advance()
        if isWord("INDEX") || isWord("KEY") {
            try skipTo(",")
            return .other
        }
        if isWord("COLUMN") {
            advance()
            _ = skipAll("IF", "EXISTS")
            let old = try columnName()
            try expect("TO")
            return .renameColumn(old, to: try columnName())
        }
        if skip(anyOf: ["TO", "AS"]) == nil { _ = skipSymbol("=") }
        return .rename(try objectName())
    }

    private mutating func convert() throws(DDLSyntaxError) -> AlterTable.Action {
        advance()
        // MariaDB converts partitions to tables and back.
        if isWord("PARTITION") || isWord("TABLE") || isWords("TO", "PARTITION") {
            try skipTo()
            return .other
        }
        try expect("TO")
        guard skip("CHARSET") || skipAll("CHARACTER", "SET") || skipAll("CHAR", "SET") else {
            throw syntaxError("CHARACTER SET")
        }
        let characterSet = try characterSetName()
        var collation: String?
        if skip("COLLATE") {
            _ = skipSymbol("=")
            collation = try characterSetName()
        }
        return .convertCharacterSet(characterSet, collation: collation)
    }

    // MARK: Dropping

    private mutating func drop() throws(DDLSyntaxError) -> AlterTable.Action {
        advance()
        if skip("PRIMARY") {
            try expect("KEY")
            return .dropPrimaryKey
        }
        if isWord("INDEX") || isWord("KEY") {
            advance()
            _ = skipAll("IF", "EXISTS")
            return .dropKey(try name("an index's name"))
        }
        let isOther = isWord("FOREIGN") || isWord("CHECK") || isWord("CONSTRAINT") || isWord("PARTITION")
            || isWord("SYSTEM") && isWord("VERSIONING", ahead: 1) || isWord("PERIOD") && isWord("FOR", ahead: 1)
        if isOther {
            guard isWord("PARTITION") else {
                try skipTo(",")
                return .other
            }
            try skipTo()
            return .changeRows("DROP PARTITION", with: nil)
        }
        _ = skip("COLUMN")
        let ifExists = skipAll("IF", "EXISTS")
        let column = try columnName()
        _ = skip(anyOf: ["RESTRICT", "CASCADE"])
        return .dropColumn(column, ifExists: ifExists)
    }
}
