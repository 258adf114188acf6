/// The tables and routines that statements refer to, by the positions at which MySQL's grammar has them.
///
/// Covers statements that change rows (INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, TABLE, SELECT, DO, CALL, with WITH
/// clauses and subqueries), the definitions of views, and the bodies of triggers with several statements. A word at
/// another position (a column, an alias, a function, a text) is not a table. If the grammar is ambiguous, the result
/// may contain names that are not tables or routines, but never lacks one.
///
/// Source: MySQL 9 manual, "Data Manipulation Statements"; MariaDB's `SET STATEMENT … FOR` and `ANALYZE`.
struct StatementReferences: Equatable {
    /// Tables and views; each once, in the order of the text.
    private(set) var tables: [ObjectName] = []
    /// Functions and procedures that are called, including the server's own.
    private(set) var routines: [ObjectName] = []

    /// Returns nil if the text cannot be parsed.
    init?(_ text: String, sqlMode: SQLMode) { self.init(LexedText(text, sqlMode: sqlMode)) }

    /// Returns nil if the text cannot be parsed.
    init?(_ text: LexedText) {
        guard text.error == nil else { return nil }
        var scan = StatementScan(bytes: text.bytes, tokens: text.tokens)
        guard scan.run() else { return nil }
        tables = scan.tables
        routines = scan.routines
    }
}

/// Processes the tokens once. A stack holds, for each open parenthesis, what it may contain.
private struct StatementScan {
    private enum Contents {
        /// A query or a statement: FROM begins its tables.
        case query
        /// A list of tables within parentheses.
        case tables
        /// Expressions, names of columns, options. FROM belongs to a function (`TRIM(x FROM y)`).
        case other
    }

    private struct Group {
        var contents: Contents
        /// Whether a comma or a JOIN is followed by another table.
        var isInTables = false
        /// Whether a table comes next.
        var expectsTable = false
        /// Whether that table is a target, which cannot be a common table expression or a function.
        var expectsTarget = false
        /// Names of WITH, in lower case.
        var commonTables: Set<String> = []
        /// The name in WITH whose query this is, and whether the clause is recursive.
        var definedTable: (name: String, isRecursive: Bool)?
    }

    private let bytes: [UInt8]
    private let tokens: [DDLToken]
    private var index = 0
    private var groups = [Group(contents: .query)]
    private(set) var tables: [ObjectName] = []
    private(set) var routines: [ObjectName] = []
    private var known: Set<ObjectName> = []
    private var called: Set<ObjectName> = []

    init(bytes: [UInt8], tokens: [DDLToken]) {
        self.bytes = bytes
        self.tokens = tokens
    }

