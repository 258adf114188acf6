import MySQLWire

/// The transactions that need not be read again, in the text form that Debezium stores.
///
/// Its text differs from MySQL's own: a single transaction is written as an interval (`7-7`), and a server that
/// appears while streaming is appended at the end instead of being sorted in.
public struct ExecutedGTIDs: Hashable, Sendable {
    public private(set) var set: GTIDSet
    /// The servers in the order of the text.
    private var order: [ServerUUID]

    public init(_ set: GTIDSet) {
        self.set = set
        order = set.sources
    }

    public mutating func insert(_ gtid: GTID) {
        // The usual case first: a server that is known already.
        if set.intervals[gtid.source] == nil { order.append(gtid.source) }
        set.insert(gtid)
    }

    /// `uuid:1-5:7-7,uuid:3-3`
    public var text: String {
        order.map { source in
            let intervals = set.intervals[source] ?? []
            return "\(source):" + intervals.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ":")
        }.joined(separator: ",")
    }
}
