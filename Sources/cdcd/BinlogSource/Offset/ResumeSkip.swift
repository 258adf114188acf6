import MySQLWire

/// Skips what was delivered before a restart: events and rows at the start of the transaction that was in flight.
///
/// Counting begins with the first transaction that is read, and only if it is exactly the one of the offset: the same
/// file and position, originating server and (after a reconnection) GTID. On another server the same transaction may be
/// split into other events, and then repeating its first rows is better than losing some.
struct ResumeSkip: Hashable, Sendable {
    /// Identifies a transaction. A nil GTID or server is not compared.
    struct Place: Hashable, Sendable {
        var file: String
        /// The position of its BEGIN.
        var position: Int64
        var gtid: TransactionID?
        /// The server on which it was first executed.
        var serverID: Int64?

        fileprivate func matches(_ other: Place) -> Bool {
            func areCompatible<T: Equatable>(_ first: T?, _ second: T?) -> Bool {
                first == nil || second == nil || first == second
            }
            return file == other.file && position == other.position && areCompatible(gtid, other.gtid)
                && areCompatible(serverID, other.serverID)
        }
    }

    private let place: Place
    private var eventCount: Int64
    private var rowCount: Int64
    private var isSkipping = false

    init(_ place: Place, eventCount: Int64, rowCount: Int64) {
        self.place = place
        self.eventCount = eventCount
        self.rowCount = rowCount
    }

    /// - Parameter serverID: the stored offset's; 0 if it has none.
    init(_ point: OffsetTracker.RestartPoint, serverID: Int64) {
        self.init(
            Place(file: point.file, position: point.position, serverID: serverID == 0 ? nil : serverID),
            eventCount: point.eventCount, rowCount: point.rowCount)
    }

    /// What is to be skipped after a reconnection at `point`: what has been delivered, and what was still to be skipped
    /// when the connection was lost.
    ///
    /// - Parameters:
    ///   - gtid: the transaction in flight.
    ///   - serverID: where it was first executed.
    func continued(at point: OffsetTracker.RestartPoint, gtid: TransactionID?, serverID: Int64) -> ResumeSkip {
        // No part of a transaction was read: it is read as a whole.
        guard point.eventCount > 0 else { return self }
        return ResumeSkip(
            Place(file: point.file, position: point.position, gtid: gtid, serverID: serverID == 0 ? nil : serverID),
            eventCount: point.eventCount.addingClamped(isSkipping ? eventCount : 0),
            rowCount: point.rowCount.addingClamped(isSkipping ? rowCount : 0))
    }

    /// Whether there is still something to skip.
    var isPending: Bool { eventCount > 0 || rowCount > 0 }

    /// Whether all rows of the current event were delivered before.
    var skipsEvent: Bool { isSkipping && eventCount > 0 }

    /// BEGIN or XA START.
    ///
    /// - Returns: false if something was to be skipped and this is another transaction: all of it is read.
    mutating func beginGroup(at place: Place) -> Bool {
        guard isPending, !isSkipping else { return true }
        guard place.matches(self.place) else {
            eventCount = 0
            rowCount = 0
            return false
        }
        isSkipping = true
        return true
    }

    /// The number of rows at the start of the current row event that were delivered. They are still to be skipped, also
    /// after a reconnection, until `finishRows` or `complete` is called.
    var deliveredRows: Int { isSkipping && eventCount == 0 ? Int(clamping: rowCount) : 0 }

    /// More rows of the current row event are delivered than were to be skipped.
    mutating func finishRows() {
        guard isSkipping, eventCount == 0 else { return }
        rowCount = 0
        isSkipping = false
    }

    /// The event is done.
    ///
    /// - Parameter isRows: whether single rows of this kind of event can be skipped.
    mutating func complete(isRows: Bool) {
        guard isSkipping else { return }
        if eventCount > 0 {
            eventCount -= 1
            if eventCount == 0, rowCount == 0 { isSkipping = false }
        } else if isRows {
            finishRows()
        }
    }

    /// The transaction is over, and so is skipping.
    mutating func endGroup() {
        guard isSkipping else { return }
        self = ResumeSkip(Place(file: "", position: 0), eventCount: 0, rowCount: 0)
    }
}

extension Int64 {
    /// The sum of two counts, one of which may come from a stored offset.
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
