/// One event of a binlog. Row events are views of the bytes that were decoded, and valid as long as those.
public struct BinlogEvent {
    public let header: EventHeader
    public let body: Body

    public enum Body {
        case formatDescription(FormatDescriptionEvent)
        case rotate(RotateEvent)
        case query(QueryEvent)
        /// EXECUTE_LOAD_QUERY_EVENT: a LOAD DATA that was logged as its statement.
        case loadData(QueryEvent)
        case gtid(GTIDEvent)
        case mariaDBGTID(MariaDBGTIDEvent)
        case tableMap(TableMap)
        case rows(RowsEvent)
        /// XID_EVENT: the transaction is committed.
        case xid(UInt64)
        /// XA_PREPARE_LOG_EVENT: the transaction ends here. Unless this is its commit (`isOnePhase`), a later statement
        /// commits it or rolls it back.
        case xaPrepare(XAPrepareEvent)
        /// ROWS_QUERY_EVENT or MariaDB's ANNOTATE_ROWS_EVENT: the statement behind the rows that follow.
        case rowsQuery(String)
        case heartbeat
        /// The server shut down in order; the next file follows.
        case stop
        /// Says something about the log itself and nothing about data.
        case informational
        /// Means something for data that this decoder cannot read: never to be passed over. What it is, and what keeps
        /// the server from writing it, say the type's `unsupportedReason` and `unsupportedRemedy`.
        case unsupported
    }
}
