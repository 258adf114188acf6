/// Leaves out what was delivered before a restart: events and rows at the head of the transaction that was in flight.
///
/// Counting begins with the first transaction that is read, and only where it is the very one that the offset means (by
/// file and position): on another server the same transaction may be cut into other events, and then repeating its
/// first rows is better than losing some.
struct ResumeSkip: Hashable, Sendable {
    private let file: String
    private let position: Int64
    private var eventCount: Int64
    private var rowCount: Int64
    private var isSkipping = false
    /// Whether nothing that changes anything was read yet.
    private var isAtStart = true

    init(file: String, position: Int64, eventCount: Int64, rowCount: Int64) {
        self.file = file
        self.position = position
        self.eventCount = eventCount
        self.rowCount = rowCount
    }

    init(_ point: OffsetTracker.RestartPoint) {
        self.init(file: point.file, position: point.position, eventCount: point.eventCount, rowCount: point.rowCount)
    }

    /// What is left out after a new connection, which begins again at `point`: what was delivered since, and what was
    /// still to be left out when the old one broke.
    func continued(at point: OffsetTracker.RestartPoint) -> ResumeSkip {
        // Nothing of a transaction was read: all of it is still to come.
        guard point.eventCount > 0 else { return self }
        return ResumeSkip(
            file: point.file, position: point.position, eventCount: point.eventCount + (isSkipping ? eventCount : 0),
            rowCount: point.rowCount + (isSkipping ? rowCount : 0))
    }

    /// Whether anything is left to leave out.
    var isPending: Bool { eventCount > 0 || rowCount > 0 }

    /// Whether the rows of the current event were all delivered.
    var skipsEvent: Bool { isSkipping && eventCount > 0 }

    /// BEGIN or XA START at this place.
    ///
    /// - Returns: false where something was to be left out and this is another transaction: all of it is read.
    mutating func beginGroup(file: String, position: Int64) -> Bool {
        isAtStart = false
        guard isPending, !isSkipping else { return true }
        guard file == self.file, position == self.position else {
            eventCount = 0
            rowCount = 0
            return false
        }
        isSkipping = true
        return true
    }

    /// Whether the statement outside of transactions that ends at this place is the one whose record stored the offset:
    /// followed by GTIDs, it is read again, because the executed set did not know it yet.
    mutating func skipsStatement(file: String, end: Int64) -> Bool {
        defer { isAtStart = false }
        return isAtStart && !isPending && file == self.file && end == position
    }

    /// How many rows at the head of the current row event were delivered.
    mutating func takeRows() -> Int {
        guard isSkipping, eventCount == 0 else { return 0 }
        defer {
            rowCount = 0
            isSkipping = false
        }
        return Int(clamping: rowCount)
    }

    /// The event is done.
    mutating func complete() {
        guard isSkipping, eventCount > 0 else { return }
        eventCount -= 1
        if eventCount == 0, rowCount == 0 { isSkipping = false }
    }

    /// The transaction is over; so is the skipping.
    mutating func endGroup() {
        guard isSkipping else { return }
        self = ResumeSkip(file: "", position: 0, eventCount: 0, rowCount: 0)
    }
}
