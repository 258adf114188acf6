import WireCore

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
            state = try reader.span(5).repairedUTF8()
        }
        let message = String(decoding: reader.rest().array(), as: UTF8.self)
        self.init(code: code, sqlState: state, message: message)
    }
}
