import WireCore

/// Protocol::HandshakeV10: the server's first packet.
///
/// Layout: version u8 (10) | server version NUL | connection id u32 | challenge 8 bytes | 0 | capabilities low u16 |
/// collation u8 | status u16 | capabilities high u16 | challenge length u8 | 10 reserved | challenge rest | plugin NUL
package struct InitialHandshake: Equatable, Sendable {
    package let serverVersion: String
    package let connectionID: UInt32
    /// 20 bytes, without the terminating zero.
    package let challenge: [UInt8]
    package let capabilities: CapabilityFlags
    package let authenticationPlugin: String

    /// MariaDB's version contains its name.
    package var isMariaDB: Bool { serverVersion.contains("MariaDB") }

    init(_ packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        let version = try reader.byte()
        guard version == 10 else {
            let hint = version == 11 ? " (X protocol; connect to the port of the classic protocol)" : ""
            throw WireError(.invalidValue("protocol version \(version)\(hint)"), at: 0)
        }
        serverVersion = String(decoding: try reader.nullTerminated(), as: UTF8.self)
        connectionID = try reader.littleEndian(UInt32.self)
        var challenge = try reader.array(8)
        try reader.skip(1)
        var flags = UInt32(try reader.littleEndian(UInt16.self))
        try reader.skip(3)
        flags |= UInt32(try reader.littleEndian(UInt16.self)) << 16
        capabilities = CapabilityFlags(rawValue: flags)
        let length = Int(try reader.byte())
        try reader.skip(10)
        let rest = max(13, length - 8)
        challenge += try reader.array(rest)
        if challenge.last == 0 { challenge.removeLast() }
        self.challenge = challenge
        authenticationPlugin =
            capabilities.contains(.pluginAuthentication)
            // Some servers omit the terminating zero.
            ? String(decoding: reader.rest().array().prefix { $0 != 0 }, as: UTF8.self) : "mysql_native_password"
    }
}
