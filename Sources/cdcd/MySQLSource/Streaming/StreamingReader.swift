import ConnectData
import MySQLWire
import WireCore

/// Reads the binlog from an offset on and emits what it says, until the task is stopped or fails.
///
/// One thread. A connection that is lost is made again; nothing is lost and nothing repeated then, because the place
/// to go on is known to the row.
final class StreamingReader {
    /// How many rows go out at most before their offset may be committed.
    static let checkpointRows = 4096

    let configuration: MySQLConnectorConfig
    let control: TaskControl
    let emitter: RecordEmitter
    let recorder: SchemaRecorder
    let logger: Logger
    private let sink: any RecordSink
    private let partition: JSONObject
    /// Whether this server is followed by GTIDs.
    let usesGTIDs: Bool
    private let connection: BinlogConnection

    var schema: DatabaseSchema
    var routes: TableRoutes
    var tracker: OffsetTracker
    var skip: ResumeSkip
    var transaction = TransactionState()
    private var gtidTexts = GTIDTexts()
    /// The offset of the last record that was emitted; nil where it is committed or none was.
    private var uncommitted: OffsetTracker.StoredPoint?
    private var rowsSinceCheckpoint = 0
    private var quiet = QuietOffset(at: .now)

    /// What is known of the transaction that is being read.
    struct TransactionState {
        /// When it was committed where it began, in microseconds; nil where that is not known or not asked for.
        var commitMicroseconds: Int64?
        /// The connection that ran it.
        var thread: Int64?
        var query: String?
        /// Its source is filtered out.
        var isFiltered = false
        /// Rows that were emitted, for changes that turn out to be taken back.
        var emittedRows = 0
        var xaIdentifier: String?
        var gtid: GTID?
        /// Made with the first record.
        var gtidText: String?
    }

    /// Where in its event the last row was that went out.
    var lastRowIndex = 0
    /// Transactions that were prepared with captured rows, whose fate is not known yet.
    var preparedWithRows: Set<String> = []

    init(
        configuration: MySQLConnectorConfig, control: TaskControl, emitter: RecordEmitter, recorder: SchemaRecorder,
        sink: any RecordSink, schema: DatabaseSchema, start: StreamingStart, serverUUID: String?,
        logger: Logger
    ) {
        self.configuration = configuration
        self.control = control
        self.emitter = emitter
        self.recorder = recorder
        self.sink = sink
        self.schema = schema
        self.logger = logger
        connection = BinlogConnection(
            configuration: configuration, control: control, serverUUID: serverUUID, logger: logger)
        partition = SchemaRecorder.source(configuration)
        usesGTIDs = start.point.gtids != nil
        let metadata = ServerMetadata(configuration, control)
        routes = TableRoutes(configuration: configuration, logger: logger) { try metadata.primaryKey(of: $0) }
        tracker = OffsetTracker(startingAt: start.point, timestampSeconds: start.timestampSeconds)
        skip = ResumeSkip(start.storedPoint)
    }

    /// Returns when the task is stopped; everything that was emitted is checkpointed then.
    func run() throws {
        while !control.isStopping {
            do {
                try stream()
            } catch let failure as SessionError {
                try recover(from: failure)
            } catch is CancellationError where control.isStopping {
                break
            } catch {
                // What went out before the failure need not go out again after it.
                try checkpoint()
                throw error
            }
        }
        try checkpoint()
    }

    // MARK: Connections

    /// Connects at the place that was reached and reads until the connection ends, which is thrown.
    private func stream() throws {
        let point = tracker.resumePoint
        try connection.withStream(at: point, position: tracker.requestPosition) { stream, session in
            tracker = OffsetTracker(resuming: tracker)
            skip = skip.continued(at: point)
            transaction = TransactionState()
            routes.forgetNumbers()
            try readEvents(of: stream, session)
        }
    }

