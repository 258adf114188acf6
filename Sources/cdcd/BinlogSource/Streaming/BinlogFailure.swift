import MySQLWire

/// Why reading a binlog cannot continue. Data; `error(at:)` converts it to a message.
enum BinlogFailure: Equatable, Sendable {
    /// The event changes data or schema and cannot be read.
    case unsupported(EventType)
    case positionOutOfRange(UInt64)
    /// A statement rolls back rows that were emitted.
    case rolledBack(statement: String)

    func error(at place: (file: String, position: Int64)) -> ConnectorError {
        let (file, position) = place
        switch self {
        case .unsupported(let type): return UnsupportedEvent.failure(type, file: file, position: position)
        case .positionOutOfRange(let found):
            return ConnectorError(
                "The binlog stream at \(file):\(position) contains the invalid position \(found)",
                cause: "the stream is damaged, or the peer is not a MySQL server",
                remedy: "Check whether a proxy changes the stream, and restart the task.")
        case .rolledBack(let statement):
            return ConnectorError(
                "Already emitted rows were rolled back by \(RedactedStatement.text(statement))",
                cause: "the binlog at \(file):\(position) rolls back changes of captured tables that it contains, which "
                    + "happens if a transaction also changes tables without transactions",
                remedy: "Restart the task to continue after it, and compare the tables that this transaction changed, or take "
                    + "a new snapshot (stop the connector, DELETE its offsets, resume it).")
        }
    }
}

/// Conditions that an operator should be aware of although reading continues.
enum BinlogWarning: Equatable, Sendable {
    /// The first transaction is not the one of the stored offset.
    case otherTransactionThanStored
    /// XA ROLLBACK of a transaction whose rows were emitted at its XA PREPARE.
    ///
    /// - rows: the number of emitted rows; nil if it was prepared before the task started, or has been dropped since.
    case preparedTransactionRolledBack(identifier: String, rows: Int?)
    /// More XA transactions are prepared than are tracked; the oldest is dropped.
    case preparedTransactionDropped(identifier: String)

    func text(at place: (file: String, position: Int64)) -> String {
        let (file, position) = place
        switch self {
        case .otherTransactionThanStored:
            return "The transaction at \(file):\(position) is not the one that the stored offset refers to (another "
                + "server?): it is read from its beginning, and rows of it may be emitted twice."
        case .preparedTransactionRolledBack(let identifier, let rows?):
            return "The XA transaction \(identifier) was rolled back at \(file):\(position); its \(rows) emitted rows of "
                + "captured tables were never committed. (Rows are emitted at XA PREPARE, as Debezium does.)"
        case .preparedTransactionRolledBack(let identifier, nil):
            return "The XA transaction \(identifier) was rolled back at \(file):\(position). It was prepared before the task "
                + "started: if it changed captured tables, emitted rows were never committed."
        case .preparedTransactionDropped(let identifier):
            return "More than \(PreparedTransactions.countMax) XA transactions are prepared and neither committed nor rolled "
                + "back. The oldest, \(identifier), is no longer tracked: its rollback would be reported without its rows."
        }
    }
}
