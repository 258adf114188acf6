import MySQLWire

/// The state of reading a binlog: position, executed GTIDs, the transaction in flight, what is skipped after a restart,
/// and the offset of the last record. A value without I/O, clock or log: an event goes in, one action comes out.
///
/// For each event: `receive` it, carry out the action, report its outcome (`didEmitRows`, `didApply`), then `complete`.
/// Position and content are separate: `receive` first accounts for the event's position in the file, then interprets
/// its body, so that an event that contains other events can account once and interpret many times.
///
/// Between two events the machine is always in a consistent state: the task's thread may then emit rows from other
/// sources (chunks of an incremental snapshot) and handle signals. That needs no call of the machine: a checkpoint
/// after such work takes the pending offset (`takeCheckpoint`) or, if there is none, `idleOffset`.
///
/// Source: Debezium's `BinlogStreamingChangeEventSource`.
struct BinlogMachine: Sendable {
    /// The settings that profile and options determine.
    struct Options: Sendable {
        /// Whether a row's time is its transaction's original commit time.
        var prefersCommitTime: Bool
        /// `include.query`.
        var includesQuery: Bool
        /// `gtid.source.*`: rows of excluded sources are skipped.
        var gtidSources: GTIDSourceFilter
        /// GTID events of the other flavor are not supported.
        var flavor: ServerFlavor
    }

    /// The action for an event, which the caller still has.
    enum Action: Equatable, Sendable {
        case none
        /// Emit the event's rows, except the first ones: this number of rows was delivered before a restart.
        case emitRows(skipping: Int)
        /// Apply the QUERY event's statement to the schema, if it is one that changes schemas.
        case applyStatement(LoggedStatement)
        /// Decide whether a statement that changes rows can be skipped; its rows are not in the binlog.
        case checkRowChange(LoggedStatement)
        /// Checkpoint the offset if the last checkpoint is long ago.
        case advanceOffsetIfIdle
        case warn(BinlogWarning)
        case fail(BinlogFailure)
    }

    /// The maximum number of rows that are emitted between checkpoints.
    static let checkpointRows = 4096
    /// The idle time of the offset is checked once in this many transactions.
    static let transactionsPerIdleCheck = 1024

    private let options: Options
    private var tracker: OffsetTracker
    private var skip: ResumeSkip
    private var transaction = TransactionState()
    private var prepared = PreparedTransactions()
    private var gtidTexts = GTIDTextCache()
    /// The index of the last emitted row in its event.
    private var lastRowIndex = 0
    /// The offset after the last emitted record or applied statement; nil if there is none since the last checkpoint.
    private var pendingOffset: OffsetTracker.StoredPoint?
    private var rowsSinceCheckpoint = 0
    /// Whether the current event is a statement that is not applied yet.
    private var isInStatement = false
    private var transactionsUntilIdleCheck = Self.transactionsPerIdleCheck

    /// The transaction that is being read.
    private struct TransactionState: Sendable {
        /// The commit time on its first server, in microseconds; nil if that is unknown or not used.
        var commitMicroseconds: Int64?
        /// The connection that ran it.
        var thread: Int64?
        var query: String?
        /// Whether its source is filtered out.
        var isFiltered = false
        /// Whether records were emitted.
        var emittedRows = 0
        var xaIdentifier: String?
        var gtid: TransactionID?
        /// Created with the first record.
        var gtidText: String?
    }

    init(_ start: StreamingStart, options: Options) {
        self.options = options
        tracker = OffsetTracker(startingAt: start.point, timestampSeconds: start.timestampSeconds)
        skip = ResumeSkip(start.storedPoint, serverID: start.serverID)
    }

    // MARK: Events

    /// Accounts for an event and returns the action for it.
    mutating func receive(_ event: BinlogEvent) -> Action {
        switch event.body {
        case .rotate(let rotation):
            guard tracker.rotate(to: rotation.file, position: rotation.position) else {
                return .fail(.positionOutOfRange(rotation.position))
            }
            return .none
        case .heartbeat: return .advanceOffsetIfIdle
        case .formatDescription, .query, .loadData, .gtid, .mariaDBGTID, .tableMap, .rows, .xid, .xaPrepare,
            .transactionPayload, .rowsQuery, .stop, .informational, .unsupported:
            break
        }
        let header = event.header
        guard
            tracker.begin(
                eventBytes: header.eventBytes, nextPosition: header.nextPosition, serverID: header.serverID)
        else { return .fail(.positionOutOfRange(UInt64(tracker.eventEnd))) }
        return interpret(event.body, header)
    }

    /// The event is done: it is not read again after a lost connection.
    mutating func complete(_ event: BinlogEvent) {
        var isRows = false
        switch event.body {
        case .rotate, .heartbeat: return
        case .rows(let rows): isRows = !rows.isDummy
        case .formatDescription, .query, .loadData, .gtid, .mariaDBGTID, .tableMap, .xid, .xaPrepare,
            .transactionPayload, .rowsQuery, .stop, .informational, .unsupported:
            break
        }
        finishStatement()
        tracker.complete()
        skip.complete(isRows: isRows)
    }

