import WireCore

/// Protocol::OK_Packet and Protocol::EOF_Packet: the end of a response.
package struct OKPacket: Equatable, Sendable {
    package let affectedRows: UInt64
    package let lastInsertID: UInt64
    package let statusFlags: UInt16
    package let warningCount: UInt16

    /// Whether another result set follows (SERVER_MORE_RESULTS_EXISTS).
    package var hasMoreResults: Bool { statusFlags & 0x0008 != 0 }

    /// Layout: header u8 (0x00 or 0xFE) | affected rows lenenc | last insert id lenenc | status u16 | warnings u16 | …
    init(_ packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        try reader.skip(1)
        affectedRows = try reader.lengthEncodedInteger()
        lastInsertID = try reader.lengthEncodedInteger()
        statusFlags = try reader.littleEndian(UInt16.self)
        warningCount = try reader.littleEndian(UInt16.self)
    }

    /// Layout of an EOF packet: header u8 (0xFE) | warnings u16 | status u16. A server may send the header alone.
    init(eof packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        try reader.skip(1)
        affectedRows = 0
        lastInsertID = 0
        warningCount = packet.count >= 3 ? try reader.littleEndian(UInt16.self) : 0
        statusFlags = packet.count >= 5 ? try reader.littleEndian(UInt16.self) : 0
    }
}
