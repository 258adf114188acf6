import MySQLWire

/// What is known while a binlog is read: position, executed GTIDs, the transaction in flight, what is left out after a
/// restart, and the offset of the last record. A value without I/O, clock or log: an event goes in, one action comes
/// out.
///
/// For each event: `receive` it, carry out the action, report its outcome (`didEmitRows`, `didApply`), then `complete`.
/// Position and content are separate: `receive` first accounts for the event's place in the file, then interprets its
/// body, so that an event that carries other events can account once and interpret many times.
///
/// Source: Debezium's `BinlogStreamingChangeEventSource`.
struct BinlogMachine: Sendable {
    /// What profile and options decide.
    struct Options: Sendable {
        /// Whether a row's time is its transaction's original commit time.
        var prefersCommitTime: Bool
        /// `include.query`.
        var includesQuery: Bool
        /// `gtid.source.*`: rows of excluded sources are left out.
        var gtidSources: GTIDSourceFilter
    }

    /// What is to be done for an event. The event itself is the caller's.
    enum Action: Equatable, Sendable {
        case none
        /// Emit the event's rows, except this many at its head: they were delivered before a restart.
        case emitRows(skipping: Int)
        /// Apply the QUERY event's statement to the schema, if it is one that changes schemas.
        case applyStatement
        /// Decide whether a statement that changes rows can be passed over; its rows are not in the binlog.
        case checkRowChange
        /// Hand over the offset if none was handed over for a long time.
        case advanceOffsetIfIdle
        case warn(BinlogWarning)
        case fail(BinlogFailure)
    }

    /// The most rows that are emitted before their offset is handed over.
    static let checkpointRows = 4096
    /// The idle time of the offset is checked once in this many transactions.
    static let transactionsPerIdleCheck = 1024

    private let options: Options
    private var tracker: OffsetTracker
    private var skip: ResumeSkip
    private var transaction = TransactionState()
    private var prepared = PreparedTransactions()
    private var gtidTexts = GTIDTexts()
    /// Where in its event the last emitted row was.
    private var lastRowIndex = 0
    /// The offset of what was done last; nil if it was handed over or nothing was done.
    private var pendingOffset: OffsetTracker.StoredPoint?
    private var rowsSinceCheckpoint = 0
    /// Whether the current event is a statement that is not done yet.
    private var isInStatement = false
    private var transactionsUntilIdleCheck = Self.transactionsPerIdleCheck

    /// What is known of the transaction that is being read.
    private struct TransactionState: Sendable {
        /// When it was committed on its first server, in microseconds; nil if that is unknown or not asked for.
        var commitMicroseconds: Int64?
        /// The connection that ran it.
        var thread: Int64?
        var query: String?
        /// Its source is filtered out.
        var isFiltered = false
        /// Records that were emitted.
        var emittedRows = 0
        var xaIdentifier: String?
        var gtid: GTID?
        /// Made with the first record.
        var gtidText: String?
    }

    init(_ start: StreamingStart, options: Options) {
        self.options = options
        tracker = OffsetTracker(startingAt: start.point, timestampSeconds: start.timestampSeconds)
        skip = ResumeSkip(start.storedPoint, serverID: start.serverID)
    }

    // MARK: Events

    /// Takes an event and says what is to be done for it.
    mutating func receive(_ event: BinlogEvent) -> Action {
        switch event.body {
        case .rotate(let rotation):
            guard tracker.rotate(to: rotation.file, position: rotation.position) else {
                return .fail(.positionOutOfRange(rotation.position))
            }
            return .none
        case .heartbeat: return .advanceOffsetIfIdle
        default: break
        }
        let header = event.header
        guard
            tracker.begin(
                eventBytes: header.eventBytes, nextPosition: header.nextPosition, serverID: header.serverID)
        else { return .fail(.positionOutOfRange(UInt64(tracker.eventEnd))) }
        return interpret(event.body, header)
    }

    /// The event is done: what was read of it is not read again after a lost connection.
    mutating func complete(_ event: BinlogEvent) {
        switch event.body {
        case .rotate, .heartbeat: return
        default:
            finishStatement()
            tracker.complete()
            skip.complete()
        }
    }

    /// The current statement is done: where it is no part of a transaction, it is not read again.
    private mutating func finishStatement() {
        if isInStatement, tracker.group == .none { tracker.finishStatement() }
        isInStatement = false
    }

    private mutating func interpret(_ body: BinlogEvent.Body, _ header: EventHeader) -> Action {
        switch body {
        case .rows(let rows): return receive(rows)
        case .tableMap, .formatDescription, .stop, .rotate, .heartbeat, .informational: return .none
        case .gtid(let gtid): return announce(gtid, header)
        case .query(let query): return receive(query, header)
        case .loadData: return receiveRowChange()
        case .xid:
            commit()
            return .none
        case .rowsQuery(let text):
            if options.includesQuery { transaction.query = text }
            return .none
        case .xaPrepare(let event): return prepare(event)
        case .mariaDBGTID, .transactionPayload, .unsupported: return .fail(.unsupported(header.type))
        }
    }