    /// The current statement is done: outside of a transaction it is not read again.
    private mutating func finishStatement() {
        if isInStatement, tracker.group == .none { tracker.finishStatement() }
        isInStatement = false
    }

    private mutating func interpret(_ body: BinlogEvent.Body, _ header: EventHeader) -> Action {
        switch body {
        case .rows(let rows): return receive(rows)
        case .tableMap, .formatDescription, .stop, .rotate, .heartbeat, .informational: return .none
        case .gtid(let gtid): return receive(gtid, header)
        case .mariaDBGTID(let gtid): return receive(gtid, header)
        case .query(let query): return receive(query, header)
        case .loadData(let query): return receiveRowChange(LoggedStatement(query))
        case .xid:
            commit()
            return idleAction
        case .rowsQuery(let text):
            if options.includesQuery { transaction.query = text }
            return .none
        case .xaPrepare(let event): return prepare(event)
        case .transactionPayload, .unsupported: return .fail(.unsupported(header.type))
        }
    }

    private mutating func receive(_ rows: RowsEvent) -> Action {
        if rows.isDummy || skip.skipsEvent { return .none }
        return transaction.isFiltered ? .none : .emitRows(skipping: skip.deliveredRows)
    }

    // MARK: Transactions

    private mutating func receive(_ gtid: GTIDEvent, _ header: EventHeader) -> Action {
        guard options.flavor == .mySQL else { return .fail(.unsupported(header.type)) }
        announce(gtid.gtid.map { .mySQL($0) })
        if options.prefersCommitTime, gtid.gtid != nil {
            let commit = gtid.originalCommitMicroseconds ?? 0
            transaction.commitMicroseconds =
                commit > 0 ? Int64(clamping: commit) : Int64(header.timestampSeconds) * 1_000_000
        }
        return idleAction
    }

    /// MariaDB's GTID event announces a transaction and begins it: no BEGIN or XA START follows.
    private mutating func receive(_ gtid: MariaDBGTIDEvent, _ header: EventHeader) -> Action {
        guard options.flavor == .mariaDB else { return .fail(.unsupported(header.type)) }
        announce(.mariaDB(gtid.gtid))
        if gtid.isStandalone || gtid.isCompletedXA { return idleAction }
        return begin(gtid.isPreparedXA ? .xa : .transaction, header)
    }

    private mutating func announce(_ gtid: TransactionID?) {
        tracker.announce(gtid)
        transaction = TransactionState()
        transaction.gtid = gtid
        let sources = options.gtidSources
        if sources.filtersRows, !sources.includesAll, let gtid {
            transaction.isFiltered = !sources.includes(gtid.source)
        }
        transactionsUntilIdleCheck -= 1
    }

    /// Checks the age of the offset once in `transactionsPerIdleCheck` transactions.
    private var idleAction: Action {
        mutating get {
            guard transactionsUntilIdleCheck <= 0 else { return .none }
            transactionsUntilIdleCheck = Self.transactionsPerIdleCheck
            return .advanceOffsetIfIdle
        }
    }

    private mutating func commit() {
        tracker.commit()
        skip.endGroup()
        transaction = TransactionState()
    }

    // MARK: Statements

    private mutating func receive(_ query: QueryEvent, _ header: EventHeader) -> Action {
        let statement = LoggedStatement(query)
        switch statement.kind {
        case .begin:
            // Debezium reads the connection from BEGIN only.
            defer { transaction.thread = Int64(query.threadID) }
            return begin(.transaction, header)
        case .commit: commit()
        case .rollback:
            if transaction.emittedRows > 0 { return .fail(.rolledBack(statement: query.statement)) }
            commit()
        case .savepoint, .xaEnd, .xaPrepare: break
        case .rollbackToSavepoint:
            // Logged only if the transaction also changed tables that cannot be rolled back.
            if transaction.emittedRows > 0 { return .fail(.rolledBack(statement: query.statement)) }
        case .xaStart(let identifier):
            transaction.xaIdentifier = identifier
            return begin(.xa, header)
        case .xaCommit(let identifier):
            prepared.remove(identifier)
            tracker.finishStatement()
        case .xaRollback(let identifier): return rollBackPrepared(identifier)
        case .rowChange: return receiveRowChange(statement)
        case .definition:
            if skip.skipsEvent { return .none }
            isInStatement = true
            return .applyStatement(statement)
        }
        return .none
    }

    private mutating func receiveRowChange(_ statement: LoggedStatement) -> Action {
        if skip.skipsEvent { return .none }
        isInStatement = true
        return .checkRowChange(statement)
    }

