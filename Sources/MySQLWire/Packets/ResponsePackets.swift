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

extension MySQLServerError {
    /// Protocol::ERR_Packet: 0xFF | code u16 | '#' | SQLSTATE 5 bytes | message to the end.
    ///
    /// The '#' and state are absent in errors that come before the handshake.
    init(errorPacket packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        try reader.skip(1)
        let code = try reader.littleEndian(UInt16.self)
        var state = ""
        if reader.peekByte() == UInt8(ascii: "#") {
            try reader.skip(1)
            state = String(decoding: try reader.array(5), as: UTF8.self)
        }
        let message = String(decoding: reader.rest().array(), as: UTF8.self)
        self.init(code: code, sqlState: state, message: message)
    }
}

/// Protocol::ColumnDefinition41: what a result set says of one column.
public struct ResultColumn: Equatable, Sendable {
    public let schema: String
    public let table: String
    public let name: String
    /// The collation's number; 63 is binary.
    public let collation: UInt16
    /// `enum_field_types`.
    public let type: UInt8
    public let flags: UInt16
    public let lengthBytesMax: UInt32

    init(_ packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        _ = try reader.lengthEncodedText()
        schema = try reader.lengthEncodedText()
        _ = try reader.lengthEncodedText()
        table = try reader.lengthEncodedText()
        name = try reader.lengthEncodedText()
        _ = try reader.lengthEncodedText()
        _ = try reader.lengthEncodedInteger()
        collation = try reader.littleEndian(UInt16.self)
        lengthBytesMax = try reader.littleEndian(UInt32.self)
        type = try reader.byte()
        flags = try reader.littleEndian(UInt16.self)
    }
}
