import ConnectData
import MySQLWire
import WireCore

/// QUERY events: the bounds of transactions, and statements that change schemas.
extension StreamingReader {
    func handle(_ query: QueryEvent, _ header: EventHeader) throws {
        switch QueryStatement(query.statement) {
        case .begin:
            begin(.transaction, query)
        case .commit: commit()
        case .rollback: try rollBack(query)
        case .savepoint, .xaEnd, .xaPrepare: break
        case .rollbackToSavepoint:
            // Logged only where the transaction changed tables that cannot be rolled back, too.
            if transaction.emittedRows > 0 { throw takenBack(query) }
        case .xaStart(let identifier):
            begin(.xa, query)
            transaction.xaIdentifier = identifier
        case .xaCommit(let identifier):
            preparedWithRows.remove(identifier)
            tracker.finishStatement()
        case .xaRollback(let identifier):
            if preparedWithRows.contains(identifier) { throw takenBack(query) }
            tracker.finishStatement()
        case .rowChange: try refuseIfCaptured(query)
        case .other: try changeSchema(query, header)
        }
    }

    private func begin(_ group: OffsetTracker.Group, _ query: QueryEvent) {
        tracker.beginGroup(group)
        transaction.thread = Int64(query.threadID)
        if !skip.beginGroup(file: tracker.file, position: tracker.eventPosition) {
            logger.warn(
                "The transaction at \(tracker.file):\(tracker.eventPosition) is not the one that the stored offset points "
                    + "into (another server?): it is read from its beginning, and rows of it may come twice.")
        }
    }

    private func rollBack(_ query: QueryEvent) throws {
        if transaction.emittedRows > 0 { throw takenBack(query) }
        commit()
    }

    /// XA_PREPARE_LOG_EVENT: the rows are logged; whether they stand is decided later.
    func prepared() {
        let (hasRows, identifier) = (transaction.emittedRows > 0, transaction.xaIdentifier)
        if hasRows, let identifier { preparedWithRows.insert(identifier) }
        commit()
        if hasRows { checkpointBoundary() }
    }

    private func takenBack(_ query: QueryEvent) -> ConnectorError {
        ConnectorError(
            "Rows that were emitted already are taken back by \(query.statement.prefix(200))",
            cause: "the binlog at \(tracker.file):\(tracker.eventPosition) rolls back changes of captured tables that it "
                + "contains, which happens where a transaction also changes tables without transactions, or is prepared by XA",
            remedy: "Restart the task to go on behind it, and compare the tables that this transaction changed, or take a new "
                + "snapshot (stop the connector, DELETE its offsets, resume it).")
    }

    /// Statement-based changes cannot be turned into rows. They are passed over only where no captured table is named.
    private func refuseIfCaptured(_ query: QueryEvent) throws {
        let words = StatementWords(query.statement)
        let isNamed = { [filter = configuration.filter] (table: TableID) in
            words.contains(table.table) && filter.includes(table)
        }
        guard let table = schema.tables.map(\.id).first(where: isNamed) else {
            logger.warn(
                "Received DML '\(query.statement.prefix(200))' for processing, binlog probably contains events generated with "
                    + "statement or mixed based replication format; it names no captured table and is passed over.")
            return
        }
        throw ConnectorError(
            "The binlog at \(tracker.file):\(tracker.eventPosition) holds a change of rows as a statement, and it names the "
                + "captured table \(table): \(query.statement.prefix(200))",
            cause: "a session wrote with binlog_format STATEMENT or MIXED, so the changed rows are not in the binlog",
            remedy: "SET PERSIST binlog_format = 'ROW', see that no session sets another format, and take a new snapshot: stop "
                + "the connector, DELETE its offsets, and resume it.")
    }

    // MARK: Schema

    private func changeSchema(_ query: QueryEvent, _ header: EventHeader) throws {
        if skip.skipsEvent { return }
        if tracker.group == .none {
            let isDone = usesGTIDs && skip.skipsStatement(file: tracker.file, end: tracker.eventEnd)
            tracker.finishStatement()
            if isDone { return }
        }
        let changes = try applied(query)
        guard !changes.isEmpty else { return }
        routes.forget()
        var source = sourceInfo(header)
        // Debezium knows the time of statements to the millisecond only, and leaves the row where the last rows
        // left it.
        source.timestampMicroseconds -= source.timestampMicroseconds % 1000
        source.row = lastRowIndex
        source.query = nil
        tracker.timestampSeconds = source.timestampMicroseconds / 1_000_000
        try recorder.remember(changes, at: tracker.storedPoint.offset)
        let isTold = try recorder.tell(changes, source: source, isSnapshot: false, to: emitter)
        let isEmptied = try emitTruncations(changes, source)
        if isTold || isEmptied { delivered(changes.count) }
    }

    private func applied(_ query: QueryEvent) throws -> [SchemaChange] {
        do throws(DDLError) {
            return try schema.apply(
                query.statement, defaultDatabase: query.database, sqlMode: SQLMode(rawValue: query.sqlMode ?? 0))
        } catch {
            throw ConnectorError(
                "Error processing binlog event at \(tracker.file):\(tracker.eventPosition)", cause: error.description)
        }
    }

    /// The `t` records of TRUNCATE TABLE, where they are not skipped.
    private func emitTruncations(_ changes: [SchemaChange], _ source: SourceInfo) throws -> Bool {
        let before = emitter.emittedRecords
        for change in changes where change.kind == .truncate {
            guard let name = change.sourceTables.first else { continue }
            let id = TableID(database: change.database, table: name)
            guard configuration.filter.includes(id), let definition = schema.table(id) else { continue }
            try emitter.emitTruncate(try TablePlan(definition, configuration: configuration), source: source)
        }
        return emitter.emittedRecords > before
    }
}
