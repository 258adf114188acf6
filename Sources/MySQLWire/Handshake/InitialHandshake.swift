import WireCore

/// Protocol::HandshakeV10: the server's first words.
///
/// Layout: version u8 (10) | server version NUL | connection id u32 | challenge 8 bytes | 0 | capabilities low u16 |
/// collation u8 | status u16 | capabilities high u16 | challenge length u8 | 10 reserved | challenge rest | plugin NUL
public struct InitialHandshake: Equatable, Sendable {
    public let serverVersion: String
    public let connectionID: UInt32
    /// 20 bytes, without the closing zero.
    public let challenge: [UInt8]
    public let capabilities: CapabilityFlags
    public let authenticationPlugin: String

    /// MariaDB says so in its version.
    public var isMariaDB: Bool { serverVersion.contains("MariaDB") }

    init(_ packet: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(packet)
        let version = try reader.byte()
        guard version == 10 else {
            let hint = version == 11 ? " (the port of the X protocol; the classic one is wanted)" : ""
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
            // Some servers leave the zero out.
            ? String(decoding: reader.rest().array().prefix { $0 != 0 }, as: UTF8.self) : "mysql_native_password"
    }
}
