/// Log_event_type: the kinds of events of a binlog, MySQL's and MariaDB's.
public struct EventType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ value: UInt8) { rawValue = value }

    public static let query = EventType(2)
    public static let stop = EventType(3)
    public static let rotate = EventType(4)
    public static let intvar = EventType(5)
    public static let appendBlock = EventType(9)
    public static let deleteFile = EventType(11)
    public static let rand = EventType(13)
    public static let userVar = EventType(14)
    public static let formatDescription = EventType(15)
    public static let xid = EventType(16)
    public static let beginLoadQuery = EventType(17)
    public static let executeLoadQuery = EventType(18)
    public static let tableMap = EventType(19)
    public static let writeRowsV1 = EventType(23)
    public static let updateRowsV1 = EventType(24)
    public static let deleteRowsV1 = EventType(25)
    public static let incident = EventType(26)
    public static let heartbeat = EventType(27)
    public static let ignorable = EventType(28)
    public static let rowsQuery = EventType(29)
    public static let writeRows = EventType(30)
    public static let updateRows = EventType(31)
    public static let deleteRows = EventType(32)
    public static let gtid = EventType(33)
    public static let anonymousGTID = EventType(34)
    public static let previousGTIDs = EventType(35)
    public static let transactionContext = EventType(36)
    public static let viewChange = EventType(37)
    public static let xaPrepare = EventType(38)
    public static let partialUpdateRows = EventType(39)
    public static let transactionPayload = EventType(40)
    public static let heartbeatV2 = EventType(41)
    public static let taggedGTID = EventType(42)
    public static let mariaDBAnnotateRows = EventType(160)
    public static let mariaDBBinlogCheckpoint = EventType(161)
    public static let mariaDBGTID = EventType(162)
    public static let mariaDBGTIDList = EventType(163)
    public static let mariaDBStartEncryption = EventType(164)
    public static let mariaDBQueryCompressed = EventType(165)
    public static let mariaDBWriteRowsCompressedV1 = EventType(166)
    public static let mariaDBUpdateRowsCompressedV1 = EventType(167)
    public static let mariaDBDeleteRowsCompressedV1 = EventType(168)
    public static let mariaDBWriteRowsCompressed = EventType(169)
    public static let mariaDBUpdateRowsCompressed = EventType(170)
    public static let mariaDBDeleteRowsCompressed = EventType(171)

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
    public var description: String { Self.names[rawValue] ?? "event type \(rawValue)" }
}