    private mutating func receive(_ rows: RowsEvent) -> Action {
        if rows.isDummy || skip.skipsEvent { return .none }
        let skippedRows = skip.takeRows()
        return transaction.isFiltered ? .none : .emitRows(skipping: skippedRows)
    }

    private mutating func announce(_ gtid: GTIDEvent, _ header: EventHeader) -> Action {
        tracker.announce(gtid.gtid)
        transaction = TransactionState()
        if options.prefersCommitTime, gtid.gtid != nil {
            let commit = gtid.originalCommitMicroseconds ?? 0
            transaction.commitMicroseconds =
                commit > 0 ? Int64(clamping: commit) : Int64(header.timestampSeconds) * 1_000_000
        }
        transaction.gtid = gtid.gtid
        let sources = options.gtidSources
        if sources.filtersRows, !sources.includesAll, let source = gtid.gtid?.source {
            transaction.isFiltered = !sources.includes(source.description)
        }
        transactionsUntilIdleCheck -= 1
        guard transactionsUntilIdleCheck <= 0 else { return .none }
        transactionsUntilIdleCheck = Self.transactionsPerIdleCheck
        return .advanceOffsetIfIdle
    }

    private mutating func commit() {
        tracker.commit()
        skip.endGroup()
        transaction = TransactionState()
    }

    // MARK: Statements

    private mutating func receive(_ query: QueryEvent, _ header: EventHeader) -> Action {
        switch QueryStatement(query.statement) {
        case .begin: return begin(.transaction, query, header)
        case .commit: commit()
        case .rollback:
            if transaction.emittedRows > 0 { return .fail(.rolledBack(statement: query.statement)) }
            commit()
        case .savepoint, .xaEnd, .xaPrepare: break
        case .rollbackToSavepoint:
            // Logged only if the transaction changed tables that cannot be rolled back, too.
            if transaction.emittedRows > 0 { return .fail(.rolledBack(statement: query.statement)) }
        case .xaStart(let identifier):
            let action = begin(.xa, query, header)
            transaction.xaIdentifier = identifier
            return action
        case .xaCommit(let identifier):
            prepared.remove(identifier)
            tracker.finishStatement()
        case .xaRollback(let identifier): return rollBackPrepared(identifier)
        case .rowChange: return receiveRowChange()
        case .other:
            if skip.skipsEvent { return .none }
            isInStatement = true
            return .applyStatement
        }
        return .none
    }

    private mutating func receiveRowChange() -> Action {
        if skip.skipsEvent { return .none }
        isInStatement = true
        return .checkRowChange
    }

    private mutating func begin(_ group: OffsetTracker.Group, _ query: QueryEvent, _ header: EventHeader) -> Action {
        tracker.beginGroup(group)
        // What was emitted for a statement before is no part of it: servers before 5.7 announce no transactions.
        transaction.emittedRows = 0
        // Debezium reads the connection from BEGIN only.
        if group == .transaction { transaction.thread = Int64(query.threadID) }
        let place = ResumeSkip.Place(
            file: tracker.file, position: tracker.eventPosition, gtid: transaction.gtid,
            serverID: Int64(header.serverID))
        guard skip.beginGroup(at: place) else { return .warn(.otherTransactionThanStored) }
        return .none
    }

    /// XA_PREPARE_LOG_EVENT: the rows are logged; unless it is the commit, a later statement commits or rolls back.
    private mutating func prepare(_ event: XAPrepareEvent) -> Action {
        let (rows, identifier) = (transaction.emittedRows, transaction.xaIdentifier)
        commit()
        // Offsets do not point into XA transactions: only now their rows have one.
        if rows > 0 { pendingOffset = tracker.storedPoint }
        guard !event.isOnePhase, let identifier else { return .none }
        let dropped = prepared.insert(identifier, rows: rows)
        return dropped.map { .warn(.preparedTransactionDropped(identifier: $0)) } ?? .none
    }

    private mutating func rollBackPrepared(_ identifier: String) -> Action {
        tracker.finishStatement()
        switch prepared.remove(identifier) {
        case 0: return .none
        case let rows: return .warn(.preparedTransactionRolledBack(identifier: identifier, rows: rows))
        }
    }

    // MARK: Outcomes

    /// Rows of the current event were emitted or left out.
    ///
    /// - Parameters:
    ///   - done: the number of rows from the event's head on.
    ///   - total: the number of rows in the event.
    ///   - skipped: the number of rows at its head that were delivered before a restart.
    mutating func didEmitRows(_ done: Int, of total: Int, skipping skipped: Int) {
        if done > skipped { lastRowIndex = done - 1 }
        tracker.deliverRows(done, of: total)
        delivered(done)
    }

