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

    package init(
        timestampMicroseconds: Int64, file: String, position: Int64, serverID: Int64 = 0, gtid: String? = nil,
        thread: Int64? = nil, query: String? = nil
    ) {
        self.timestampMicroseconds = timestampMicroseconds
        self.file = file
        self.position = position
        self.serverID = serverID
        self.gtid = gtid
        self.thread = thread
        self.query = query
    }
}
