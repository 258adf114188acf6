import MySQLWire
import WireCore

/// The offset until which a history is applied, and the decision for each record.
///
/// Source: Debezium's `BinlogHistoryRecordComparator`, except for records at the very offset (see `includes`).
struct RecoveryPoint {
    private let offset: HistoryPosition
    private let gtids: GTIDSet?
    private let filteredGTIDs: GTIDSet?
    private let gtidSourceFilter: ((ServerUUID) -> Bool)?
    private let followsGTIDs: Bool
    /// The last record's set: those of a snapshot are all the same.
    private var last: (text: String, set: GTIDSet)?

    /// - Parameters:
    ///   - followsGTIDs: whether the server is asked for all transactions that are not in the offset's set, rather than
    ///     for what follows a position.
    ///   - gtidSourceFilter: `gtid.source.*`; nil if all sources count.
    init(
        _ offset: JSONObject, followsGTIDs: Bool, gtidSourceFilter: ((ServerUUID) -> Bool)? = nil
    ) throws(HistoryError) {
        self.offset = HistoryPosition(document: offset)
        self.followsGTIDs = followsGTIDs
        self.gtidSourceFilter = gtidSourceFilter
        let gtids = try self.offset.gtids()
        self.gtids = gtids
        filteredGTIDs = if let gtidSourceFilter { gtids?.filtered(gtidSourceFilter) } else { gtids }
    }

    /// Whether the record's statement was applied before the offset; otherwise it is read from the binlog again.
    ///
    /// A statement outside of transactions is recorded with the GTIDs executed before it. A record with exactly the
    /// offset's GTIDs is therefore one whose transaction the server sends again: Debezium applies it twice.
    mutating func includes(_ record: HistoryPosition) throws(HistoryError) -> Bool {
        guard let wanted = gtids, let filteredWanted = filteredGTIDs else {
            // GTIDs are often switched on and rarely off: a position without them is the older one.
            return record.gtidText == nil ? try record.isAtOrBeforeByFile(offset) : false
        }
        guard let text = record.gtidText else { return true }
        let recorded = try set(text)
        if recorded == wanted { return includesAtOffset(record) }
        let filtered = gtidSourceFilter.map { recorded.filtered($0) } ?? recorded
        guard filtered == filteredWanted else { return filtered.isSubset(of: filteredWanted) }
        if !record.isInSnapshot, offset.isInSnapshot { return false }
        return record.eventCount <= offset.eventCount
    }

    private mutating func set(_ text: String) throws(HistoryError) -> GTIDSet {
        if let last, last.text == text { return last.set }
        let set = try HistoryPosition.gtids(text)
        last = (text, set)
        return set
    }

    private func includesAtOffset(_ record: HistoryPosition) -> Bool {
        if record.isInSnapshot { return true }
        if offset.isInSnapshot { return false }
        if followsGTIDs { return record.eventCount < offset.eventCount }
        // Not asked for by GTIDs: what follows the position is read.
        return record.isAtOrBeforeInFile(offset)
    }
}
