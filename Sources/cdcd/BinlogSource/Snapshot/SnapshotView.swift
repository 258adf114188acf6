import ConnectData
import MySQLWire
import WireCore

/// A consistent view of the server: a transaction that sees exactly what is committed at a known position of the
/// binlog, and the definitions of the tables at that position.
///
/// With the global read lock (`FLUSH TABLES WITH READ LOCK`) nothing can be committed while the transaction begins and
/// the position is read. If the account or the server does not allow it, only the captured tables are locked, by a
/// second connection. Both locks are released before the first row is read, because the view of the transaction does
/// not change. The definitions of many tables are read before the locks (`SnapshotDefinitions`).
struct SnapshotView {
    let status: BinlogStatus
    let tables: SnapshotTables
    /// The texts of SHOW CREATE TABLE; tables that were dropped in the meantime are missing.
    let definitions: [TableID: String]
    /// Default character set and collation of each database.
    let databases: [String: (characterSet: String, collation: String)]
    /// Whether the global read lock is still held (`snapshot.locking.mode=extended`).
    let isLocked: Bool

    /// Begins the transaction on `connection`, which stays in it.
    ///
    /// - Parameters:
    ///   - serverUUID: the server of `connection`, to which all other connections must lead too.
    ///   - nameCase: how the server compares names of tables.
    init(
        on connection: MySQLConnection, _ configuration: MySQLConnectorConfig, serverUUID: String?,
        nameCase: SchemaRules.TableNameCase, privileges: PrivilegeCheck, control: TaskControl, logger: Logger
    ) throws {
        let seconds = max(1, configuration.snapshot.lockTimeoutMilliseconds / 1000)
        try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try connection.execute("SET SESSION lock_wait_timeout = \(seconds), SESSION innodb_lock_wait_timeout = \(seconds)")
        let definitions = SnapshotDefinitions(
            configuration, nameCase: nameCase,
            reader: DefinitionReader(
                configuration: configuration, control: control, serverUUID: serverUUID, lockTimeoutSeconds: seconds,
                logger: logger))
        defer { definitions.close() }
        let locks = SnapshotLocks(
            connection: connection, configuration: configuration, definitions: definitions, serverUUID: serverUUID,
            privileges: privileges, control: control, logger: logger)
        self = try locks.view()
    }

    init(
        status: BinlogStatus, tables: SnapshotTables, definitions: [TableID: String],
        databases: [String: (characterSet: String, collation: String)], isLocked: Bool
    ) {
        self.status = status
        self.tables = tables
        self.definitions = definitions
        self.databases = databases
        self.isLocked = isLocked
    }

    /// Throws `TableChangedError` if a column of the table has changed since its definition was read. Leaves
    /// the table locked against changes of its definition, until the transaction or its savepoint ends.
    func checkColumns(
        of table: TableID, _ configuration: MySQLConnectorConfig, _ connection: MySQLConnection
    ) throws {
        try connection.execute("SELECT 1 FROM \(SQLText.quoted(table)) LIMIT 0")
        // In the time zone of the first reading: defaults of TIMESTAMP columns are shown in the session's zone.
        let current = try ServerSession.inServerZone(configuration, connection) {
            try DefinitionReader.definition(of: table, connection)
        }
        guard let old = definitions[table], let current, DefinitionChange.keepsColumns(from: old, to: current) else {
            throw TableChangedError(table: table)
        }
    }
}
