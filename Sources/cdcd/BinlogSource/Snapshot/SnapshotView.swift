import ConnectData
import MySQLWire
import WireCore

/// A consistent view of the server: a transaction that sees exactly what is committed at a known position of the
/// binlog, and the definitions of the tables at that position.
///
/// With the global read lock (`FLUSH TABLES WITH READ LOCK`) nothing can be committed while the transaction begins and
/// the position is read. If the account or the server does not allow it, only the captured tables are locked, by a
/// second connection. Both locks are released before the first row is read, because the view of the transaction does
/// not change.
struct SnapshotView {
    let status: BinlogStatus
    let tables: SnapshotTables
    /// The texts of SHOW CREATE TABLE; tables that were dropped in the meantime are missing.
    let definitions: [TableID: String]
    /// Default character set and collation of each database.
    let databases: [String: (characterSet: String, collation: String)]
    /// Whether the global read lock is still held (`snapshot.locking.mode=extended`).
    let isLocked: Bool

    /// Retries if the table set changes before the locks are acquired.
    private static let attemptsMax = 5

    /// Begins the transaction on `connection`, which stays in it.
    ///
    /// - Parameter serverUUID: the server of `connection`, to which locks and position must belong too.
    init(
        on connection: MySQLConnection, _ configuration: MySQLConnectorConfig, serverUUID: String?,
        privileges: PrivilegeCheck, control: TaskControl, logger: Logger
    ) throws {
        let seconds = max(1, configuration.snapshot.lockTimeoutMilliseconds / 1000)
        try connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        try connection.execute("SET SESSION lock_wait_timeout = \(seconds), SESSION innodb_lock_wait_timeout = \(seconds)")
        if configuration.snapshot.locking == .none {
            // The position is read first: what is committed in between is read twice instead of never.
            let status = try BinlogStatus(reading: connection)
            try Self.begin(connection)
            self = try Self.describe(connection, configuration, status, isLocked: false)
        } else if let refusal = try Self.lockGlobally(connection, logger) {
            // Without the privilege to lock tables, the timeout is the failure to report.
            if refusal.code == Self.lockWaitTimeout, !privileges.grants.hasAnywhere("LOCK TABLES") {
                throw MySQLError.server(refusal)
            }
            self = try Self.underTableLocks(
                of: connection, configuration, serverUUID: serverUUID, privileges: privileges, control: control,
                logger: logger)
        } else {
            self = try Self.underGlobalLock(connection, configuration, logger)
        }
    }

    private init(
        status: BinlogStatus, tables: SnapshotTables, definitions: [TableID: String],
        databases: [String: (characterSet: String, collation: String)], isLocked: Bool
    ) {
        self.status = status
        self.tables = tables
        self.definitions = definitions
        self.databases = databases
        self.isLocked = isLocked
    }

    // MARK: Locks

    private static let lockWaitTimeout: UInt16 = 1205

    /// - Returns: the server's error if it refuses: the account lacks a privilege, the server never grants the lock, or
    ///   other sessions hold tables for too long.
    private static func lockGlobally(_ connection: MySQLConnection, _ logger: Logger) throws -> MySQLServerError? {
        do throws(MySQLError) {
            try connection.execute("FLUSH TABLES WITH READ LOCK")
            return nil
        } catch {
            guard case .server(let answer) = error, !error.isRetriable else { throw error }
            logger.info(
                "Unable to flush and acquire global read lock, will use table read locks after reading table names (\(answer))")
            return answer
        }
    }

    private static func underGlobalLock(
        _ connection: MySQLConnection, _ configuration: MySQLConnectorConfig, _ logger: Logger
    ) throws -> SnapshotView {
        let since = MonotonicInstant.now
        try begin(connection)
        let status = try BinlogStatus(reading: connection)
        let isKept = configuration.snapshot.locking == .extended
        let view = try describe(connection, configuration, status, isLocked: isKept)
        if !isKept {
            try connection.execute("UNLOCK TABLES")
            logger.info("Writes to MySQL tables prevented for a total of \(MonotonicInstant.now.milliseconds(since: since)) ms")
        }
        return view
    }

