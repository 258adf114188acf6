/// One event of a binlog. Row events are views of the bytes that were fed to the decoder, and valid as long as those.
package struct BinlogEvent {
    package let header: EventHeader
    package let body: Body
    /// Whether the event is part of a TRANSACTION_PAYLOAD_EVENT: it has no position of its own in the file.
    package let isEmbedded: Bool

    init(header: EventHeader, body: Body, isEmbedded: Bool = false) {
        self.header = header
        self.body = body
        self.isEmbedded = isEmbedded
    }

    package enum Body {
        // Indirect are those that would make every event large: an event is passed on several times.
        indirect case formatDescription(FormatDescriptionEvent)
        case rotate(RotateEvent)
        indirect case query(QueryEvent)
        /// EXECUTE_LOAD_QUERY_EVENT: a LOAD DATA that was logged as its statement.
        indirect case loadData(QueryEvent)
        case gtid(GTIDEvent)
        case mariaDBGTID(MariaDBGTIDEvent)
        case tableMap(TableMap)
        case rows(RowsEvent)
        /// XID_EVENT: the transaction is committed.
        case xid(UInt64)
        /// XA_PREPARE_LOG_EVENT: the transaction ends here. Unless this event commits it (`isOnePhase`), a later
        /// statement commits it or rolls it back.
        case xaPrepare(XAPrepareEvent)
        /// TRANSACTION_PAYLOAD_EVENT: the transaction's events follow, from the same bytes.
        case transactionPayload
        /// ROWS_QUERY_EVENT or MariaDB's ANNOTATE_ROWS_EVENT: the statement that changed the rows that follow.
        case rowsQuery(String)
        case heartbeat
        /// The server was shut down cleanly; the next file follows.
        case stop
        /// Concerns the log itself, not row data.
        case informational
        /// Concerns row data and cannot be decoded: never to be skipped. The type's `unsupportedReason` describes it.
        case unsupported
    }
}
