/// The position and time of a change: the variable part of a message's `source` block.
package struct SourceInfo: Sendable, Hashable {
    /// The database's time in microseconds since the epoch: the binlog header's seconds, the transaction's original
    /// commit time if the profile prefers that, or the time at which a snapshot read its table.
    package var timestampMicroseconds: Int64
    /// The binlog file, and the position of the event in it (or the snapshot's position).
    package var file: String
    package var position: Int64
    /// The server that wrote the event; 0 in a snapshot.
    package var serverID: Int64
    /// The transaction's own GTID; nil without GTIDs and in a snapshot.
    package var gtid: String?
    /// The connection that ran the statement, from the QUERY event that began the transaction.
    package var thread: Int64?
    /// The row index of schema changes: that of the last row of the preceding row event. Rows are numbered separately.
    package var row = 0
    /// The statement, if `include.query` is set and the server logs it.
    package var query: String?
    /// Whether the offset has GTIDs, in a snapshot too.
    package var hasGTIDs: Bool

    package init(
        timestampMicroseconds: Int64, file: String, position: Int64, serverID: Int64 = 0, gtid: String? = nil,
        thread: Int64? = nil, query: String? = nil, hasGTIDs: Bool? = nil
    ) {
        self.timestampMicroseconds = timestampMicroseconds
        self.file = file
        self.position = position
        self.serverID = serverID
        self.gtid = gtid
        self.thread = thread
        self.query = query
        self.hasGTIDs = hasGTIDs ?? (gtid != nil)
    }

    /// The entries of the source's partition (the server) and of Debezium's offset: file, position and time, the event
    /// and the row in the stream or the mark of a snapshot, the server's id and the GTIDs if there are any.
    func entryCount(inSnapshot isSnapshot: Bool) -> Int {
        1 + 3 + (isSnapshot ? 1 : 2) + (serverID == 0 ? 0 : 1) + (hasGTIDs ? 1 : 0)
    }
}
