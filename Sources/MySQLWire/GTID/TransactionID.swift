/// A transaction's identifier, MySQL's or MariaDB's.
package enum TransactionID: Hashable, Sendable, CustomStringConvertible {
    case mySQL(GTID)
    case mariaDB(MariaDBGTID)

    /// The source of the transaction as filters name it: a server's UUID, on MariaDB `domain-server`.
    package var source: String {
        switch self {
        case .mySQL(let gtid): gtid.source.description
        case .mariaDB(let gtid): gtid.source
        }
    }

    package var description: String {
        switch self {
        case .mySQL(let gtid): gtid.description
        case .mariaDB(let gtid): gtid.description
        }
    }
}
