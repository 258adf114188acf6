import WireCore

/// The commands of the command phase that this library sends.
enum ClientCommand {
    /// `COM_QUIT`: command u8 (0x01).
    static let quit: [UInt8] = [0x01]

    /// `COM_QUERY`: command u8 (0x03) | SQL to the end.
    static func query(_ sql: String) -> [UInt8] { [0x03] + Array(sql.utf8) }

    /// `COM_REGISTER_SLAVE`: command u8 (0x15) | server id u32 | host, user, password: u8 length and text each |
    /// port u16 | rank u32 | source id u32.
    static func registerReplica(serverID: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(0x15)
        writer.littleEndian(serverID)
        writer.zeros(3 + 2 + 4 + 4)
        return writer.array()
    }

    /// `COM_BINLOG_DUMP`: command u8 (0x12) | position u32 | flags u16 | server id u32 | file name to the end.
    static func binlogDump(serverID: UInt32, file: String, position: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(0x12)
        writer.littleEndian(position)
        writer.littleEndian(UInt16(0))
        writer.littleEndian(serverID)
        writer.utf8(file)
        return writer.array()
    }

    /// `COM_BINLOG_DUMP_GTID`: command u8 (0x1E) | flags u16 | server id u32 | name length u32 | name |
    /// position u64 | set length u32 | set in its binary encoding.
    static func binlogDumpGTID(serverID: UInt32, encodedSet: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(0x1E)
        // No flags: 0x04, once BINLOG_THROUGH_GTID, makes servers since 8.3 skip transactions with tagged GTIDs
        // silently.
        writer.littleEndian(UInt16(0))
        writer.littleEndian(serverID)
        writer.littleEndian(UInt32(0))
        writer.littleEndian(UInt64(4))
        writer.littleEndian(UInt32(encodedSet.count))
        writer.bytes(encodedSet)
        return writer.array()
    }
}
