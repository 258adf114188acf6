import ConnectData
import MySQLWire
import WireCore

/// Takes a snapshot: writes the definitions of all tables to the history and the rows of the captured ones to the sink.
///
/// Memory does not grow with the tables: rows are emitted as they arrive. Offsets record that a snapshot is running;
/// after a stop or a failure it starts again from the beginning.
struct SnapshotReader {
    let configuration: MySQLConnectorConfig
    let control: TaskControl
    let facts: ServerProperties
    let privileges: PrivilegeCheck
    let rules: SchemaRules
    let recorder: SchemaRecorder
    let emitter: SnapshotEmitter
    let sink: any RecordSink
    let logger: Logger
    /// Microseconds since the epoch.
    let clock: () -> Int64
    /// Measures durations for the log.
    var now: () -> MonotonicInstant = { .now }
    /// Whether rows are read, or definitions only.
    let readsRows: Bool

    /// The number of rows between two checkpoints; a multiple of `TableScan.progressRows`.
    private static let checkpointRows = 16_384

    /// - Returns: the offset at which streaming begins, and the schema at it.
    func run() throws -> (offset: SourceOffset, schema: DatabaseSchema) {
        let connection = try ServerSession.open(configuration, control, serverUUID: facts["server_uuid"])
        return try ServerSession.withConnection(connection, control) { connection in
            logger.info("Snapshot step 1 - Locking and reading position and definitions")
            let view = try SnapshotView(
                on: connection, configuration, serverUUID: facts["server_uuid"], nameCase: rules.tableNameCase,
                privileges: privileges, control: control, logger: logger)
            var offset = SourceOffset(
                file: view.status.file, position: view.status.position,
                gtids: view.status.gtids.isEmpty ? nil : view.status.gtids, phase: .snapshotRunning)
            warnOfMissingTables(view.tables.captured)
            if readsRows { try privileges.checkReading(view.tables.captured) }
            let schema = try recordDefinitions(view, &offset)
            if readsRows {
                control.stopDiscardsWork = true
                defer { control.stopDiscardsWork = false }
                // A task that waits for Kafka or for its group does not read; the server must not close the connection
                // meanwhile.
                try connection.execute("SET SESSION net_write_timeout = 86400")
                try readRows(of: view, schema, connection, &offset)
            }
            try connection.execute("ROLLBACK")
            if view.isLocked { try connection.execute("UNLOCK TABLES") }
            try emitter.finish()
            offset.phase = .snapshotFinished
            try sink.checkpoint(
                partition: SchemaRecorder.source(configuration), offset: offset.encoded(for: configuration.profile))
            logger.info("Snapshot completed")
            return (offset, schema)
        }
    }

    private func warnOfMissingTables(_ captured: [TableID]) {
        guard captured.isEmpty else { return }
        logger.warn(
            "After applying the include/exclude list filters, no changes will be captured. Please check your configuration! "
                + "(The lists match no table that \(privileges.grants.account) can see: it does not exist yet, or the account "
                + "lacks SELECT on it.)")
    }

    // MARK: Definitions

    private func recordDefinitions(_ view: SnapshotView, _ offset: inout SourceOffset) throws -> DatabaseSchema {
        logger.info("Snapshot step 2 - Recording the definitions of \(view.tables.eligible.count) tables")
        var schema = DatabaseSchema(rules: rules)
        let parser = DefinitionParser(profile: rules.profile, sqlMode: SQLMode(text: facts["sql_mode"] ?? ""))
        let changes = try parser.apply(statements(view), to: &schema)
        let now = clock()
        offset.timestampSeconds = now / 1_000_000
        try recorder.appendToHistory(changes, at: offset)
        let source = sourceInfo(offset, microseconds: now)
        if try recorder.publishSchemaChanges(changes, source: source, to: emitter) {
            try checkpoint(offset)
        }
        return schema
    }

    /// The statements that recreate this server's databases and tables, in Debezium's order.
    private func statements(_ view: SnapshotView) -> [(database: String, text: String)] {
        var list: [(database: String, text: String)] = []
        if let set = facts["character_set_server"], let collation = facts["collation_server"] {
            list.append(("", "SET character_set_server=\(set), collation_server=\(collation)"))
        }
        for table in view.tables.eligible {
            list.append((table.database, "DROP TABLE IF EXISTS \(SQLText.quoted(table))"))
        }
        let tablesByDatabase = Dictionary(grouping: view.tables.eligible, by: \.database)
        for database in view.tables.databases {
            let name = SQLText.quoted(database)
            list.append((database, "DROP DATABASE IF EXISTS \(name)"))
            let locale = view.databases[database].map { " CHARSET \($0.characterSet) COLLATE \($0.collation)" } ?? ""
            list.append((database, "CREATE DATABASE \(name)\(locale)"))
            list.append((database, "USE \(name)"))
            for table in creationOrder(tablesByDatabase[database] ?? []) {
                if let text = view.definitions[table] { list.append((database, text)) }
            }
        }
        return list
    }

    private func creationOrder(_ tables: [TableID]) -> [TableID] {
        let isHashed = configuration.snapshot.locking == .none
            && configuration.profile.snapshots.recordsUnlockedDefinitionsInHashOrder
        return isHashed ? JavaHashOrder.sorted(tables, from: .ofOneEntry) : tables
    }

    // MARK: Rows

    private func readRows(
        of view: SnapshotView, _ schema: DatabaseSchema, _ connection: MySQLConnection, _ offset: inout SourceOffset
    ) throws {
        let tables = view.tables.captured
        logger.info("Snapshot step 3 - Reading the rows of \(tables.count) tables")
        for table in tables {
            // It was dropped while the definitions were read.
            guard let definition = schema.table(table) else { continue }
            let since = now()
            // Rolled back after the table, which releases its metadata lock.
            try connection.execute("SAVEPOINT cdcd")
            try view.checkColumns(of: table, configuration, connection)
            let seconds = try connection.queryText("SELECT UNIX_TIMESTAMP()").scalar.flatMap { Int64($0) } ?? 0
            offset.timestampSeconds = seconds
            let plan = try TablePlan(definition, configuration: configuration)
            let (microseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
            if overflows {
                throw ConnectorError("The server's clock is out of range: UNIX_TIMESTAMP() is \(seconds)")
            }
            try emitter.beginTable(plan, source: sourceInfo(offset, microseconds: microseconds))
            let scan = try TableScan(plan: plan).run(on: connection, into: emitter) { rows in
                if control.isStopping { throw CancellationError() }
                if rows % Self.checkpointRows == 0 { try checkpoint(offset) }
            }
            try connection.execute("ROLLBACK TO SAVEPOINT cdcd")
            logger.info(
                "Finished exporting \(scan.rowCount) records for table '\(table)'; total duration "
                    + "'\(now().milliseconds(since: since)) ms'")
        }
    }

    private func checkpoint(_ offset: SourceOffset) throws {
        try sink.checkpoint(
            partition: SchemaRecorder.source(configuration), offset: offset.encoded(for: configuration.profile))
    }

    private func sourceInfo(_ offset: SourceOffset, microseconds: Int64) -> SourceInfo {
        SourceInfo(
            timestampMicroseconds: microseconds, file: offset.file, position: offset.position,
            hasGTIDs: offset.gtids != nil)
    }
}
