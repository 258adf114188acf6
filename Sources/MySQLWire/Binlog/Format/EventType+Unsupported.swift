/// What to say of events that mean something for data and cannot be read.
extension EventType {
    /// Why an event that was decoded as `.unsupported` stops a stream, in words for people.
    public var unsupportedReason: String {
        switch self {
        case .partialUpdateRows: "\(self): an update that holds only the changed parts of JSON documents"
        case .transactionPayload: "\(self): a transaction in compressed form"
        case .taggedGTID: "\(self): a transaction whose GTID has a tag"
        case .incident: "\(self): the server has lost events and says so"
        case .mariaDBQueryCompressed, .mariaDBWriteRowsCompressedV1, .mariaDBUpdateRowsCompressedV1,
            .mariaDBDeleteRowsCompressedV1, .mariaDBWriteRowsCompressed, .mariaDBUpdateRowsCompressed,
            .mariaDBDeleteRowsCompressed:
            "\(self): an event in MariaDB's compressed form"
        default: "\(self): not known to this decoder, and not marked as one that may be passed over"
        }
    }

    /// What keeps the server from writing such events from now on; those that are in its logs stay there.
    public var unsupportedRemedy: String {
        switch self {
        case .partialUpdateRows: "SET PERSIST binlog_row_value_options = ''"
        case .transactionPayload: "SET PERSIST binlog_transaction_compression = OFF, and in every session that sets it"
        case .taggedGTID: "gtid_next without a tag: AUTOMATIC instead of AUTOMATIC:tag"
        case .incident: "a new snapshot"
        case .mariaDBQueryCompressed, .mariaDBWriteRowsCompressedV1, .mariaDBUpdateRowsCompressedV1,
            .mariaDBDeleteRowsCompressedV1, .mariaDBWriteRowsCompressed, .mariaDBUpdateRowsCompressed,
            .mariaDBDeleteRowsCompressed:
            "SET GLOBAL log_bin_compress = OFF"
        default: "a server version that this program knows"
        }
    }
}
