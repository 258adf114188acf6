import MySQLWire

/// Caches the texts of GTIDs. The transactions of one source have a common prefix.
struct GTIDTextCache {
    private var last: (source: ServerUUID, text: String)?

    mutating func text(_ transaction: TransactionID) -> String {
        switch transaction {
        case .mySQL(let gtid):
            if let last, last.source == gtid.source { return "\(last.text):\(gtid.number)" }
            let text = gtid.source.description
            last = (gtid.source, text)
            return "\(text):\(gtid.number)"
        case .mariaDB(let gtid): return gtid.description
        }
    }
}
