import MySQLWire
import WireCore

/// Caches the texts of GTIDs. The transactions of one source have a common prefix.
struct GTIDTextCache {
    private var last: (source: ServerUUID, prefix: String)?

    mutating func text(_ transaction: TransactionID) -> String {
        switch transaction {
        case .mySQL(let gtid):
            if let last, last.source == gtid.source { return String(last.prefix, gtid.number) }
            let prefix = "\(gtid.source):"
            last = (gtid.source, prefix)
            return String(prefix, gtid.number)
        case .mariaDB(let gtid): return gtid.description
        }
    }
}