    /// Words between INSERT, REPLACE (also of LOAD DATA) or UPDATE and the table; all are reserved.
    private static let modifiers: Set = ["LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "INTO", "TABLE"]

    private var top: Group {
        get { groups[groups.count - 1] }
        set { groups[groups.count - 1] = newValue }
    }

    private func token(_ ahead: Int = 0) -> DDLToken {
        tokens[max(0, min(index + ahead, tokens.count - 1))]
    }

    private func isSymbol(_ character: Character, _ ahead: Int = 0) -> Bool {
        token(ahead).kind == .symbol(character.asciiValue ?? 0)
    }

    private func isName(_ ahead: Int = 0) -> Bool {
        let kind = token(ahead).kind
        return kind == .word || kind == .quotedIdentifier
    }

    /// A name without its quotes.
    private func name(_ ahead: Int = 0) -> String {
        let token = token(ahead)
        let text = bytes[token.range]
        guard token.kind == .quotedIdentifier, let mark = text.first else {
            return String(decoding: text, as: UTF8.self)
        }
        var result: [UInt8] = []
        var isSecond = false
        for byte in text.dropFirst().dropLast() {
            isSecond = byte == mark && !isSecond
            if !isSecond { result.append(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    mutating func run() -> Bool {
        while token().kind != .end {
            guard step() else { return false }
        }
        return groups.count == 1 && !top.expectsTable
    }

    /// Consumes at least one token. Returns false if the text does not have such a form.
    private mutating func step() -> Bool {
        switch token().kind {
        case .symbol(UInt8(ascii: "(")): open()
        case .symbol(UInt8(ascii: ")")):
            guard groups.count > 1, !top.expectsTable else { return false }
            close()
        case .symbol(UInt8(ascii: ",")):
            if top.expectsTable { return false }
            top.expectsTable = top.isInTables
            index += 1
        case .symbol(UInt8(ascii: ";")):
            if top.expectsTable { return false }
            top = Group(contents: top.contents, definedTable: top.definedTable)
            index += 1
        case .symbol(UInt8(ascii: "{")) where top.expectsTable:
            // ODBC's { OJ … }.
            index += token(1).keyword == "OJ" ? 2 : 1
        case .word, .quotedIdentifier: return top.expectsTable ? table() : word()
        case .symbol(UInt8(ascii: ".")) where top.expectsTable && isName(1):
            index += 1
            return table()
        case .symbol, .string, .number, .hexadecimal, .bits, .end:
            if top.expectsTable { return false }
            index += 1
        }
        return true
    }

    // MARK: Parentheses

    private mutating func open() {
        let next = token(1).keyword
        let beginsQuery = ["SELECT", "WITH", "TABLE", "VALUES"].contains(next)
        if beginsQuery {
            groups.append(Group(contents: .query))
        } else if top.expectsTable {
            groups.append(Group(contents: .tables, isInTables: true, expectsTable: true))
        } else {
            groups.append(Group(contents: .other))
        }
        groups[groups.count - 2].expectsTable = false
        index += 1
    }

    private mutating func close() {
        let closed = groups.removeLast()
        index += 1
        guard let defined = closed.definedTable else { return }
        top.commonTables.insert(defined.name)
        if isSymbol(",") {
            index += 1
            commonTable(isRecursive: defined.isRecursive)
        }
    }

    // MARK: Tables

    private mutating func table() -> Bool {
        let isTarget = top.expectsTarget
        let first = token()
        if !isTarget, first.keyword == "LATERAL" {
            index += 1
            return true
        }
        top.expectsTable = false
        top.expectsTarget = false
        var found = ObjectName(name: name())
        index += 1
        if isSymbol("."), isName(1) {
            found = ObjectName(database: found.name, name: name(1))
            index += 2
        }
        // A table function: JSON_TABLE( … ).
        if !isTarget, first.kind == .word, isSymbol("(") { return true }
        if found.database == nil, !isTarget {
            if first.keyword == "DUAL" { return true }
            let lowered = found.name.lowercased()
            if groups.contains(where: { $0.commonTables.contains(lowered) }) { return true }
        }
        if known.insert(found).inserted { tables.append(found) }
        return true
    }

    private mutating func expectTarget(isInTables: Bool = false) {
        while Self.modifiers.contains(token().keyword) { index += 1 }
        top.isInTables = isInTables
        top.expectsTable = true
        top.expectsTarget = true
    }

    // MARK: Words

    private mutating func word() -> Bool {
        let keyword = token().keyword
        let former = index > 0 ? token(-1).keyword : ""
        // A column `a.from`, a variable @update.
        let isPartOfName = index > 0 && [.symbol(UInt8(ascii: ".")), .symbol(UInt8(ascii: "@"))].contains(token(-1).kind)
        guard !keyword.isEmpty, !isPartOfName else {
            takeCall()
            return true
        }
        switch keyword {
        case "FROM" where top.contents != .other:
            index += 1
            top.isInTables = true
            top.expectsTable = true
        case "JOIN", "STRAIGHT_JOIN":
            index += 1
            // Not that of an index hint: USE INDEX FOR JOIN (i).
            if top.isInTables, former != "FOR" { top.expectsTable = true }
        case "TABLE":
            index += 1
            expectTarget()
        case "INSERT", "REPLACE":
            guard !isSymbol("(", 1), top.contents == .query else {
                takeCall()
                return true
            }
            index += 1
            expectTarget()
        case "UPDATE" where !["KEY", "FOR", "ON", "AFTER", "BEFORE"].contains(former) && top.contents == .query:
            index += 1
            expectTarget(isInTables: true)
            top.expectsTarget = false
        case "DELETE" where former != "ON" && top.contents == .query:
            index += 1
            delete()
        case "WITH":
            index += 1
            with()
        case "CALL":
            index += 1
            call()
        default:
            if endsTables(keyword, former) { top.isInTables = false }
            takeCall()
        }
        return true
    }

    /// Whether a list of tables ends before this word.
    private func endsTables(_ keyword: String, _ former: String) -> Bool {
        switch keyword {
        case "WHERE", "HAVING", "SET", "PROCEDURE", "LOCK", "SELECT", "INTO", "LIMIT", "UNION", "VALUES": true
        // Index hints: USE INDEX FOR ORDER BY (i).
        case "GROUP", "ORDER": former != "FOR"
        case "FOR": ["UPDATE", "SHARE"].contains(token(1).keyword)
        case "ON": token(1).keyword == "DUPLICATE"
        case "WINDOW": isName(1) && token(2).keyword == "AS"
        case "RETURNING": isName(1) || isSymbol("*", 1)
        default: false
        }
    }

    /// A name, and the function or procedure that it calls if parentheses follow.
    private mutating func takeCall() {
        let keyword = token().keyword
        var found = ObjectName(name: name())
        index += 1
        while isSymbol("."), isName(1) {
            found = ObjectName(database: found.name, name: name(1))
            index += 2
        }
        let isWord = found.database == nil && Self.wordsBeforeParentheses.contains(keyword)
        if isSymbol("("), !isWord { called(found) }
    }

    /// Reserved words that are not functions.
    private static let wordsBeforeParentheses: Set = [
        "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "DEFAULT", "DIV", "ELSE", "EXISTS", "HAVING", "IF", "IN", "INDEX",
        "INTERVAL", "KEY", "LIKE", "MOD", "NOT", "ON", "OR", "OVER", "PARTITION", "RETURN", "SELECT", "SET", "THEN", "USING",
        "VALUES", "WHEN", "WHERE", "XOR",
    ]

    private mutating func call() {
        guard isName() else { return }
        var found = ObjectName(name: name())
        index += 1
        if isSymbol("."), isName(1) {
            found = ObjectName(database: found.name, name: name(1))
            index += 2
        }
        called(found)
    }

    private mutating func called(_ name: ObjectName) {
        if called.insert(name).inserted { routines.append(name) }
    }

    /// `DELETE FROM t …`, `DELETE t, u.* FROM …` and `DELETE FROM t, u.* USING …`. The names before FROM, or between
    /// FROM and USING, are tables of the list that follows, possibly by their aliases.
    private mutating func delete() {
        while ["LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY"].contains(token().keyword) { index += 1 }
        guard token().keyword == "FROM" else { return }
        var ahead = 1
        while isName(ahead) || isSymbol(".", ahead) || isSymbol("*", ahead) || isSymbol(",", ahead) {
            if token(ahead).keyword == "USING" { break }
            ahead += 1
        }
        let hasList = token(ahead).keyword == "USING" && !isSymbol("(", ahead + 1)
        index += hasList ? ahead + 1 : 1
        top.isInTables = true
        top.expectsTable = true
    }

    /// `WITH [RECURSIVE] name [(columns)] AS (query), …`; not WITH ROLLUP and the like.
    private mutating func with() {
        let isRecursive = token().keyword == "RECURSIVE" && isName(1)
        let ahead = isRecursive ? 1 : 0
        guard isName(ahead), token(ahead + 1).keyword == "AS" || isSymbol("(", ahead + 1) else { return }
        index += ahead
        commonTable(isRecursive: isRecursive)
    }

    private mutating func commonTable(isRecursive: Bool) {
        guard isName() else { return }
        let defined = name().lowercased()
        index += 1
        if isSymbol("(") {
            while token().kind != .end, !isSymbol(")") { index += 1 }
            index += 1
        }
        guard token().keyword == "AS", isSymbol("(", 1) else { return }
        // The name denotes the query within the query itself only if the clause is recursive, and then in all of its
        // queries.
        if isRecursive { top.commonTables.insert(defined) }
        index += 2
        groups.append(Group(contents: .query, definedTable: (defined, isRecursive)))
    }
}
