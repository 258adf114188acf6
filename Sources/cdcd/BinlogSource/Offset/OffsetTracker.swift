import MySQLWire

/// Follows the events of a binlog and knows at every moment where reading would have to begin again.
///
/// A value without I/O. For each event call `begin`, then what the event means, then `complete`:
///
/// - Outside of transactions the restart position is the end of each event.
/// - BEGIN makes its own position the restart position; from there on events and rows are counted, BEGIN being the
///   first.
/// - A commit makes the transaction's end the restart position and adds its GTID to the executed set.
///
/// Source: Debezium's `BinlogOffsetContext`; the counts must be its counts, or rows are lost or repeated when the one
/// takes over from the other.
struct OffsetTracker: Sendable {
    /// What the events between two commits belong to.
    enum Group: Hashable, Sendable {
        case none
        /// BEGIN to COMMIT.
        case transaction
        /// XA START to XA PREPARE. Debezium does not count in these, so stored offsets do not point into them.
        case xa
    }

    /// A place from which reading can begin again without losing or repeating anything.
    struct RestartPoint: Hashable, Sendable {
        var file: String
        var position: Int64
        /// nil if the stream is not followed by GTIDs.
        var gtids: ExecutedGTIDs?
        var eventCount: Int64 = 0
        var rowCount: Int64 = 0
    }

    private(set) var file: String
    /// Where the current event begins and ends in its file. The header's 32 bits are continued beyond 4 GiB.
    private(set) var eventPosition: Int64
    private(set) var eventEnd: Int64
    private var restart: RestartPoint
    private(set) var group = Group.none
    /// The transaction that was announced last; the events that follow belong to it.
    private(set) var gtid: TransactionID?
    /// Whether `gtid` is not in the executed set yet.
    private var isGTIDPending = false
    /// Whether a statement without a transaction is done, of which the executed set does not know yet.
    private var isPendingDone = false
    /// Where the transaction in flight was announced: before its BEGIN.
    private var announcedPosition: Int64?
    private(set) var serverID: Int64 = 0
    /// The time of the last event that gave a record, in seconds.
    var timestampSeconds: Int64?

    init(startingAt point: RestartPoint, timestampSeconds: Int64? = nil) {
        file = point.file
        eventPosition = point.position
        eventEnd = point.position
        restart = RestartPoint(file: point.file, position: point.position, gtids: point.gtids)
        self.timestampSeconds = timestampSeconds
    }

    /// Goes on after a new connection.
    init(resuming tracker: OffsetTracker) {
        self.init(startingAt: tracker.resumePoint, timestampSeconds: tracker.timestampSeconds)
    }

    // MARK: Events

    /// An event arrives (any but ROTATE).
    ///
    /// - Returns: false if its end is no position that a file can have.
    mutating func begin(eventBytes: UInt32, nextPosition: UInt32, serverID: UInt32) -> Bool {
        self.serverID = Int64(serverID)
        // Made up for the stream, in no file.
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

    /// ROTATE: the events that follow are in this file.
    ///
    /// - Returns: false if that is no position that a file can have.
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

    /// A statement outside of transactions is carried out.
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

    /// What Debezium would store with a record that is emitted now.
    var storedPoint: StoredPoint {
        var point = restart
        if group != .transaction {
            point.eventCount = 0
            point.rowCount = 0
        }
        return StoredPoint(point: point, serverID: serverID, timestampSeconds: timestampSeconds)
    }

    /// What may be stored if no record is emitted. After a statement it names the statement's own GTID too (Debezium's
    /// records do not), so that the statement is not read again.
    func storedPoint(isAfterStatement: Bool) -> StoredPoint {
        guard isAfterStatement, group == .none else { return storedPoint }
        return StoredPoint(point: resumePoint, serverID: serverID, timestampSeconds: timestampSeconds)
    }

    /// An offset whose texts are not made yet: kept with every row event, made when it is to be committed.
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

    /// Where this process itself goes on after it lost its connection: nothing is lost and nothing repeated.
    var resumePoint: RestartPoint {
        var point = restart
        if group == .none, isPendingDone, isGTIDPending, let gtid { point.gtids?.insert(gtid) }
        return point
    }

    /// Where the server is asked to begin where it is not followed by GTIDs: at the announcement of the transaction in
    /// flight, so that its GTID is known.
    var requestPosition: Int64 { announcedPosition ?? restart.position }
}
