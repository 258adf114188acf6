import ConnectData
import MySQLWire
import WireCore

/// Takes a snapshot: the definitions of all tables to the history, the rows of the captured ones to the sink.
///
/// Memory does not grow with the tables: rows are emitted as they arrive. While it runs, its offsets say so, and after
/// a stop or a failure it begins anew.
struct SnapshotReader {
    let configuration: MySQLConnectorConfig
    let control: TaskControl
    let facts: ServerFacts
    let privileges: PrivilegeCheck
    let rules: SchemaRules
    let recorder: SchemaRecorder
    let emitter: RecordEmitter
    let sink: any RecordSink
    let logger: Logger
    /// Microseconds since the epoch.
    let clock: () -> Int64
    /// Whether rows are read, or definitions only.
    let readsRows: Bool

    /// How many rows go out between two looks at the task's state, and between two checkpoints.
    private static let lookRows = 1024
    private static let checkpointRows = 16_384

    /// - Returns: where streaming begins, and the schema there.
    func run() throws -> (offset: SourceOffset, schema: DatabaseSchema) {
        let connection = try ServerSession.open(configuration, control, serverUUID: facts["server_uuid"])
        return try ServerSession.withConnection(connection, control) { connection in
            logger.info("Snapshot step 1 - Locking and reading position and definitions")
            let view = try SnapshotView(
                on: connection, configuration, serverUUID: facts["server_uuid"], privileges: privileges,
                control: control, logger: logger)
            var offset = SourceOffset(
                file: view.status.file, position: view.status.position,
                gtids: view.status.gtids.isEmpty ? nil : view.status.gtids, phase: .snapshotRunning)
            warnOfMissingTables(view.tables.captured)
            if readsRows { try privileges.checkReading(view.tables.captured) }
            let schema = try recordDefinitions(view, &offset)
            if readsRows {
                control.stopDiscardsWork = true
                defer { control.stopDiscardsWork = false }
                // A task that waits for Kafka or for its group does not read, and the server must not give it up.
                try connection.execute("SET SESSION net_write_timeout = 86400")
                try readRows(of: view, schema, connection, &offset)
            }
            try connection.execute("ROLLBACK")
            if view.isLocked { try connection.execute("UNLOCK TABLES") }
            try emitter.finishSnapshot()
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
        var changes: [SchemaChange] = []
        let mode = SQLMode(text: facts["sql_mode"] ?? "")
        for (database, text) in statements(view) {
            changes += try schema.apply(text, defaultDatabase: database, sqlMode: mode)
        }
        let now = clock()
        offset.timestampSeconds = now / 1_000_000
        try recorder.appendToHistory(changes, at: offset)
        let source = sourceInfo(offset, microseconds: now)
        if try recorder.publishSchemaChanges(changes, source: source, isSnapshot: true, to: emitter) {
            try checkpoint(offset)
        }
        return schema
    }

    /// The statements that would make an empty server what this one is, in Debezium's order.
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
            && configuration.profile.recordsUnlockedDefinitionsInHashOrder
        return isHashed ? JavaHashOrder.sorted(tables, from: .ofOneEntry) : tables
    }

    // MARK: Rows

    private func readRows(
        of view: SnapshotView, _ schema: DatabaseSchema, _ connection: MySQLConnection, _ offset: inout SourceOffset
    ) throws {
        let tables = view.tables.captured
        logger.info("Snapshot step 3 - Reading the rows of \(tables.count) tables")
        for table in tables {
            // It went while the definitions were read.
            guard let definition = schema.table(table) else { continue }
            let since = MonotonicInstant.now
            // Given back behind the table, so that its metadata lock does not outlive its reading.
            try connection.execute("SAVEPOINT cdcd")
            try view.checkColumns(of: table, configuration, connection)
            let seconds = try connection.query("SELECT UNIX_TIMESTAMP()").scalar.flatMap { Int64($0) } ?? 0
            offset.timestampSeconds = seconds
            let plan = try TablePlan(definition, configuration: configuration)
            let (microseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
            if overflows {
                throw ConnectorError("The server's clock is out of range: UNIX_TIMESTAMP() is \(seconds)")
            }
            try emitter.beginSnapshotTable(plan, source: sourceInfo(offset, microseconds: microseconds))
            let count = try readRows(of: plan, connection, offset)
            try connection.execute("ROLLBACK TO SAVEPOINT cdcd")
            logger.info(
                "Finished exporting \(count) records for table '\(table)'; total duration "
                    + "'\(MonotonicInstant.now.milliseconds(since: since)) ms'")
        }
    }

    private func readRows(of plan: TablePlan, _ connection: MySQLConnection, _ offset: SourceOffset) throws -> Int {
        let columns = plan.selectedColumns.map { SQLText.quoted($0) }.joined(separator: ", ")
        // A table of which nothing is captured still has rows.
        let list = columns.isEmpty ? "1" : columns
        var count = 0
        try connection.streamQuery("SELECT \(list) FROM \(SQLText.quoted(plan.definition.id))") { row in
            try emitter.emitSnapshotRow(row)
            count += 1
            guard count % Self.lookRows == 0 else { return }
            if control.isStopping { throw CancellationError() }
            if count % Self.checkpointRows == 0 { try checkpoint(offset) }
        }
        return count
    }

    private func checkpoint(_ offset: SourceOffset) throws {
        try sink.checkpoint(
            partition: SchemaRecorder.source(configuration), offset: offset.encoded(for: configuration.profile))
    }

    private func sourceInfo(_ offset: SourceOffset, microseconds: Int64) -> SourceInfo {
        SourceInfo(timestampMicroseconds: microseconds, file: offset.file, position: offset.position)
    }
}
