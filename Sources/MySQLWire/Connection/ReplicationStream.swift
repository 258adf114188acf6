import WireCore
import WireStreams

/// A connection that has become a stream of binlog events.
public final class ReplicationStream {
    /// Where the server is to begin.
    public enum Start: Sendable, Equatable {
        case position(file: String, position: UInt32)
        /// After all transactions of this position.
        case gtids(GTIDPosition)
    }

    private let channel: PacketChannel
    public let canceller: SocketCanceller
    /// Whether events end with a checksum; it holds already for the rotation before the first format description.
    public let hasChecksums: Bool

    /// Asks for the binlog. The connection belongs to the stream from here on.
    ///
    /// - Parameters:
    ///   - heartbeatMilliseconds: how often a quiet server says that it lives.
    ///   - silenceMilliseconds: after how long without any event `.stream(.timedOut)` is thrown.
    public init(
        _ connection: MySQLConnection, serverID: UInt32, start: Start, heartbeatMilliseconds: Int,
        silenceMilliseconds: Int
    ) throws(MySQLError) {
        channel = connection.channel
        canceller = connection.canceller
        // The server takes no more than 4,294,967 seconds.
        let period = max(1, min(heartbeatMilliseconds, 4_294_967_000)) * 1_000_000
        // The old names are understood by every version and by MariaDB; the new ones only by MySQL 8.
        try connection.execute(
            "SET @master_heartbeat_period = \(period), @source_heartbeat_period = \(period), "
                + "@master_binlog_checksum = @@global.binlog_checksum, "
                + "@source_binlog_checksum = @@global.binlog_checksum")
        hasChecksums = try connection.query("SELECT @master_binlog_checksum").scalar?.uppercased() == "CRC32"
        if connection.isMariaDB { try connection.execute("SET @mariadb_slave_capability = 4") }
        if case .gtids(.mariaDB(let list)) = start {
            try connection.execute("SET @slave_connect_state = '\(list)', @slave_gtid_strict_mode = 0")
        }
        channel.beginCommand()
        try channel.send(ClientCommand.registerReplica(serverID: serverID))
        _ = try Self.checked(try channel.receive())
        channel.beginCommand()
        switch start {
        case .position(let file, let position):
            try channel.send(ClientCommand.binlogDump(serverID: serverID, file: file, position: position))
        case .gtids(.mySQL(let set)):
            try channel.send(ClientCommand.binlogDumpGTID(serverID: serverID, encodedSet: set.encoded()))
        case .gtids(.mariaDB):
            // The position is `@slave_connect_state`.
            try channel.send(ClientCommand.binlogDump(serverID: serverID, file: "", position: 4))
        }
        connection.setReadTimeout(milliseconds: silenceMilliseconds)
    }

    /// The next event, header and checksum included: a view that is valid until the next call.
    ///
    /// Throws `.server` with the server's reason where it ends the stream (1236: the position is gone), and
    /// `.stream(.closed)` where it says EOF. After `.stream(.timedOut)` it may be called again.
    public func next() throws(MySQLError) -> UnsafeRawBufferPointer {
        try Self.checked(try channel.receive())
    }

    /// How many bytes have come over the connection: shows whether an event is arriving in parts.
    public var receivedBytes: Int { channel.receivedBytes }

    /// Whether `next()` would answer without waiting for the network.
    public var hasBufferedEvent: Bool { channel.hasBufferedPacket }

    /// Takes the status byte off: 0x00 before an event, ERR and EOF as in every answer.
    private static func checked(_ packet: UnsafeRawBufferPointer) throws(MySQLError) -> UnsafeRawBufferPointer {
        switch packet.first {
        case 0x00: return UnsafeRawBufferPointer(rebasing: packet.dropFirst())
        case 0xFE: throw .stream(.closed)
        case 0xFF:
            let error: MySQLServerError
            do throws(WireError) {
                error = try MySQLServerError(errorPacket: packet)
            } catch { throw .malformed(MySQLProtocolError("ERR packet", error)) }
            throw .server(error)
        default:
            let fault = WireError(.invalidValue("unexpected header \(packet.first ?? 0)"), at: 0)
            throw .malformed(MySQLProtocolError("binlog stream", fault))
        }
    }
}
