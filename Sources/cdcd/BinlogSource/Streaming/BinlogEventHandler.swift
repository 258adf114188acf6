import ConnectData
import MySQLWire
import WireCore

/// Carries out the actions for the events of a binlog: emits rows, applies statements to the schema, writes the
/// history, reports offsets. `BinlogMachine` decides; the handler is independent of the source of the events.
///
/// Owned by the task's thread.
final class BinlogEventHandler {
    private let configuration: MySQLConnectorConfig
    private let emitter: RecordEmitter
    private let recorder: SchemaRecorder
    private let sink: any RecordSink
    private let logger: Logger
    private let partition: JSONObject
    @exclusivity(unchecked) private var machine: BinlogMachine
    private var schema: DatabaseSchema
    @exclusivity(unchecked) private var bindings: TableBindings
    private var rowStatements: RowStatementCheck
    private let now: () -> MonotonicInstant
    private var idle: IdleOffset

    init(
        configuration: MySQLConnectorConfig, emitter: RecordEmitter, recorder: SchemaRecorder, sink: any RecordSink,
        schema: DatabaseSchema, bindings: TableBindings, rowStatements: RowStatementCheck,
        start: StreamingStart, logger: Logger,
        now: @escaping () -> MonotonicInstant = { .now }
    ) {
        self.configuration = configuration
        self.emitter = emitter
        self.recorder = recorder
        self.sink = sink
        self.schema = schema
        self.logger = logger
        self.now = now
        idle = IdleOffset(at: now())
        partition = SchemaRecorder.source(configuration)
        self.bindings = bindings
        self.rowStatements = rowStatements
        machine = BinlogMachine(
            start,
            options: .init(
                prefersCommitTime: configuration.profile.offsets.prefersCommitTime
                    && configuration.flavor.logsCommitTime,
                includesQuery: configuration.includesQuery, gtidSources: configuration.gtidSources,
                flavor: configuration.flavor))
    }

    // MARK: Connections

    /// The start of the next connection.
    var resumeRequest: BinlogMachine.ResumeRequest { machine.resumeRequest }

    /// The end of the last event.
    var readPlace: StreamLiveness.Place { machine.readPlace }

    /// A new connection begins at `resumeRequest`; its table ids are new.
    func reconnect() {
        machine.reconnect()
        removeTableIDs()
    }

    private func removeTableIDs() {
        bindings.removeTableIDs()
        emitter.removeTables()
    }

    // MARK: Events

    /// - Parameter decoder: provides the table maps that the event's rows refer to.
    func handle(_ event: BinlogEvent, _ decoder: BinlogDecoder) throws {
        switch machine.receive(event) {
        case .none:
            if case .rotate = event.body, !event.header.isArtificial { removeTableIDs() }
        case .emitRows(let skippedRows):
            guard case .rows(let rows) = event.body else { break }
            try handle(rows, event.header, decoder, skippingRows: skippedRows)
        case .applyStatement(let statement):
            guard case .query(let query) = event.body else { break }
            let parsed = schema.parse(statement)
            try rowStatements.willApply(parsed, query, in: schema, at: machine.eventPlace)
            try apply(statement, parsed, query, event.header)
        case .checkRowChange(let statement):
            if case .query(let query) = event.body {
                try rowStatements.check(statement, query, in: schema, at: machine.eventPlace)
                // Debezium records some of them (WITH …, SELECT f()) as statements without a table.
                try apply(statement, schema.parse(statement), query, event.header)
            } else if case .loadData(let query) = event.body {
                try rowStatements.check(statement, query, in: schema, at: machine.eventPlace)
            }
        case .advanceOffsetIfIdle: try advanceOffsetIfIdle()
        case .warn(let warning): logger.warn(warning.text(at: machine.eventPlace))
        case .fail(let failure): throw failure.error(at: machine.eventPlace)
        }
        machine.complete(event)
    }

    // MARK: Rows

    private func handle(
        _ rows: RowsEvent, _ header: EventHeader, _ decoder: BinlogDecoder, skippingRows skippedRows: Int
    ) throws {
        let place = machine.eventPlace
        guard let map = decoder.tableMap(rows.tableID) else {
            throw UnsupportedEvent.missingTableMap(rows.tableID, file: place.file, position: place.position)
        }
        // The schema is not passed for each event, since it would be copied.
        let binding: TableBindings.Binding
        if let last = bindings.lastBinding(for: map) {
            binding = last
        } else {
            do { binding = try bindings.binding(for: map, in: schema) } catch { throw located(error) }
        }
        switch binding {
        case .filtered: return
        case .unknown(let table): try reportUnknown(table)
        case .captured(let rowDecoder):
            if configuration.skippedOperations.contains(.init(rows.kind)) { return }
            guard rows.hasFullImages else {
                throw UnsupportedEvent.partialImage(
                    rowDecoder.plan.definition.id, file: place.file, position: place.position)
            }
            try emit(rows, rowDecoder, header, skippingRows: skippedRows)
        }
    }

