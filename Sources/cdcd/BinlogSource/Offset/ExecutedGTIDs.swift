import MySQLWire

/// The transactions that are excluded from the stream, in the text form that Debezium stores.
///
/// For MySQL the text differs from the server's own: a single transaction is written as an interval (`7-7`), and a
/// source that appears while streaming is appended instead of being sorted in. For MariaDB it is the server's.
package struct ExecutedGTIDs: Hashable, Sendable {
    /// MySQL's transactions; empty on MariaDB.
    private var set: GTIDSet
    /// The sources in the order of the text.
    private var order: [ServerUUID]
    /// MariaDB's transactions; nil on MySQL.
    private var list: MariaDBGTIDList?

    /// - Parameter isRequested: whether the set with which Debezium requests the binlog has the source. The other
    ///   sources stand last: Debezium appends them when the server sends their transactions again.
    package init(_ position: GTIDPosition, isRequested: (ServerUUID) -> Bool = { _ in true }) {
        switch position {
        case .mySQL(let set):
            self.set = set
            let sources = set.sources
            order = sources.filter(isRequested) + sources.filter { !isRequested($0) }
            list = nil
        case .mariaDB(let list):
            set = GTIDSet()
            order = []
            self.list = list
        }
    }

    package var position: GTIDPosition { list.map { .mariaDB($0) } ?? .mySQL(set) }

    /// Precondition: the transaction is of the same kind of server.
    package mutating func insert(_ transaction: TransactionID) {
        switch transaction {
        case .mySQL(let gtid):
            precondition(list == nil, "a MySQL GTID in a MariaDB position")
            // The usual case first: a source that is already in the text.
            if set.intervals[gtid.source] == nil { order.append(gtid.source) }
            set.insert(gtid)
        case .mariaDB(let gtid):
            precondition(list != nil, "a MariaDB GTID in a MySQL position")
            list?.insert(gtid)
        }
    }

    /// `uuid:1-5:7-7,uuid:3-3`; on MariaDB `0-1-100,1-2-5`.
    package var text: String {
        if let list { return list.description }
        return order.map { source in
            let intervals = set.intervals[source] ?? []
            return "\(source):" + intervals.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ":")
        }.joined(separator: ",")
    }
}
