import MySQLWire

/// Events that concern rows and cannot be decoded: the task fails, with their name.
enum UnsupportedEvent {
    static func failure(_ type: EventType, file: String, position: Int64) -> ConnectorError {
        ConnectorError(
            "The binlog at \(file):\(position) holds a \(type), which is not supported", cause: type.unsupportedReason,
            remedy: "\(remedy(for: type)). What is in the binlog already stays unreadable: take a new snapshot (stop the "
                + "connector, DELETE its offsets, resume it).")
    }

    static func missingTableMap(_ tableID: UInt64, file: String, position: Int64) -> ConnectorError {
        ConnectorError(
            "The binlog at \(file):\(position) holds rows of the table id \(tableID) without its table map",
            cause: "reading began in the middle of a transaction",
            remedy: "Set the connector's offset to the beginning of a transaction, or take a new snapshot.")
    }

    static func partialImage(_ table: TableID, file: String, position: Int64) -> ConnectorError {
        ConnectorError(
            "The binlog at \(file):\(position) holds rows of \(table) that lack columns, which is not supported",
            cause: "a session wrote with binlog_row_image MINIMAL or NOBLOB",
            remedy: "SET PERSIST binlog_row_image = 'FULL', make sure that no session sets another image, and take a new snapshot: "
                + "stop the connector, DELETE its offsets, and resume it.")
    }

    /// How to prevent the server from writing such events. Those that are already in its binlog stay there.
    private static func remedy(for type: EventType) -> String {
        switch type {
        case .partialUpdateRows: "SET PERSIST binlog_row_value_options = ''"
        case .transactionPayload: "SET PERSIST binlog_transaction_compression = OFF, and in every session that sets it"
        case .taggedGTID: "gtid_next without a tag: AUTOMATIC instead of AUTOMATIC:tag"
        case .incident: "a new snapshot"
        case .mariaDBQueryCompressed, .mariaDBWriteRowsCompressedV1, .mariaDBUpdateRowsCompressedV1,
            .mariaDBDeleteRowsCompressedV1, .mariaDBWriteRowsCompressed, .mariaDBUpdateRowsCompressed,
            .mariaDBDeleteRowsCompressed:
            "SET GLOBAL log_bin_compress = OFF"
        default: "Use a server version that is supported"
        }
    }
}
