import ConnectData
import MySQLWire
import WireCore

/// Reads the binlog from an offset on and emits what it says, until the task is stopped or fails.
///
/// One thread. A connection that is lost is made again; nothing is lost and nothing repeated then, because the place
/// to go on is known to the row.
final class StreamingReader {
    /// How often a quiet server says that it lives, and after how long without a word it is taken for dead.
    static let heartbeatMilliseconds = 500
    static let silenceMilliseconds = 1800
    /// The server may search long for the place where a GTID set ends before it sends the first event.
    static let firstEventMilliseconds = 60_000
    static let steadyMilliseconds = 10_000
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
    private let serverUUID: String?

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
    private var reconnect = ReconnectPolicy()
    /// Since when events arrive; nil while there is no connection.
    private var connectedSince: MonotonicInstant?

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
        self.serverUUID = serverUUID
        self.logger = logger
        partition = SchemaRecorder.source(configuration)
        usesGTIDs = start.point.gtids != nil
        routes = TableRoutes(configuration: configuration)
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
        let (point, position) = (tracker.resumePoint, tracker.requestPosition)
        var options = configuration.connection
        options.connectTimeoutMilliseconds = min(options.connectTimeoutMilliseconds, 5000)
        options.readTimeoutMilliseconds = 10_000
        let connection = try ServerSession.connect(options, control)
        try ServerSession.withConnection(connection, control) { connection in
            let stream: ReplicationStream
            try demandSameServer(connection, point)
            do throws(MySQLError) {
                try connection.execute("SET SESSION net_write_timeout = 86400, SESSION net_read_timeout = 86400")
                stream = try ReplicationStream(
                    connection, serverID: configuration.serverID, start: try start(at: point, position),
                    heartbeatMilliseconds: Self.heartbeatMilliseconds, silenceMilliseconds: Self.firstEventMilliseconds)
            } catch { throw SessionError(error, isConnecting: false) }
            tracker = OffsetTracker(resuming: tracker)
            skip = skip.continued(at: point)
            transaction = TransactionState()
            routes.forgetNumbers()
            try readEvents(of: stream, connection)
        }
    }

    private func start(
        at point: OffsetTracker.RestartPoint, _ position: Int64
    ) throws(MySQLError) -> ReplicationStream.Start {
        if let gtids = point.gtids { return .gtids(encodedSet: gtids.set.encoded()) }
        guard let position = UInt32(exactly: max(4, position)) else {
            throw .unsupported(
                "The position \(position) in \(point.file) lies beyond 4 GiB, where the protocol cannot begin to read: "
                    + "turn on GTIDs (gtid_mode=ON), or take a new snapshot")
        }
        return .position(file: point.file, position: position)
    }

    /// A file and a position mean something on one server only.
    private func demandSameServer(_ connection: MySQLConnection, _ point: OffsetTracker.RestartPoint) throws {
        guard point.gtids == nil, let serverUUID else { return }
        let found: String?
        do throws(MySQLError) {
            found = try connection.query("SELECT @@GLOBAL.server_uuid").scalar
        } catch { throw SessionError(error, isConnecting: false) }
        guard found != serverUUID else { return }
        throw ConnectorError(
            "The database at \(configuration.connection.address) is another server now (\(found ?? "?") instead of "
                + "\(serverUUID))",
            cause: "without GTIDs a position in the binlog of the one means nothing to the other",
            remedy: "Turn on GTIDs (gtid_mode=ON) on both, and take a new snapshot: stop the connector, DELETE its offsets, and "
                + "resume it.")
    }

    /// Reports the interruption and waits before the next attempt; throws what no attempt will mend.
    private func recover(from failure: SessionError) throws {
        if control.isStopping { return }
        try checkpoint()
        let reason = ServerFailure.connecting(failure.error, configuration.connection)
        guard failure.error.isConnectionLoss else {
            if failure.isConnecting { throw reason }
            throw ServerFailure.streaming(failure.error, tracker.storedPoint.offset, configuration)
        }
        // A connection that held for a while was a good one, and its end is a new interruption.
        if let since = connectedSince, MonotonicInstant.now.milliseconds(since: since) > Self.steadyMilliseconds {
            reconnect.succeeded()
        }
        connectedSince = nil
        guard let delay = reconnect.failed(at: .now) else { throw reason }
        if reconnect.attemptCount == 1 {
            logger.warn("The connection to \(configuration.connection.address) is lost: \(failure.error). Connecting again.")
        }
        control.report(.interrupted(reason: reason.description))
        StopWaiter(control).wait(milliseconds: delay)
    }

    // MARK: Events

    private func readEvents(of stream: ReplicationStream, _ connection: MySQLConnection) throws {
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        var isSilenceLimited = false
        while !control.isStopping {
            if uncommitted != nil, rowsSinceCheckpoint >= Self.checkpointRows || !stream.hasBufferedEvent {
                try checkpoint()
            }
            let event: BinlogEvent
            do throws(MySQLError) {
                let bytes = try stream.next()
                do throws(MySQLProtocolError) { event = try decoder.decode(bytes) } catch { throw .malformed(error) }
            } catch { throw SessionError(error, isConnecting: false) }
            if !isSilenceLimited, event.header.type != .rotate {
                isSilenceLimited = true
                connection.setReadTimeout(milliseconds: Self.silenceMilliseconds)
                connected()
            }
            try handle(event, &decoder)
        }
    }

    private func connected() {
        if reconnect.attemptCount > 0 { logger.info("Connected to \(configuration.connection.address) again.") }
        connectedSince = .now
        control.report(.running)
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
