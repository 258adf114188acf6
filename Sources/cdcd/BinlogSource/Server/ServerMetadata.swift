import ConnectData
import MySQLWire

/// Answers of the server about its tables while the binlog is read, each over a connection of its own that is closed
/// again: such questions are rare. Each must lead to the server that the binlog is read from: behind one name there
/// may be several, and another's tables, triggers and grants are no answer.
struct ServerMetadata {
    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    private let serverUUID: () -> String?

    /// - Parameter serverUUID: the `server_uuid` of the server that is read now; nil if it has none.
    init(_ configuration: MySQLConnectorConfig, _ control: TaskControl, serverUUID: @escaping () -> String?) {
        self.configuration = configuration
        self.control = control
        self.serverUUID = serverUUID
    }

    /// The columns of a table's primary key as it is now, in the key's order; empty where it has none or is not there.
    ///
    /// Throws a `SessionError` where the connection is lost, an `ServerMismatchError` where it leads to another server,
    /// and a `ConnectorError` where the server refuses.
    func primaryKey(of table: TableID) throws -> [String] {
        try read("Reading the primary key of \(table)") { connection throws(MySQLError) in
            do throws(MySQLError) {
                // Table, Non_unique, Key_name, Seq_in_index, Column_name; in the order of the key.
                return try connection.queryText("SHOW INDEX FROM \(SQLText.quoted(table)) WHERE Key_name = 'PRIMARY'")
                    .column("Column_name").compactMap { $0 }
            } catch {
                // ER_NO_SUCH_TABLE, ER_BAD_DB_ERROR.
                if case .server(let answer) = error, [1146, 1049].contains(answer.code) { return [] }
                throw error
            }
        }
    }

    /// What else changes with the rows of tables, as the server shows it now.
    ///
    /// Throws as `primaryKey(of:)`.
    func dependencies() throws -> TableDependencies {
        try read("Reading triggers, foreign keys and views") { connection throws(MySQLError) in
            try TableDependencies(reading: connection)
        }
    }

    /// Runs queries over a new connection.
    func read<R>(_ purpose: String, _ body: (MySQLConnection) throws(MySQLError) -> R) throws -> R {
        let connection = try ServerSession.open(configuration, control, serverUUID: serverUUID())
        return try ServerSession.withConnection(connection, control) { connection in
            do throws(MySQLError) {
                return try body(connection)
            } catch {
                if error.isRetriable { throw SessionError(error, isConnecting: false) }
                throw ServerFailure.running(purpose, error, configuration.connection)
            }
        }
    }
}
