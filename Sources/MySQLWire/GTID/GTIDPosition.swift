/// The transactions that a replica has: MySQL's set or MariaDB's list.
public enum GTIDPosition: Hashable, Sendable, CustomStringConvertible {
    case mySQL(GTIDSet)
    case mariaDB(MariaDBGTIDList)

    /// Whether all transactions of this position are in the other one; false if they are of different kinds.
    public func isSubset(of other: GTIDPosition) -> Bool {
        switch (self, other) {
        case (.mySQL(let set), .mySQL(let other)): set.isSubset(of: other)
        case (.mariaDB(let list), .mariaDB(let other)): list.isSubset(of: other)
        case (.mySQL, .mariaDB), (.mariaDB, .mySQL): false
        }
    }

    public var isEmpty: Bool {
        switch self {
        case .mySQL(let set): set.isEmpty
        case .mariaDB(let list): list.isEmpty
        }
    }

    /// Only the transactions of sources that `isIncluded` accepts: a server's UUID, on MariaDB `domain-server`.
    public func filtered(_ isIncluded: (String) -> Bool) -> GTIDPosition {
        switch self {
        case .mySQL(let set): .mySQL(set.filtered { isIncluded($0.description) })
        case .mariaDB(let list): .mariaDB(list.filtered { isIncluded($0.source) })
        }
    }

    /// The position in the server's text format.
    public var description: String {
        switch self {
        case .mySQL(let set): set.description
        case .mariaDB(let list): list.description
        }
    }
}
