import ConnectData
import MySQLWire

/// The text of a QUERY event or of a history record, tokenized and classified once. Everything that inspects the text
/// uses these tokens: the binlog machine, the check of row changes, the schema.
struct LoggedStatement: Sendable {
    /// The effect of the text on the stream of rows.
    enum Kind: Hashable, Sendable {
        case begin
        case commit
        case rollback
        /// `SAVEPOINT x` and `RELEASE SAVEPOINT x`.
        case savepoint
        case rollbackToSavepoint
        /// The identifier as written, which relates the statements of one transaction.
        case xaStart(String)
        case xaEnd
        case xaPrepare(String)
        case xaCommit(String)
        case xaRollback(String)
        /// A change of rows that was logged as its statement: `INSERT`, `UPDATE`, `DELETE`, `REPLACE`, `LOAD`, one of
        /// them after a `WITH` or MariaDB's `ANALYZE`, or a statement that calls a function that changes rows (servers
        /// log it as `SELECT f()`).
        case rowChange(verb: String)
        /// Everything else: statements that may change a schema.
        case definition
    }

    /// Without spaces and control characters at both ends.
    let text: String
    let sqlMode: SQLMode
    let kind: Kind
    /// Empty for `BEGIN` and `COMMIT`.
    let lexed: LexedText
    /// The records that Debezium writes for the text.
    let filter: StatementFilter

    init(_ text: String, sqlMode: SQLMode = []) {
        self.sqlMode = sqlMode
        if let boundary = Kind(transactionBoundary: text) {
            self.text = text
            kind = boundary
            lexed = .empty
            filter = StatementFilter(uppercased: text)
            return
        }
        self.text = JavaText.trim(text)
        lexed = LexedText(self.text, sqlMode: sqlMode)
        kind = Kind(lexed)
        filter = StatementFilter(self.text)
    }

    init(_ query: QueryEvent) { self.init(query.statement, sqlMode: SQLMode(rawValue: query.sqlMode ?? 0)) }

    /// The statement with its texts in single quotes, as some generations of Debezium read it.
    func normalizingQuotes() -> LexedText {
        guard !sqlMode.contains(.ansiQuotes), let text = QuoteNormalizer.singleQuoted(lexed) else { return lexed }
        return LexedText(text, sqlMode: sqlMode)
    }
}

extension LoggedStatement: Equatable {
    /// The other properties follow from text and mode.
    static func == (a: Self, b: Self) -> Bool { a.text == b.text && a.sqlMode == b.sqlMode }
}

extension LoggedStatement.Kind {
    /// nil if the text is not exactly `BEGIN` or `COMMIT`. Most QUERY events begin a transaction: these need no tokens.
    fileprivate init?(transactionBoundary text: String) {
        switch text {
        case "BEGIN": self = .begin
        case "COMMIT": self = .commit
        default: return nil
        }
    }

    fileprivate init(_ text: LexedText) {
        let start = Self.statementStart(text)
        let second = text[start + 1].keyword
        switch text[start].keyword {
        case "BEGIN": self = .begin
        case "COMMIT": self = .commit
        case "START" where second == "TRANSACTION": self = .begin
        case "ROLLBACK": self = second == "TO" ? .rollbackToSavepoint : .rollback
        case "SAVEPOINT", "RELEASE": self = .savepoint
        case "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "SELECT", "DO", "CALL", "VALUES":
            self = .rowChange(verb: text[start].keyword)
        case "ANALYZE" where ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "SELECT"].contains(second):
            self = .rowChange(verb: second)
        case "" where text[start].kind == .symbol(UInt8(ascii: "(")): self = .rowChange(verb: "SELECT")
        case "XA": self = Self.xa(second, identifier: Self.identifier(text, from: start + 2))
        default: self = .definition
        }
    }

    /// The index of the first token after MariaDB's `SET STATEMENT … FOR`, which cannot be repeated.
    private static func statementStart(_ text: LexedText) -> Int {
        guard text[0].keyword == "SET", text[1].keyword == "STATEMENT",
            let end = text.tokens.firstIndex(where: { $0.keyword == "FOR" })
        else { return 0 }
        return end + 1
    }

    private static func xa(_ verb: String, identifier: String) -> Self {
        switch verb {
        case "START", "BEGIN": .xaStart(identifier)
        case "END": .xaEnd
        case "PREPARE": .xaPrepare(identifier)
        case "COMMIT": .xaCommit(identifier)
        case "ROLLBACK": .xaRollback(identifier)
        default: .definition
        }
    }

    /// The text from a token on, without a final semicolon.
    private static func identifier(_ text: LexedText, from index: Int) -> String {
        let rest = text.tokens.dropFirst(index).dropLast()
        let last = rest.last { $0.kind != .symbol(UInt8(ascii: ";")) }
        guard let first = rest.first, let last, first.range.lowerBound < last.range.upperBound else { return "" }
        return String(decoding: text.bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
    }
}
