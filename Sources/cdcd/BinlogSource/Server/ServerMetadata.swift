import ConnectData
import MySQLWire

/// Queries about tables while the binlog is read, each over a connection of its own that is then closed, since such
/// queries are rare. Each must lead to the server that the binlog is read from: one host name may lead to several, and
/// the tables, triggers and grants of another server are not valid.
struct ServerMetadata {
    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    private let serverUUID: () -> String?

    /// - Parameter serverUUID: the `server_uuid` of the server that is currently read; nil if it has none.
    init(_ configuration: MySQLConnectorConfig, _ control: TaskControl, serverUUID: @escaping () -> String?) {
        self.configuration = configuration
        self.control = control
        self.serverUUID = serverUUID
    }

    /// The columns of a table's current primary key, in the key's order; empty if it has none or does not exist.
    ///
    /// Throws a `SessionError` if the connection is lost, a `ServerMismatchError` if it leads to another server, and a
    /// `ConnectorError` if the server refuses.
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

    /// The tables whose rows change together with those of other tables, as the server currently defines them.
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
