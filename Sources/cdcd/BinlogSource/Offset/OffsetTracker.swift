import MySQLWire

/// Tracks the events of a binlog and the position from which reading would have to restart.
///
/// A value without I/O. For each event call `begin`, then the function for its kind, then `complete`:
///
/// - Outside of transactions the restart position is the end of each event.
/// - BEGIN makes its own position the restart position; from there on events and rows are counted, starting with BEGIN.
/// - A commit makes the transaction's end the restart position and adds its GTID to the executed set.
///
/// Source: Debezium's `BinlogOffsetContext`; the counts must be equal to its counts, or rows are lost or repeated when
/// one takes over from the other.
struct OffsetTracker: Sendable {
    /// The unit to which the events between two commits belong.
    enum Group: Hashable, Sendable {
        case none
        /// BEGIN to COMMIT.
        case transaction
        /// XA START to XA PREPARE. Debezium does not count in these, so stored offsets do not point into them.
        case xa
    }

    /// A position from which reading can restart without losing or repeating anything.
    struct RestartPoint: Hashable, Sendable {
        var file: String
        var position: Int64
        /// nil if the stream does not use GTIDs.
        var gtids: ExecutedGTIDs?
        var eventCount: Int64 = 0
        var rowCount: Int64 = 0
    }

    private(set) var file: String
    /// The start and the end of the current event in its file. The header's 32 bits are extended beyond 4 GiB.
    private(set) var eventPosition: Int64
    private(set) var eventEnd: Int64
    private var restart: RestartPoint
    private(set) var group = Group.none
    /// The last announced transaction, to which the following events belong.
    private(set) var gtid: TransactionID?
    /// Whether `gtid` is not in the executed set yet.
    private var isGTIDPending = false
    /// Whether a statement outside of transactions is done that is not in the executed set yet.
    private var isPendingDone = false
    /// The position at which the transaction in flight was announced: before its BEGIN.
    private var announcedPosition: Int64?
    private(set) var serverID: Int64 = 0
    /// The time of the last event with a record, in seconds.
    var timestampSeconds: Int64?

    init(startingAt point: RestartPoint, timestampSeconds: Int64? = nil) {
        file = point.file
        eventPosition = point.position
        eventEnd = point.position
        restart = RestartPoint(file: point.file, position: point.position, gtids: point.gtids)
        self.timestampSeconds = timestampSeconds
    }

    /// Continues after a reconnection.
    init(resuming tracker: OffsetTracker) {
        self.init(startingAt: tracker.resumePoint, timestampSeconds: tracker.timestampSeconds)
    }

    // MARK: Events

    /// Begins an event (any except ROTATE).
    ///
    /// - Returns: false if its end is not a valid position in a file.
    mutating func begin(eventBytes: UInt32, nextPosition: UInt32, serverID: UInt32) -> Bool {
        self.serverID = Int64(serverID)
        // Artificial events are not part of a file.
        guard nextPosition > 0 else { return true }
        let (continued, overflows) = eventEnd.addingReportingOverflow(Int64(eventBytes))
        if overflows { return false }
        if UInt32(truncatingIfNeeded: continued) == nextPosition {
            eventPosition = eventEnd
        } else {
            eventPosition = max(0, Int64(nextPosition) - Int64(eventBytes))
        }
        eventEnd = eventPosition + Int64(eventBytes)
        if group == .none {
            restart.position = eventEnd
            restart.eventCount = 0
            restart.rowCount = 0
        }
        return true
    }

    /// ROTATE: the following events are in this file.
    ///
    /// - Returns: false if it is not a valid position in a file.
    mutating func rotate(to file: String, position: UInt64) -> Bool {
        guard let position = Int64(exactly: position) else { return false }
        if self.file != file { self.file = file }
        eventPosition = position
        eventEnd = position
        guard group == .none else { return true }
        restart.file = file
        restart.position = position
        restart.eventCount = 0
        restart.rowCount = 0
        return true
    }

    /// GTID: everything announced before is done.
    mutating func announce(_ gtid: TransactionID?) {
        addPending()
        self.gtid = gtid
        isGTIDPending = gtid != nil
        isPendingDone = false
        announcedPosition = eventPosition
    }

    private mutating func addPending() {
        guard isGTIDPending, let gtid else { return }
        restart.gtids?.insert(gtid)
        isGTIDPending = false
        isPendingDone = false
    }

    /// BEGIN or XA START.
    mutating func beginGroup(_ kind: Group) {
        restart.file = file
        restart.position = eventPosition
        restart.eventCount = 0
        restart.rowCount = 0
        group = kind
    }

    /// A number of rows of the current event, which has `count`, were emitted.
    mutating func deliverRows(_ delivered: Int, of count: Int) { restart.rowCount = Int64(min(delivered, count)) }

    /// XID, COMMIT, ROLLBACK or XA PREPARE.
    mutating func commit() {
        addPending()
        restart.file = file
        restart.position = eventEnd
        restart.eventCount = 0
        restart.rowCount = 0
        group = .none
        announcedPosition = nil
    }

    /// A statement outside of transactions was applied.
    mutating func finishStatement() {
        isPendingDone = true
        announcedPosition = nil
    }

    /// The event is done.
    mutating func complete() {
        guard group != .none else { return }
        restart.rowCount = 0
        restart.eventCount += 1
    }

    // MARK: Answers

    /// The offset that Debezium would store with a record that is emitted now.
    var storedPoint: StoredPoint {
        var point = restart
        if group != .transaction {
            point.eventCount = 0
            point.rowCount = 0
        }
        return StoredPoint(point: point, serverID: serverID, timestampSeconds: timestampSeconds)
    }

    /// The offset to be stored if no record is emitted. After a statement it also includes the statement's own GTID
    /// (Debezium's records do not), so that the statement is not read again.
    func storedPoint(isAfterStatement: Bool) -> StoredPoint {
        guard isAfterStatement, group == .none else { return storedPoint }
        return StoredPoint(point: resumePoint, serverID: serverID, timestampSeconds: timestampSeconds)
    }

    /// An offset whose texts are not built yet: kept with every row event, built when it is to be committed.
    struct StoredPoint: Hashable, Sendable {
        var point: RestartPoint
        var serverID: Int64
        var timestampSeconds: Int64?

        var offset: SourceOffset {
            SourceOffset(
                file: point.file, position: point.position, gtids: point.gtids?.text, eventCount: point.eventCount,
                rowCount: point.rowCount, serverID: serverID, timestampSeconds: timestampSeconds)
        }
    }

    /// The position at which this process continues after a lost connection, without losing or repeating anything.
    var resumePoint: RestartPoint {
        var point = restart
        if group == .none, isPendingDone, isGTIDPending, let gtid { point.gtids?.insert(gtid) }
        return point
    }

    /// The position that is requested from the server without GTIDs: the announcement of the transaction in flight, so
    /// that its GTID is read.
    var requestPosition: Int64 { announcedPosition ?? restart.position }
}
