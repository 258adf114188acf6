/// Why a statement of the binlog or of the schema history could not be applied, and the remedy.
package struct DDLError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        /// The grammar requires something else at this position.
        case unexpected(found: String, expected: String)
        /// A quoted text or a comment that is not terminated.
        case unterminated(String)
        /// The statement names a column that its table does not have.
        case unknownColumn(String, table: String)
    }

    package let reason: Reason
    /// The whole statement; shown without its literals and truncated to `statementCharactersMax`.
    package let statement: String
    /// 1-based line and column in the statement, in characters.
    package let line: Int
    package let column: Int

    package static let statementCharactersMax = 2000

    package init(_ reason: Reason, statement: String, line: Int = 1, column: Int = 1) {
        self.reason = reason
        self.statement = statement
        self.line = line
        self.column = column
    }

    package var description: String {
        let shown = RedactedStatement.text(
            statement, charactersMax: Self.statementCharactersMax, hidesNumbers: false)
        return "Cannot parse the schema change at line \(line), column \(column): \(explanation). "
            + "Statement: \(shown). \(remedy)"
    }

    private var explanation: String {
        switch reason {
        case .unexpected(let found, let expected): "found \(found) instead of \(expected)"
        case .unterminated(let what): "\(what) is not terminated"
        case .unknownColumn(let column, let table): "table \(table) has no column \(column)"
        }
    }

    private var remedy: String {
        switch reason {
        case .unknownColumn:
            "The schema history does not match the binlog: take a new snapshot, or rebuild the history with "
                + "snapshot.mode=recovery (1.9: schema_only_recovery)."
        case .unexpected, .unterminated:
            "If the statement cannot matter to the captured tables, set schema.history.internal.skip.unparseable.ddl=true "
                + "(1.9: database.history.skip.unparseable.ddl) and restart the connector; please report the statement."
        }
    }
}
