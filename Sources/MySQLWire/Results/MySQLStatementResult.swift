/// What the server reports when a statement has been executed.
public struct MySQLStatementResult: Equatable, Sendable {
    /// The number of rows that were inserted, updated (and changed) or deleted.
    public let affectedRows: UInt64
    /// The first AUTO_INCREMENT value that the statement generated; 0 if there is none.
    public let lastInsertID: UInt64
    /// The number of warnings, which `SHOW WARNINGS` lists.
    public let warningCount: Int
    /// Whether a transaction is open on the connection (SERVER_STATUS_IN_TRANS).
    public let isInTransaction: Bool

    init(_ packet: OKPacket) {
        affectedRows = packet.affectedRows
        lastInsertID = packet.lastInsertID
        warningCount = Int(packet.warningCount)
        isInTransaction = packet.statusFlags & 0x0001 != 0
    }
}