    private func emit(
        _ rows: RowsEvent, _ rowDecoder: BinlogRowDecoder, _ header: EventHeader, skippingRows skippedRows: Int
    ) throws {
        let source = machine.rowSource(header)
        let sentBefore = emitter.sentRecords
        do {
            let count = try emitter.emit(rows, of: rowDecoder, source: source, skippingRows: skippedRows)
            machine.didEmitRows(
                count, of: count, skipping: skippedRows, storesOffset: emitter.sentRecords > sentBefore)
        } catch {
            // Rows that were emitted before are counted, because otherwise an orderly stop would repeat them.
            let done = emitter.deliveredRows
            if done > skippedRows {
                machine.didEmitRows(
                    done, of: done + 1, skipping: skippedRows, storesOffset: emitter.sentRecords > sentBefore)
            }
            throw located(error)
        }
    }

    /// Adds the binlog position to the error of a value that could not be read; errors of the sink are rethrown.
    private func located(_ error: any Error) -> any Error {
        guard error is ConversionError || error is WireError || error is PlanError else { return error }
        let (file, position) = machine.eventPlace
        return ConnectorError(
            "Error processing binlog event at \(file):\(position)", cause: "\(error)",
            remedy: "See the event with mysqlbinlog --start-position=\(position) --verbose \(file).")
    }

    private func reportUnknown(_ table: TableID) throws {
        let (file, position) = machine.eventPlace
        let error = ConnectorError(
            "Encountered change event for table \(table) whose schema isn't known to this connector",
            cause: "the event is at \(file):\(position); the schema history does not define the table there",
            remedy: "Take a new snapshot: stop the connector, DELETE its offsets, and resume it; "
                + "or leave the table out with table.exclude.list.")
        switch configuration.inconsistentSchemaHandling {
        case .fail: throw error
        case .warn: logger.warn("\(error) The event is skipped (inconsistent.schema.handling.mode=warn).")
        case .skip: break
        }
    }

    // MARK: Statements

    private func apply(
        _ statement: LoggedStatement, _ parsed: [ParsedStatement], _ query: QueryEvent, _ header: EventHeader
    ) throws {
        let changes = try changes(by: statement, parsed, query)
        guard !changes.isEmpty else { return }
        bindings.removeAll()
        emitter.removeTables()
        let place = machine.schemaChangePosition(header)
        try recorder.appendToHistory(changes, at: place.offset)
        let before = emitter.emittedRecords
        try recorder.publishSchemaChanges(changes, source: place.source, to: emitter)
        try emitTruncations(changes, place.source)
        machine.didApply(emittedRecords: Int(emitter.emittedRecords - before))
        try checkpoint()
    }

    private func changes(
        by statement: LoggedStatement, _ parsed: [ParsedStatement], _ query: QueryEvent
    ) throws -> [SchemaChange] {
        let (file, position) = machine.eventPlace
        defer { for warning in schema.takeWarnings() { logger.warn("\(warning) (binlog \(file):\(position)).") } }
        do throws(DDLError) {
            return try schema.apply(statement, parsed: parsed, defaultDatabase: query.database)
        } catch {
            throw ConnectorError("Error processing binlog event at \(file):\(position)", cause: error.description)
        }
    }

    /// The `t` records of TRUNCATE TABLE, unless they are skipped.
    private func emitTruncations(_ changes: [SchemaChange], _ source: SourceInfo) throws {
        for change in changes where change.kind == .truncate {
            guard let name = change.sourceTables.first else { continue }
            let id = TableID(database: change.database, table: name)
            guard configuration.filter.includes(id), let definition = schema.table(id) else { continue }
            try emitter.emitTruncate(try TablePlan(definition, configuration: configuration), source: source)
        }
    }

    // MARK: Offsets

    /// Reports the offset of the emitted records if there are many, or if no further event has arrived.
    func checkpointIfDue(isInputDrained: @autoclosure () -> Bool) throws {
        guard machine.hasPendingOffset, machine.mustCheckpoint || isInputDrained() else { return }
        try checkpoint()
    }

    /// Reports to the sink that everything emitted so far may be committed.
    func checkpoint() throws {
        if let offset = machine.takeCheckpoint() { try reportCheckpoint(offset) }
    }

    /// The same, with this offset.
    func checkpoint(at offset: SourceOffset) throws {
        _ = machine.takeCheckpoint()
        try reportCheckpoint(offset)
    }

    /// Advances the offset of a stream in which nothing captured changed for long.
    private func advanceOffsetIfIdle() throws {
        guard idle.isDue(at: now()), let offset = machine.idleOffset, idle.isNew(offset) else { return }
        try reportCheckpoint(offset)
    }

    private func reportCheckpoint(_ offset: SourceOffset) throws {
        try sink.checkpoint(partition: partition, offset: offset.encoded(for: configuration.profile))
        idle.didCheckpoint(offset, at: now())
    }
}
