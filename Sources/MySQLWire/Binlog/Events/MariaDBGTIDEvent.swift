import WireCore

/// MariaDB's GTID_EVENT: number u64 | domain u32 | flags u8 …
public struct MariaDBGTIDEvent: Equatable, Sendable {
    public let domain: UInt32
    public let serverID: UInt32
    public let number: UInt64
    public let flags: UInt8

    /// FL_STANDALONE: a single DDL statement, without BEGIN and COMMIT.
    public var isStandalone: Bool { flags & 1 != 0 }
    public var description: String { "\(domain)-\(serverID)-\(number)" }

    init(body: UnsafeRawBufferPointer, serverID: UInt32) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        number = try reader.littleEndian(UInt64.self)
        domain = try reader.littleEndian(UInt32.self)
        flags = try reader.byte()
        self.serverID = serverID
    }
}
