import WireCore
import WireStreams

/// A connection on which the server sends the events of its binlog as bytes.
package final class ReplicationStream {
    /// The position at which the server starts to read.
    package enum Start: Sendable, Equatable {
        case position(file: String, position: UInt64)
        /// After all transactions of this position.
        case gtids(GTIDPosition)
    }

    private let connection: MySQLConnection
    private let channel: PacketChannel
    package let canceller: SocketCanceller
    /// Whether events end with a checksum; this holds for the rotation before the first format description too.
    package let hasChecksums: Bool

    /// Requests the binlog. The stream owns the connection from then on: only the stream's methods may be called.
    ///
    /// - Parameters:
    ///   - heartbeatMilliseconds: the interval of heartbeats while there are no events.
    ///   - silenceMilliseconds: the time without any bytes after which `.stream(.timedOut)` is thrown.
    package init(
        _ connection: consuming MySQLConnection, serverID: UInt32, start: Start, heartbeatMilliseconds: Int,
        silenceMilliseconds: Int
    ) throws(MySQLError) {
        let connection = connection
        self.connection = connection
        channel = connection.channel
        canceller = connection.canceller
        // The server accepts at most 4,294,967 seconds.
        let period = max(1, min(heartbeatMilliseconds, 4_294_967_000)) * 1_000_000
        // All versions and MariaDB accept the old names; only MySQL 8 accepts the new ones.
        try connection.execute(
            "SET @master_heartbeat_period = \(period), @source_heartbeat_period = \(period), "
                + "@master_binlog_checksum = @@global.binlog_checksum, "
                + "@source_binlog_checksum = @@global.binlog_checksum")
        hasChecksums = try connection.queryText("SELECT @master_binlog_checksum").scalar?.uppercased() == "CRC32"
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
            guard let position = UInt32(exactly: position) else {
                throw .unsupported(.binlogPosition(file: file, position: position))
            }
            try channel.send(ClientCommand.binlogDump(serverID: serverID, file: file, position: position))
        case .gtids(.mySQL(let set)):
            try channel.send(ClientCommand.binlogDumpGTID(serverID: serverID, encodedSet: set.encoded()))
        case .gtids(.mariaDB):
            // The position is `@slave_connect_state`.
            try channel.send(ClientCommand.binlogDump(serverID: serverID, file: "", position: 4))
        }
        connection.setReadTimeout(milliseconds: silenceMilliseconds)
    }

    /// Returns the next event, header and checksum included: a view that is valid until the next call.
    ///
    /// Throws `.server` with the server's reason if it ends the stream (1236: the position is not available), and
    /// `.stream(.closed)` if it sends EOF. After `.stream(.timedOut)` it may be called again.
    package func next() throws(MySQLError) -> UnsafeRawBufferPointer {
        let event = try Self.checked(try channel.receive())
        if event.count > 4, event[4] == EventType.heartbeat.rawValue || event[4] == EventType.heartbeatV2.rawValue {
            connection.observer.heartbeat()
        }
        return event
    }

    /// The number of bytes received on the connection: shows whether an event is arriving in parts.
    package var receivedBytes: Int { channel.traffic.receivedBytes }

    /// Whether `next()` would return without waiting for the network.
    package var hasBufferedEvent: Bool { channel.hasBufferedPacket }

    /// Sets the time without any bytes after which `.stream(.timedOut)` is thrown.
    package func setReadTimeout(milliseconds: Int) { connection.setReadTimeout(milliseconds: milliseconds) }

    /// Closes the connection.
    package func close() { connection.close() }

    /// Removes the status byte: 0x00 before an event, ERR and EOF as in every response.
    private static func checked(_ packet: UnsafeRawBufferPointer) throws(MySQLError) -> UnsafeRawBufferPointer {
        switch packet.first {
        case 0x00: return UnsafeRawBufferPointer(rebasing: packet.dropFirst())
        case 0xFE: throw .stream(.closed)
        case 0xFF:
            let error: MySQLServerError
            do throws(WireError) {
                error = try MySQLServerError(errorPacket: packet)
            } catch { throw .malformed(MySQLProtocolError("ERR_Packet", error)) }
            throw .server(error)
        default:
            let fault = WireError(.invalidValue("unexpected header \(packet.first ?? 0)"), at: 0)
            throw .malformed(MySQLProtocolError("binlog stream", fault))
        }
    }
}
