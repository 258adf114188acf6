import WireCore

/// Protocol::HandshakeResponse41 and, before TLS, its beginning alone: Protocol::SSLRequest.
///
/// Layout: capabilities u32 | max packet u32 | collation u8 | 23 zeros | user NUL | authentication lenenc |
/// database NUL (where asked) | plugin NUL | attributes
struct HandshakeResponse: Equatable {
    /// utf8mb4_general_ci: known to every version of MySQL and MariaDB.
    private static let collation: UInt8 = 45

    let capabilities: CapabilityFlags
    let user: String
    let authentication: [UInt8]
    let database: String?
    let plugin: String

    static func sslRequest(_ capabilities: CapabilityFlags) -> [UInt8] {
        var writer = ByteWriter()
        encodeBeginning(capabilities, into: &writer)
        return writer.array()
    }

    private static func encodeBeginning(_ capabilities: CapabilityFlags, into writer: inout ByteWriter) {
        writer.littleEndian(capabilities.rawValue)
        writer.littleEndian(UInt32(1 << 30))
        writer.byte(collation)
        writer.zeros(23)
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        Self.encodeBeginning(capabilities, into: &writer)
        writer.nullTerminated(user)
        writer.lengthEncoded(authentication)
        if let database { writer.nullTerminated(database) }
        writer.nullTerminated(plugin)
        var attributes = ByteWriter()
        for (name, value) in [("_client_name", "cdcd"), ("program_name", "cdcd")] {
            attributes.lengthEncoded(Array(name.utf8))
            attributes.lengthEncoded(Array(value.utf8))
        }
        writer.lengthEncoded(attributes.array())
        return writer.array()
    }
}
