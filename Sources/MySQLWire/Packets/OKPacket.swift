import WireCore

/// Protocol::OK_Packet, as far as a client needs it.
public struct OKPacket: Equatable, Sendable {
    public let affectedRows: UInt64
    public let lastInsertID: UInt64
    public let statusFlags: UInt16
    public let warningCount: UInt16

    /// Whether another result set follows (SERVER_MORE_RESULTS_EXISTS).
    public var hasMoreResults: Bool { statusFlags & 0x0008 != 0 }

    /// Layout: header u8 (0x00 or 0xFE) | affected rows lenenc | last insert id lenenc | status u16 | warnings u16 | …
    init(_ packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        try reader.skip(1)
        affectedRows = try reader.lengthEncodedInteger()
        lastInsertID = try reader.lengthEncodedInteger()
        statusFlags = try reader.littleEndian(UInt16.self)
        warningCount = try reader.littleEndian(UInt16.self)
    }
}
