import MySQLWire
import WireCore

/// The offset up to which a history is applied, and the decision for each record.
///
/// Source: Debezium's `BinlogHistoryRecordComparator`, except for records at exactly the offset, and for those that
/// differ from it in excluded sources only (see `includes`).
struct RecoveryPoint {
    /// The connector's settings for the comparison of positions.
    struct Rules {
        var flavor = ServerFlavor.mySQL
        /// The transactions that are excluded from the stream; nil if the stream follows a file position.
        var executed: GTIDPosition?
        /// `gtid.source.*`: whether a source's transactions are compared.
        var includesSource: (String) -> Bool = { _ in true }
    }

    private let rules: Rules
    private let offset: HistoryPosition
    private let gtids: GTIDPosition?
    private let filteredGTIDs: GTIDPosition?
    /// The last record's position: all records of a snapshot have the same one.
    private var last: (text: String, position: GTIDPosition)?

    init(_ offset: JSONObject, _ rules: Rules) throws(HistoryError) {
        self.rules = rules
        self.offset = HistoryPosition(document: offset)
        gtids = try self.offset.gtids(rules.flavor)
        filteredGTIDs = gtids?.filtered(rules.includesSource)
    }

    /// Whether the record's statement was applied before the offset; otherwise it is read from the binlog again.
    ///
    /// A statement outside of transactions is recorded with the GTIDs executed before it. The transaction of a record
    /// with exactly the offset's GTIDs is therefore sent again: Debezium applies it twice. The same applies to a record
    /// with all GTIDs that are excluded from the stream.
    mutating func includes(_ record: HistoryPosition) throws(HistoryError) -> Bool {
        guard let wanted = gtids, let filteredWanted = filteredGTIDs else {
            // GTIDs are often enabled later and rarely disabled: a position without them is the older one.
            return record.gtidText == nil ? try record.isAtOrBeforeByFile(offset) : false
        }
        guard let text = record.gtidText else { return true }
        let recorded = try position(text)
        if recorded == wanted { return includesAtOffset(record) }
        let filtered = recorded.filtered(rules.includesSource)
        guard filtered == filteredWanted else { return filtered.isSubset(of: filteredWanted) }
        // The difference is in sources that `gtid.source.*` excludes.
        if !record.isInSnapshot, offset.isInSnapshot { return false }
        if let executed = rules.executed {
            if recorded.isSubset(of: executed) { return recorded != executed }
            if executed.isSubset(of: recorded) { return false }
        }
        return record.eventCount <= offset.eventCount
    }

    private mutating func position(_ text: String) throws(HistoryError) -> GTIDPosition {
        if let last, last.text == text { return last.position }
        let position = try HistoryPosition.gtids(text, rules.flavor)
        last = (text, position)
        return position
    }

    private func includesAtOffset(_ record: HistoryPosition) -> Bool {
        if record.isInSnapshot { return true }
        if offset.isInSnapshot { return false }
        if rules.executed != nil { return record.eventCount < offset.eventCount }
        // What follows the file position is read.
        return record.isAtOrBeforeInFile(offset)
    }
}