    private func recover(from failure: SessionError) throws {
        if control.isStopping { return }
        try checkpoint()
        try connection.recover(from: failure, at: tracker.storedPoint.offset)
    }

    // MARK: Events

    private func readEvents(of stream: ReplicationStream, _ session: MySQLConnection) throws {
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        while !control.isStopping {
            if uncommitted != nil, rowsSinceCheckpoint >= Self.checkpointRows || !stream.hasBufferedEvent {
                try checkpoint()
            }
            let event: BinlogEvent
            do throws(MySQLError) {
                let bytes = try stream.next()
                do throws(MySQLProtocolError) { event = try decoder.decode(bytes) } catch { throw .malformed(error) }
            } catch { throw SessionError(error, isConnecting: false) }
            connection.received(event.header, on: session)
            try handle(event, &decoder)
        }
    }

    private func handle(_ event: BinlogEvent, _ decoder: inout BinlogDecoder) throws {
        let header = event.header
        switch event.body {
        case .rotate(let rotation):
            tracker.rotate(to: rotation.file, position: Int64(clamping: rotation.position))
            if !header.isArtificial { routes.forgetNumbers() }
            return
        case .heartbeat:
            try moveOnWhereQuiet()
            return
        default: break
        }
        tracker.begin(eventBytes: header.eventBytes, nextPosition: header.nextPosition, serverID: header.serverID)
        switch event.body {
        case .rows(let rows): try handle(rows, header, decoder)
        case .tableMap, .formatDescription, .stop, .rotate, .heartbeat: break
        case .gtid(let gtid): try announce(gtid, header)
        case .query(let query): try handle(query, header)
        case .xid: commit()
        case .rowsQuery(let text): if configuration.includesQuery { transaction.query = text }
        case .xaPrepare: prepared()
        case .informational: break
        case .mariaDBGTID, .unsupported:
            throw UnsupportedEvent.failure(header.type, file: tracker.file, position: tracker.eventPosition)
        }
        tracker.complete()
        skip.complete()
    }

    private func announce(_ gtid: GTIDEvent, _ header: EventHeader) throws {
        tracker.announce(gtid.gtid)
        transaction = TransactionState()
        if configuration.profile.prefersCommitTime, gtid.gtid != nil {
            let commit = gtid.originalCommitMicroseconds ?? 0
            transaction.commitMicroseconds =
                commit > 0 ? Int64(clamping: commit) : Int64(header.timestampSeconds) * 1_000_000
        }
        transaction.gtid = gtid.gtid
        let sources = configuration.gtidSources
        if sources.filtersRows, !sources.includesAll, let source = gtid.gtid?.source {
            transaction.isFiltered = !sources.includes(source.description)
        }
        try moveOnWhereQuiet(every: 1024)
    }

    private func handle(_ rows: RowsEvent, _ header: EventHeader, _ decoder: BinlogDecoder) throws {
        if rows.isDummy || skip.skipsEvent { return }
        let skippedRows = skip.takeRows()
        if transaction.isFiltered { return }
        guard let map = decoder.tableMap(rows.tableID) else {
            throw UnsupportedEvent.missingTableMap(rows.tableID, file: tracker.file, position: tracker.eventPosition)
        }
        let route: TableRoutes.Route
        do { route = try routes.route(for: map, in: schema) } catch { throw located(error) }
        switch route {
        case .filtered: return
        case .unknown(let table): try reportUnknown(table)
        case .captured(let rowDecoder):
            if configuration.skippedOperations.contains(.init(rows.kind)) { return }
            guard rows.hasFullImages else {
                throw UnsupportedEvent.partialImage(
                    rowDecoder.plan.definition.id, file: tracker.file, position: tracker.eventPosition)
            }
            try emit(rows, rowDecoder, header, skippingRows: skippedRows)
        }
    }

