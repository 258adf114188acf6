import WireCore

/// Protocol::HandshakeResponse41 and, before TLS, only its first fields: Protocol::SSLRequest.
///
/// Layout: capabilities u32 | max packet u32 | collation u8 | 23 zeros | user NUL | authentication lenenc |
/// database NUL (with CLIENT_CONNECT_WITH_DB) | plugin NUL | attributes lenenc: name lenenc, value lenenc …
struct HandshakeResponse: Equatable {
    /// utf8mb4_general_ci: available in every version of MySQL and MariaDB.
    private static let collation: UInt8 = 45

    let capabilities: CapabilityFlags
    let user: String
    let authentication: [UInt8]
    let database: String?
    let plugin: String
    let programName: String?

    static func sslRequest(_ capabilities: CapabilityFlags) -> [UInt8] {
        var writer = ByteWriter()
        encodeFirstFields(capabilities, into: &writer)
        return writer.array()
    }

    private static func encodeFirstFields(_ capabilities: CapabilityFlags, into writer: inout ByteWriter) {
        writer.littleEndian(capabilities.rawValue)
        writer.littleEndian(UInt32(1 << 30))
        writer.byte(collation)
        writer.zeros(23)
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        Self.encodeFirstFields(capabilities, into: &writer)
        writer.nullTerminated(user)
        writer.lengthEncoded(authentication)
        if let database { writer.nullTerminated(database) }
        writer.nullTerminated(plugin)
        var attributes = ByteWriter()
        for (name, value) in [("_client_name", "MySQLWire"), ("program_name", programName)] {
            guard let value else { continue }
            attributes.lengthEncoded(Array(name.utf8))
            attributes.lengthEncoded(Array(value.utf8))
        }
        writer.lengthEncoded(attributes.array())
        return writer.array()
    }
}
