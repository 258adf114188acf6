/// An event of the binlog with decoded values.
public struct MySQLBinlogEvent: Sendable {
    /// The position after the event: where reading can continue, provided that no transaction is open there. nil for
    /// events that are not in a file: those that the server generates for the stream, and those within a compressed or
    /// grouped transaction.
    public let end: MySQLBinlogPosition?
    /// When the statement started, in seconds since 1970-01-01 00:00 UTC; 0 for events that the server generates.
    public let timestampSeconds: UInt32
    /// The `server_id` of the server on which the change was made.
    public let serverID: UInt32
    public let content: Content

    /// The kinds of events. New cases may be added.
    @nonexhaustive
    public enum Content: Sendable {
        /// The next event is at this position.
        case rotate(MySQLBinlogPosition)
        /// A file begins, written by this version of the server.
        case formatDescription(serverVersion: String)
        /// A transaction begins; nil if it is anonymous.
        case gtid(GTID?)
        /// A transaction of MariaDB begins; with `isStandalone` it is the single statement that follows.
        case mariaDBGTID(MariaDBGTID, isStandalone: Bool)
        /// A statement: DDL, BEGIN, COMMIT, or a change of rows with `binlog_format=STATEMENT`.
        case query(Statement)
        /// A LOAD DATA that was logged as a statement, with an empty file name.
        case loadData(Statement)
        /// The statement whose row events follow (`binlog_rows_query_log_events`, MariaDB's ANNOTATE_ROWS_EVENT).
        case rowsQuery(String)
        /// The layout of a table whose row events follow.
        case tableMap(MySQLBinlogTable)
        case rows(Rows)
        /// The transaction is committed.
        case xid(UInt64)
        /// The transaction is prepared (XA PREPARE); with `isOnePhase` it is committed.
        case xaPrepare(isOnePhase: Bool)
        case heartbeat
        /// The server was shut down; the next file follows.
        case stop
        /// An event that concerns the log itself, not row data, by the name of its type.
        case informational(type: String)
    }

    public struct Statement: Equatable, Sendable {
        /// The default database of the session.
        public let database: String
        public let sql: String
        /// The session's number, as in `SHOW PROCESSLIST`.
        public let threadID: UInt32
        /// The server's error number if the statement failed halfway; 0 otherwise.
        public let errorCode: UInt16
    }

    /// Changes of one table, in the order in which they were made.
    public struct Rows: Sendable {
        public enum Kind: Sendable { case insert, update, delete }

        public let kind: Kind
        public let table: MySQLBinlogTable
        public let changes: [Change]
    }

    /// One changed row: the values of all columns, in the order of the table's columns.
    public struct Change: Equatable, Sendable {
        /// nil for an insert.
        public let before: [MySQLValue]?
        /// nil for a delete.
        public let after: [MySQLValue]?
    }
}

/// A position in the binlog.
public struct MySQLBinlogPosition: Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// The offset in bytes; the first event is at 4.
    public let offset: UInt64

    public init(file: String, offset: UInt64) {
        self.file = file
        self.offset = offset
    }

    public var description: String { "\(file):\(offset)" }
}