    private static func underTableLocks(
        of connection: MySQLConnection, _ configuration: MySQLConnectorConfig, serverUUID: String?,
        privileges: PrivilegeCheck, control: TaskControl, logger: Logger
    ) throws -> SnapshotView {
        guard privileges.grants.hasAnywhere("LOCK TABLES") else { throw privileges.lockingFailure }
        let seconds = max(1, configuration.snapshot.lockTimeoutMilliseconds / 1000)
        let locker = try ServerSession.open(configuration, control, serverUUID: serverUUID)
        return try ServerSession.withConnection(locker, control) { locker in
            try locker.execute("SET SESSION lock_wait_timeout = \(seconds)")
            for _ in 0..<attemptsMax {
                let tables = SnapshotTables(all: try SnapshotTables.all(connection), configuration: configuration)
                let list = tables.captured.map { "\(SQLText.quoted($0)) READ" }.joined(separator: ", ")
                if !list.isEmpty { try locker.execute("LOCK TABLES \(list)") }
                try begin(connection)
                let status = try BinlogStatus(reading: locker)
                let view = try describe(connection, configuration, status, isLocked: false)
                try locker.execute("UNLOCK TABLES")
                if view.tables.captured == tables.captured { return view }
                logger.info("A captured table was created or dropped while the tables were being locked; locking again")
                try connection.execute("ROLLBACK")
            }
            throw ConnectorError(
                "The captured tables could not be locked for the snapshot: \(attemptsMax) times one of them was created or dropped "
                    + "meanwhile",
                remedy: "GRANT RELOAD ON *.* TO \(privileges.grants.account); so that a global read lock can be taken.")
        }
    }

    private static func begin(_ connection: MySQLConnection) throws(MySQLError) {
        try connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
    }

    // MARK: Definitions

    private static func describe(
        _ connection: MySQLConnection, _ configuration: MySQLConnectorConfig, _ status: BinlogStatus, isLocked: Bool
    ) throws -> SnapshotView {
        let tables = SnapshotTables(all: try SnapshotTables.all(connection), configuration: configuration)
        var definitions: [TableID: String] = [:]
        try ServerSession.inServerZone(configuration, connection) {
            for table in Set(tables.eligible + tables.captured) {
                definitions[table] = try definition(of: table, connection)
            }
        }
        var databases: [String: (characterSet: String, collation: String)] = [:]
        let schemata = try connection.queryText(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA")
        for row in schemata.rows where row.count == 3 {
            if let name = row[0], let set = row[1], let collation = row[2] { databases[name] = (set, collation) }
        }
        return SnapshotView(
            status: status, tables: tables, definitions: definitions, databases: databases, isLocked: isLocked)
    }

    /// Throws `TableChangedError` if a column of the table has changed since its definition was read. Leaves
    /// the table locked against changes of its definition, until the transaction or its savepoint ends.
    func checkColumns(
        of table: TableID, _ configuration: MySQLConnectorConfig, _ connection: MySQLConnection
    ) throws {
        try connection.execute("SELECT 1 FROM \(SQLText.quoted(table)) LIMIT 0")
        // In the time zone of the first reading: defaults of TIMESTAMP columns are shown in the session's zone.
        let current = try ServerSession.inServerZone(configuration, connection) {
            try Self.definition(of: table, connection)
        }
        guard let old = definitions[table], let current, DefinitionChange.keepsColumns(from: old, to: current) else {
            throw TableChangedError(table: table)
        }
    }

    private static func definition(of table: TableID, _ connection: MySQLConnection) throws(MySQLError) -> String? {
        do throws(MySQLError) {
            let result = try connection.queryText("SHOW CREATE TABLE \(SQLText.quoted(table))")
            return result.rows.first.flatMap { $0.count > 1 ? $0[1] : nil }
        } catch {
            // It was dropped after the list was read; its DROP is after the position.
            guard case .server(let answer) = error, [1146, 1049].contains(answer.code) else { throw error }
            return nil
        }
    }
}
