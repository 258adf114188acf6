import ConnectData
import MySQLWire
import WireCore

/// Begins the snapshot's transaction at a known position: takes the locks that this needs, and releases them.
struct SnapshotLocks {
    let connection: MySQLConnection
    let configuration: MySQLConnectorConfig
    let definitions: SnapshotDefinitions
    let serverUUID: String?
    let privileges: PrivilegeCheck
    let control: TaskControl
    let logger: Logger

    /// Retries if the table set changes before the table locks are acquired.
    private static let attemptsMax = 5
    private static let lockWaitTimeout: UInt16 = 1205

    func view() throws -> SnapshotView {
        if configuration.snapshot.locking == .none {
            // The position is read first: what is committed in between is read twice instead of never.
            let status = try BinlogStatus(reading: connection)
            try begin()
            return try describe(status)
        }
        try definitions.readAhead(on: connection)
        if let refusal = try lockGlobally() {
            // Without the privilege to lock tables, the timeout is the failure to report.
            if refusal.code == Self.lockWaitTimeout, !privileges.grants.hasAnywhere("LOCK TABLES") {
                throw MySQLError.server(refusal)
            }
            return try underTableLocks()
        }
        return try underGlobalLock()
    }

    /// - Returns: the server's error if it refuses: the account lacks a privilege, the server never grants the lock, or
    ///   other sessions hold tables for too long.
    private func lockGlobally() throws -> MySQLServerError? {
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

    // MARK: The global read lock

    private func underGlobalLock() throws -> SnapshotView {
        let isKept = configuration.snapshot.locking == .extended
        if !isKept, let view = try viewOfUnchangedDefinitions() { return view }
        let since = MonotonicInstant.now
        try begin()
        let view = try describe(try BinlogStatus(reading: connection), isLocked: isKept)
        if !isKept { try unlock(since) }
        return view
    }

    /// Holds the lock only until the position is known, if the definitions were read before it and the server's list of
    /// tables shows the transaction's state. If definitions have changed, reads them and locks again.
    private func viewOfUnchangedDefinitions() throws -> SnapshotView? {
        guard definitions.isReadAhead, ServerFlavor.hasTransactionalCatalog(serverVersion: connection.serverVersion)
        else { return nil }
        let since = MonotonicInstant.now
        try begin()
        let status = try BinlogStatus(reading: connection)
        try unlock(since)
        let tables = try definitions.tables(at: status, on: connection)
        if tables.stale.isEmpty { return try view(status, tables.selected, isLocked: false) }
        logger.info(
            "The definitions of \(tables.stale.count) tables may have changed while they were being read; reading them and "
                + "locking again")
        try connection.execute("ROLLBACK")
        try definitions.readAhead(on: connection)
        try connection.execute("FLUSH TABLES WITH READ LOCK")
        return nil
    }

    private func unlock(_ since: MonotonicInstant) throws {
        try connection.execute("UNLOCK TABLES")
        logger.info("Writes to MySQL tables prevented for a total of \(MonotonicInstant.now.milliseconds(since: since)) ms")
    }

    // MARK: Table locks

    private func underTableLocks() throws -> SnapshotView {
        guard privileges.grants.hasAnywhere("LOCK TABLES") else { throw privileges.lockingFailure }
        let seconds = max(1, configuration.snapshot.lockTimeoutMilliseconds / 1000)
        let locker = try ServerSession.open(configuration, control, serverUUID: serverUUID)
        return try ServerSession.withConnection(locker, control) { locker in
            try locker.execute("SET SESSION lock_wait_timeout = \(seconds)")
            for _ in 0..<Self.attemptsMax {
                let listing = try TableListing(reading: connection)
                let tables = SnapshotTables(all: listing.tables, configuration: configuration)
                let list = tables.captured.map { "\(SQLText.quoted($0)) READ" }.joined(separator: ", ")
                if !list.isEmpty { try locker.execute("LOCK TABLES \(list)") }
                try begin()
                let view = try describe(try BinlogStatus(reading: locker))
                try locker.execute("UNLOCK TABLES")
                if view.tables.captured == tables.captured { return view }
                logger.info("A captured table was created or dropped while the tables were being locked; locking again")
                try connection.execute("ROLLBACK")
            }
            throw ConnectorError(
                "The captured tables could not be locked for the snapshot: \(Self.attemptsMax) times one of them was created or "
                    + "dropped meanwhile",
                remedy: "GRANT RELOAD ON *.* TO \(privileges.grants.account); so that a global read lock can be taken.")
        }
    }

    // MARK: The transaction

    private func begin() throws(MySQLError) { try connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT") }

    /// The view at the position at which the transaction began. Reads the definitions that are missing or may have
    /// changed: nothing else may change them meanwhile.
    private func describe(_ status: BinlogStatus, isLocked: Bool = false) throws -> SnapshotView {
        let tables = try definitions.tables(at: status, on: connection)
        try definitions.read(tables.stale, tables.listing, on: connection)
        return try view(status, tables.selected, isLocked: isLocked)
    }

    private func view(_ status: BinlogStatus, _ tables: SnapshotTables, isLocked: Bool) throws -> SnapshotView {
        var databases: [String: (characterSet: String, collation: String)] = [:]
        let schemata = try connection.queryText(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA")
        for row in schemata.rows where row.count == 3 {
            if let name = row[0], let set = row[1], let collation = row[2] { databases[name] = (set, collation) }
        }
        return SnapshotView(
            status: status, tables: tables, definitions: definitions.texts(of: tables), databases: databases,
            isLocked: isLocked)
    }
}
