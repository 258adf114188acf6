/// Log_event_type: the kinds of events of a binlog, MySQL's and MariaDB's.
package struct EventType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ value: UInt8) { rawValue = value }

    package static let query = EventType(2)
    package static let stop = EventType(3)
    package static let rotate = EventType(4)
    package static let intvar = EventType(5)
    package static let appendBlock = EventType(9)
    package static let deleteFile = EventType(11)
    package static let rand = EventType(13)
    package static let userVar = EventType(14)
    package static let formatDescription = EventType(15)
    package static let xid = EventType(16)
    package static let beginLoadQuery = EventType(17)
    package static let executeLoadQuery = EventType(18)
    package static let tableMap = EventType(19)
    package static let writeRowsV1 = EventType(23)
    package static let updateRowsV1 = EventType(24)
    package static let deleteRowsV1 = EventType(25)
    package static let incident = EventType(26)
    package static let heartbeat = EventType(27)
    package static let ignorable = EventType(28)
    package static let rowsQuery = EventType(29)
    package static let writeRows = EventType(30)
    package static let updateRows = EventType(31)
    package static let deleteRows = EventType(32)
    package static let gtid = EventType(33)
    package static let anonymousGTID = EventType(34)
    package static let previousGTIDs = EventType(35)
    package static let transactionContext = EventType(36)
    package static let viewChange = EventType(37)
    package static let xaPrepare = EventType(38)
    package static let partialUpdateRows = EventType(39)
    package static let transactionPayload = EventType(40)
    package static let heartbeatV2 = EventType(41)
    package static let taggedGTID = EventType(42)
    package static let mariaDBAnnotateRows = EventType(160)
    package static let mariaDBBinlogCheckpoint = EventType(161)
    package static let mariaDBGTID = EventType(162)
    package static let mariaDBGTIDList = EventType(163)
    package static let mariaDBQueryCompressed = EventType(165)
    package static let mariaDBWriteRowsCompressedV1 = EventType(166)
    package static let mariaDBUpdateRowsCompressedV1 = EventType(167)
    package static let mariaDBDeleteRowsCompressedV1 = EventType(168)
    package static let mariaDBWriteRowsCompressed = EventType(169)
    package static let mariaDBUpdateRowsCompressed = EventType(170)
    package static let mariaDBDeleteRowsCompressed = EventType(171)

    private static let names: [UInt8: String] = [
        2: "QUERY_EVENT", 3: "STOP_EVENT", 4: "ROTATE_EVENT", 5: "INTVAR_EVENT",
        9: "APPEND_BLOCK_EVENT", 11: "DELETE_FILE_EVENT", 13: "RAND_EVENT", 14: "USER_VAR_EVENT",
        15: "FORMAT_DESCRIPTION_EVENT", 16: "XID_EVENT", 17: "BEGIN_LOAD_QUERY_EVENT", 18: "EXECUTE_LOAD_QUERY_EVENT",
        19: "TABLE_MAP_EVENT", 23: "WRITE_ROWS_EVENT_V1", 24: "UPDATE_ROWS_EVENT_V1", 25: "DELETE_ROWS_EVENT_V1",
        26: "INCIDENT_EVENT", 27: "HEARTBEAT_EVENT", 28: "IGNORABLE_EVENT", 29: "ROWS_QUERY_EVENT",
        30: "WRITE_ROWS_EVENT", 31: "UPDATE_ROWS_EVENT", 32: "DELETE_ROWS_EVENT", 33: "GTID_EVENT",
        34: "ANONYMOUS_GTID_EVENT", 35: "PREVIOUS_GTIDS_EVENT", 36: "TRANSACTION_CONTEXT_EVENT",
        37: "VIEW_CHANGE_EVENT",
        38: "XA_PREPARE_EVENT", 39: "PARTIAL_UPDATE_ROWS_EVENT", 40: "TRANSACTION_PAYLOAD_EVENT",
        41: "HEARTBEAT_EVENT_V2", 42: "GTID_TAGGED_EVENT", 160: "ANNOTATE_ROWS_EVENT", 161: "BINLOG_CHECKPOINT_EVENT",
        162: "GTID_EVENT (MariaDB)", 163: "GTID_LIST_EVENT", 164: "START_ENCRYPTION_EVENT",
        165: "QUERY_COMPRESSED_EVENT", 166: "WRITE_ROWS_COMPRESSED_EVENT_V1",
        167: "UPDATE_ROWS_COMPRESSED_EVENT_V1", 168: "DELETE_ROWS_COMPRESSED_EVENT_V1",
        169: "WRITE_ROWS_COMPRESSED_EVENT", 170: "UPDATE_ROWS_COMPRESSED_EVENT",
        171: "DELETE_ROWS_COMPRESSED_EVENT", 172: "PARTIAL_ROW_DATA_EVENT",
    ]

    /// The name in the server's sources.
    package var description: String { Self.names[rawValue] ?? "event type \(rawValue)" }
}
