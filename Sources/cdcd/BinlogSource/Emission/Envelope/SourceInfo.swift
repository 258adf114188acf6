/// Where and when a change happened: the variable part of a message's `source` block.
public struct SourceInfo: Sendable, Hashable {
    /// The database's time in microseconds since the epoch: the binlog header's seconds, the transaction's original
    /// commit time if the profile prefers that, or the time at which a snapshot read its table.
    public var timestampMicroseconds: Int64
    /// The binlog file, and where in it the event begins (or the snapshot's position).
    public var file: String
    public var position: Int64
    /// The server that wrote the event; 0 in a snapshot.
    public var serverID: Int64
    /// The transaction's own GTID; nil without GTIDs and in a snapshot.
    public var gtid: String?
    /// The connection that ran the statement, from the QUERY event that began the transaction.
    public var thread: Int64?
    /// The row that schema changes name: the last of the row event before. Rows count for themselves.
    public var row = 0
    /// The statement, if `include.query` is set and the server logs it.
    public var query: String?

    public init(
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