    private func emit(
        _ rows: RowsEvent, _ rowDecoder: BinlogRowDecoder, _ header: EventHeader, skippingRows skippedRows: Int
    ) throws {
        let source = sourceInfo(header)
        tracker.timestampSeconds = source.timestampMicroseconds / 1_000_000
        do {
            let count = try emitter.emit(rows, of: rowDecoder, source: source, skippingRows: skippedRows)
            lastRowIndex = max(0, count - 1)
            tracker.deliverRows(count, of: count)
            delivered(count)
        } catch {
            // What went out before counts, or an orderly stop would repeat it.
            if emitter.deliveredRows > skippedRows {
                tracker.deliverRows(emitter.deliveredRows, of: emitter.deliveredRows + 1)
                delivered(emitter.deliveredRows)
            }
            throw located(error)
        }
    }

    /// Says where in the binlog a value could not be read; what the sink throws is passed on.
    private func located(_ error: any Error) -> any Error {
        guard error is ConversionError || error is WireError || error is PlanError else { return error }
        return ConnectorError(
            "Error processing binlog event at \(tracker.file):\(tracker.eventPosition)", cause: "\(error)",
            remedy: "See the event with mysqlbinlog --start-position=\(tracker.eventPosition) --verbose \(tracker.file).")
    }

    func delivered(_ records: Int) {
        uncommitted = tracker.storedPoint
        rowsSinceCheckpoint += records
        transaction.emittedRows += records
    }

    /// Where and when the current event happened.
    func sourceInfo(_ header: EventHeader) -> SourceInfo {
        if transaction.gtidText == nil, let gtid = transaction.gtid { transaction.gtidText = gtidTexts.text(gtid) }
        return SourceInfo(
            timestampMicroseconds: transaction.commitMicroseconds ?? Int64(header.timestampSeconds) * 1_000_000,
            file: tracker.file, position: tracker.eventPosition, serverID: Int64(header.serverID),
            gtid: transaction.gtidText, thread: transaction.thread, query: transaction.query)
    }

    func commit() {
        tracker.commit()
        skip.endGroup()
        transaction = TransactionState()
    }

    // MARK: Offsets

    /// Tells the sink that everything emitted so far may be committed.
    func checkpoint() throws {
        guard let point = uncommitted else { return }
        try checkpoint(point.offset)
    }

    private func checkpoint(_ offset: SourceOffset) throws {
        try sink.checkpoint(partition: partition, offset: offset.encoded(for: configuration.profile))
        uncommitted = nil
        rowsSinceCheckpoint = 0
        quiet.handedOver(offset, at: .now)
    }

    private var untilNextLook = 0

    /// Looks at the clock only every so many transactions.
    private func moveOnWhereQuiet(every count: Int) throws {
        untilNextLook += 1
        guard untilNextLook >= count else { return }
        untilNextLook = 0
        try moveOnWhereQuiet()
    }

    /// Moves the offset on where nothing that is captured has changed for long.
    private func moveOnWhereQuiet() throws {
        // What is still to be left out of a transaction stands in the stored offset only.
        guard uncommitted == nil, tracker.group == .none, !skip.isPending, quiet.isDue(at: .now) else { return }
        let offset = tracker.storedPoint.offset
        if quiet.isNew(offset) { try checkpoint(offset) }
    }

    /// The boundary behind a group whose rows have no offset of their own.
    func checkpointBoundary() {
        uncommitted = tracker.storedPoint
    }

    private func reportUnknown(_ table: TableID) throws {
        let error = ConnectorError(
            "Encountered change event for table \(table) whose schema isn't known to this connector",
            cause: "the event is at \(tracker.file):\(tracker.eventPosition); the schema history does not define the table there",
            remedy: "Take a new snapshot: stop the connector, DELETE its offsets, and resume it; "
                + "or leave the table out with table.exclude.list.")
        switch configuration.inconsistentSchemaHandling {
        case .fail: throw error
        case .warn: logger.warn("\(error) The event is passed over (inconsistent.schema.handling.mode=warn).")
        case .skip: break
        }
    }
}