    private mutating func begin(_ group: OffsetTracker.Group, _ header: EventHeader) -> Action {
        tracker.beginGroup(group)
        // Records of a preceding statement do not belong to it: servers before 5.7 do not announce transactions.
        transaction.emittedRows = 0
        let place = ResumeSkip.Place(
            file: tracker.file, position: tracker.eventPosition, gtid: transaction.gtid,
            serverID: Int64(header.serverID))
        guard skip.beginGroup(at: place) else { return .warn(.otherTransactionThanStored) }
        return .none
    }

    /// XA_PREPARE_LOG_EVENT: the rows are logged; unless it is the commit, a later statement commits or rolls back.
    private mutating func prepare(_ event: XAPrepareEvent) -> Action {
        let (rows, identifier) = (transaction.emittedRows, transaction.xaIdentifier ?? event.identifier)
        commit()
        // Offsets do not refer to positions within XA transactions: only now their rows have one.
        if rows > 0 { pendingOffset = tracker.storedPoint }
        guard !event.isOnePhase else { return .none }
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

    /// Rows of the current event were emitted or skipped.
    ///
    /// - Parameters:
    ///   - done: the number of rows from the event's first on.
    ///   - total: the number of rows in the event.
    ///   - skipped: the number of rows at its head that were delivered before a restart.
    ///   - storesOffset: whether a record of them is sent. As in Connect, an offset is stored with the record that it
    ///     belongs to; those of dropped records are not.
    mutating func didEmitRows(_ done: Int, of total: Int, skipping skipped: Int, storesOffset: Bool = true) {
        if done > skipped { lastRowIndex = done - 1 }
        skip.finishRows()
        tracker.deliverRows(done, of: total)
        delivered(done, storesOffset: storesOffset)
    }

    /// The position and time of the rows of the current event; their records have this time.
    mutating func rowSource(_ header: EventHeader) -> SourceInfo {
        let source = sourceInfo(header)
        tracker.timestampSeconds = source.timestampMicroseconds / 1_000_000
        return source
    }

    /// A schema change by the current statement.
    struct SchemaChangePosition: Sendable {
        var source: SourceInfo
        /// The offset that history records and the records of the schema change topic store. As in Debezium, it lacks
        /// the statement's own GTID: after a restart from it the server sends the statement again.
        var offset: SourceOffset
    }

    /// The position and time of the current statement's schema change; its records have this time.
    mutating func schemaChangePosition(_ header: EventHeader) -> SchemaChangePosition {
        var source = sourceInfo(header)
        // Debezium has the time of statements in milliseconds only, and keeps the row index of the last row record.
        source.timestampMicroseconds -= source.timestampMicroseconds % 1000
        source.row = lastRowIndex
        source.query = nil
        tracker.timestampSeconds = source.timestampMicroseconds / 1_000_000
        return SchemaChangePosition(source: source, offset: tracker.storedPoint.offset)
    }

    /// The current statement changed the schema, and the history has recorded it.
    ///
    /// - Parameter records: the number of records that were emitted for it.
    mutating func didApply(emittedRecords records: Int) {
        finishStatement()
        if records > 0 {
            delivered(records)
        } else {
            // No record stores an offset, so it may contain the statement's own GTID, and the statement is not read
            // again.
            pendingOffset = tracker.storedPoint(isAfterStatement: true)
        }
    }

    private mutating func delivered(_ records: Int, storesOffset: Bool = true) {
        if storesOffset { pendingOffset = tracker.storedPoint }
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

    /// Whether anything was emitted since the last checkpoint.
    var hasPendingOffset: Bool { pendingOffset != nil }

    /// Whether a checkpoint is due even if further events have arrived.
    var mustCheckpoint: Bool { rowsSinceCheckpoint >= Self.checkpointRows }

    /// The offset after everything that was emitted so far; nil if there is no new one.
    mutating func takeCheckpoint() -> SourceOffset? {
        rowsSinceCheckpoint = 0
        return pendingOffset.take()?.offset
    }

    /// The offset of a stream without captured changes; nil within a transaction, before a checkpoint that is due, and
    /// while delivered rows are skipped.
    var idleOffset: SourceOffset? {
        guard pendingOffset == nil, tracker.group == .none, !skip.isPending else { return nil }
        return tracker.storedPoint(isAfterStatement: true).offset
    }

    /// The position of the current event, for messages.
    var eventPlace: (file: String, position: Int64) { (tracker.file, tracker.eventPosition) }

    /// The end of the last event.
    var readPlace: StreamLiveness.Place { StreamLiveness.Place(file: tracker.file, position: tracker.eventEnd) }

    // MARK: Connections

    /// The start of the next connection.
    struct ResumeRequest: Sendable {
        var point: OffsetTracker.RestartPoint
        /// The start in the point's file if the stream does not use GTIDs.
        var position: Int64
        /// The transaction in flight, if rows of it were emitted.
        var inFlight: TransactionID?
        /// The offset after everything that was done, including the last statement: for messages, and to be stored if
        /// the server lacks something.
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