    /// Where and when the rows of the current event were changed; their records get this time.
    mutating func rowSource(_ header: EventHeader) -> SourceInfo {
        let source = sourceInfo(header)
        tracker.timestampSeconds = source.timestampMicroseconds / 1_000_000
        return source
    }

    /// A schema change by the current statement.
    struct SchemaChangePlace: Sendable {
        var source: SourceInfo
        /// What history records and the records of the schema change topic store. As Debezium's, it lacks the
        /// statement's own GTID: after a restart from it the server sends the statement again.
        var offset: SourceOffset
    }

    /// Where and when the current statement changed the schema; its records get this time.
    mutating func schemaChangePlace(_ header: EventHeader) -> SchemaChangePlace {
        var source = sourceInfo(header)
        // Debezium knows the time of statements to the millisecond only, and keeps the row of the last row record.
        source.timestampMicroseconds -= source.timestampMicroseconds % 1000
        source.row = lastRowIndex
        source.query = nil
        tracker.timestampSeconds = source.timestampMicroseconds / 1_000_000
        return SchemaChangePlace(source: source, offset: tracker.storedPoint.offset)
    }

    /// The current statement changed the schema, and the history has it.
    ///
    /// - Parameter records: the number of records that were emitted for it.
    mutating func didApply(emittedRecords records: Int) {
        finishStatement()
        if records > 0 {
            delivered(records)
        } else {
            // No record stores an offset, so that it may name the statement's own GTID: it is not read again.
            pendingOffset = tracker.storedPoint(isAfterStatement: true)
        }
    }

    private mutating func delivered(_ records: Int) {
        pendingOffset = tracker.storedPoint
        rowsSinceCheckpoint += records
        transaction.emittedRows += records
    }

    private mutating func sourceInfo(_ header: EventHeader) -> SourceInfo {
        if transaction.gtidText == nil, let gtid = transaction.gtid { transaction.gtidText = gtidTexts.text(gtid) }
        return SourceInfo(
            timestampMicroseconds: transaction.commitMicroseconds ?? Int64(header.timestampSeconds) * 1_000_000,
            file: tracker.file, position: tracker.eventPosition, serverID: Int64(header.serverID),
            gtid: transaction.gtidText, thread: transaction.thread, query: transaction.query)
    }

    // MARK: Offsets

    /// Whether the offset of what was emitted is to be handed over now.
    ///
    /// - Parameter isInputDrained: whether the next event has not arrived yet.
    @inline(__always)
    func isCheckpointDue(isInputDrained: @autoclosure () -> Bool) -> Bool {
        pendingOffset != nil && (rowsSinceCheckpoint >= Self.checkpointRows || isInputDrained())
    }

    /// The offset that stands for everything emitted so far; nil if there is no new one.
    mutating func takeCheckpoint() -> SourceOffset? {
        rowsSinceCheckpoint = 0
        return pendingOffset.take()?.offset
    }

    /// The offset of a stream in which nothing captured changed; nil while the stored one says more.
    var idleOffset: SourceOffset? {
        guard pendingOffset == nil, tracker.group == .none, !skip.isPending else { return nil }
        return tracker.storedPoint(isAfterStatement: true).offset
    }

    /// The place of the current event, for messages.
    var eventPlace: (file: String, position: Int64) { (tracker.file, tracker.eventPosition) }

    /// The end of the last event.
    var readPlace: StreamSilence.Place { StreamSilence.Place(file: tracker.file, position: tracker.eventEnd) }

    // MARK: Connections

    /// Where the next connection begins to read.
    struct ResumeRequest: Sendable {
        var point: OffsetTracker.RestartPoint
        /// Where to begin in the point's file if the stream is not followed by GTIDs.
        var position: Int64
        /// The transaction in flight, if rows of it were emitted.
        var inFlight: GTID?
        /// The offset of everything that was done, the last statement included: for messages, and to be stored if the
        /// server lacks something.
        var offset: SourceOffset
    }

    var resumeRequest: ResumeRequest {
        ResumeRequest(
            point: tracker.resumePoint, position: tracker.requestPosition,
            inFlight: transaction.emittedRows > 0 ? transaction.gtid : nil,
            offset: tracker.storedPoint(isAfterStatement: true).offset)
    }

    /// A new connection begins to read at `resumeRequest`.
    mutating func reconnect() {
        let point = tracker.resumePoint
        let gtid = tracker.group == .none ? nil : transaction.gtid
        skip = skip.continued(at: point, gtid: gtid, serverID: tracker.serverID)
        tracker = OffsetTracker(resuming: tracker)
        transaction = TransactionState()
        isInStatement = false
    }
}
