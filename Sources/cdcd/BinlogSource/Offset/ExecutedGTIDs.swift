import MySQLWire
import WireCore

/// The transactions that are excluded from the stream, in the text form that Debezium stores.
///
/// For MySQL the text differs from the server's own: a single transaction is written as an interval (`7-7`), and a
/// source that appears while streaming is appended instead of being sorted in. For MariaDB it is the server's.
package struct ExecutedGTIDs: Hashable, Sendable {
    /// One source of MySQL's transactions.
    private struct Source: Hashable, Sendable {
        let uuid: ServerUUID
        /// Sorted, disjoint and not adjacent; never empty.
        let intervals: [ClosedRange<UInt64>]
        /// The last number, which is at or after the end of the last interval: all numbers between are executed.
        var last: UInt64
        /// The text up to the last number.
        let prefix: String

        init(_ uuid: ServerUUID, _ intervals: [ClosedRange<UInt64>], _ end: ClosedRange<UInt64>) {
            self.uuid = uuid
            self.intervals = intervals
            last = end.upperBound
            prefix = "\(uuid):" + intervals.dropLast().map { "\($0.lowerBound)-\($0.upperBound):" }.joined()
                + "\(end.lowerBound)-"
        }

        var currentIntervals: [ClosedRange<UInt64>] {
            var intervals = intervals
            if let end = intervals.popLast() { intervals.append(end.lowerBound...last) }
            return intervals
        }
    }

    /// MySQL's sources in the order of the text; empty on MariaDB.
    private var sources: [Source]
    /// The source of the last transaction, and its last number: `sources` has an earlier one. Transactions of one
    /// source follow each other, and copies of this value share the array, so that each change of it would copy it.
    private var latest: (index: Int, last: UInt64)?
    /// MariaDB's transactions; nil on MySQL.
    private var list: MariaDBGTIDList?

    /// - Parameter isRequested: whether the set with which Debezium requests the binlog has the source. The other
    ///   sources stand last: Debezium appends them when the server sends their transactions again.
    package init(_ position: GTIDPosition, isRequested: (ServerUUID) -> Bool = { _ in true }) {
        switch position {
        case .mySQL(let set):
            let uuids = set.sources
            sources = (uuids.filter(isRequested) + uuids.filter { !isRequested($0) }).compactMap { uuid in
                guard let intervals = set.intervals[uuid], let end = intervals.last else { return nil }
                return Source(uuid, intervals, end)
            }
            list = nil
        case .mariaDB(let list):
            sources = []
            self.list = list
        }
    }

    package var position: GTIDPosition {
        if let list { return .mariaDB(list) }
        let intervals = currentSources.map { ($0.uuid, $0.currentIntervals) }
        return .mySQL(GTIDSet(normalised: Dictionary(uniqueKeysWithValues: intervals)))
    }

    /// Precondition: the transaction is of the same kind of server.
    package mutating func insert(_ transaction: TransactionID) {
        switch transaction {
        case .mySQL(let gtid):
            precondition(list == nil, "a MySQL GTID in a MariaDB position")
            insert(gtid)
        case .mariaDB(let gtid):
            precondition(list != nil, "a MariaDB GTID in a MySQL position")
            list?.insert(gtid)
        }
    }

    private mutating func insert(_ gtid: GTID) {
        if let latest, sources[latest.index].uuid == gtid.source, follows(gtid.number, latest.last) {
            self.latest?.last = gtid.number
            return
        }
        sources = currentSources
        latest = nil
        guard let index = sources.firstIndex(where: { $0.uuid == gtid.source }) else {
            let interval = gtid.number...gtid.number
            sources.append(Source(gtid.source, [interval], interval))
            return
        }
        if follows(gtid.number, sources[index].last) {
            latest = (index, gtid.number)
            return
        }
        var set = GTIDSet(normalised: [gtid.source: sources[index].currentIntervals])
        set.insert(gtid)
        guard let intervals = set.intervals[gtid.source], let end = intervals.last else { return }
        sources[index] = Source(gtid.source, intervals, end)
    }

    private func follows(_ number: UInt64, _ last: UInt64) -> Bool { last < .max && number == last + 1 }

    /// The sources with their last numbers.
    private var currentSources: [Source] {
        guard let latest else { return sources }
        var sources = sources
        sources[latest.index].last = latest.last
        return sources
    }

    /// `uuid:1-5:7-7,uuid:3-3`; on MariaDB `0-1-100,1-2-5`.
    package var text: String {
        if let list { return list.description }
        // Most servers have one source.
        if sources.count == 1 { return text(of: 0) }
        return sources.indices.map { text(of: $0) }.joined(separator: ",")
    }

    private func text(of index: Int) -> String {
        var last = sources[index].last
        if let latest, latest.index == index { last = latest.last }
        return String(sources[index].prefix, last)
    }

    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
