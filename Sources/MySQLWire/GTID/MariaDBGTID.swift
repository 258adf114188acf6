/// A transaction's identifier on MariaDB: replication domain, the server where it was first committed, and its number
/// in the domain.
public struct MariaDBGTID: Hashable, Sendable, CustomStringConvertible {
    public let domain: UInt32
    public let serverID: UInt32
    public let number: UInt64

    public init(domain: UInt32, serverID: UInt32, number: UInt64) {
        self.domain = domain
        self.serverID = serverID
        self.number = number
    }

    /// Parses `domain-server-number`. Returns nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let domain = UInt32(parts[0]), let serverID = UInt32(parts[1]), let number = UInt64(parts[2])
        else { return nil }
        self.init(domain: domain, serverID: serverID, number: number)
    }

    /// `domain-server`.
    public var source: String { "\(domain)-\(serverID)" }
    public var description: String { "\(source)-\(number)" }
}

/// A position in MariaDB's GTIDs, as `gtid_binlog_pos` has it: the last transaction of each replication domain.
///
/// Numbers grow within a domain, so the last one includes all earlier ones.
public struct MariaDBGTIDList: Hashable, Sendable, CustomStringConvertible {
    /// At most one of each domain, sorted by domain.
    public private(set) var gtids: [MariaDBGTID] = []

    public init() {}

    /// Parses `0-1-100,1-2-5`, with optional spaces and line breaks; of several entries of one domain the highest
    /// number is used. Returns nil for anything else.
    public init?(_ text: String) {
        for part in text.split(separator: ",") {
            let word = part.filter { !$0.isWhitespace }
            if word.isEmpty, text.allSatisfy({ $0.isWhitespace }) { break }
            guard let gtid = MariaDBGTID(word) else { return nil }
            insert(gtid)
        }
    }

    public var isEmpty: Bool { gtids.isEmpty }

    /// Makes the transaction the last one of its domain, unless the list has a later one.
    public mutating func insert(_ gtid: MariaDBGTID) {
        guard let index = gtids.firstIndex(where: { $0.domain >= gtid.domain }) else { return gtids.append(gtid) }
        if gtids[index].domain != gtid.domain {
            gtids.insert(gtid, at: index)
        } else if gtids[index].number < gtid.number {
            gtids[index] = gtid
        }
    }

    /// Whether the list has the transaction or a later one of its domain.
    public func contains(_ gtid: MariaDBGTID) -> Bool {
        gtids.contains { $0.domain == gtid.domain && $0.number >= gtid.number }
    }

    /// Whether all transactions of this list are in the other one.
    public func isSubset(of other: MariaDBGTIDList) -> Bool { gtids.allSatisfy { other.contains($0) } }

    /// Only the transactions that `isIncluded` accepts.
    public func filtered(_ isIncluded: (MariaDBGTID) -> Bool) -> MariaDBGTIDList {
        var result = MariaDBGTIDList()
        result.gtids = gtids.filter(isIncluded)
        return result
    }

    /// `0-1-100,1-2-5`, the format of `gtid_binlog_pos` and of `@slave_connect_state`.
    public var description: String { gtids.map(\.description).joined(separator: ",") }
}
