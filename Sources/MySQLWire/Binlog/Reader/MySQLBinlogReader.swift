import WireCore
import WireStreams

/// Reads the binlog of a server as decoded events, blocking. `MySQLBinlogEvents` is the asynchronous equivalent.
public final class MySQLBinlogReader {
    /// The position at which reading starts.
    public enum Start: Equatable, Sendable {
        /// The server's current position.
        case now
        case position(MySQLBinlogPosition)
        /// After all transactions of this position, which the client already has.
        case gtids(GTIDPosition)
    }

    /// Interrupts `next` from another thread; it throws `.stream(.cancelled)`.
    public let canceller: SocketCanceller
    private let stream: ReplicationStream
    private var decoder: BinlogEventDecoder
    /// The error that ended the stream.
    private var failure: MySQLError?

    /// The limits of a batch.
    private static let batchEventsMax = 256
    private static let batchBytesMax = 1 << 20

    /// Requests the binlog. The reader takes ownership of the connection, whose account needs the privilege REPLICATION
    /// SLAVE, and REPLICATION CLIENT for `.now`.
    ///
    /// - Parameters:
    ///   - serverID: a number that no other replica of the server uses.
    ///   - heartbeatMilliseconds: the interval of heartbeats while there are no events.
    ///   - silenceMilliseconds: the time without any bytes after which `next` throws `.stream(.timedOut)`.
    public init(
        _ connection: sending MySQLConnection, serverID: UInt32, start: Start = .now,
        heartbeatMilliseconds: Int = 1000, silenceMilliseconds: Int = 10_000
    ) throws(MySQLError) {
        canceller = connection.canceller
        let streamStart: ReplicationStream.Start
        switch start {
        case .now:
            let position = try Self.currentPosition(connection)
            streamStart = .position(file: position.file, position: position.offset)
        case .position(let position): streamStart = .position(file: position.file, position: position.offset)
        case .gtids(let position): streamStart = .gtids(position)
        }
        stream = try ReplicationStream(
            connection, serverID: serverID, start: streamStart, heartbeatMilliseconds: heartbeatMilliseconds,
            silenceMilliseconds: silenceMilliseconds)
        decoder = BinlogEventDecoder(hasChecksums: stream.hasChecksums)
    }

    private static func currentPosition(_ connection: MySQLConnection) throws(MySQLError) -> MySQLBinlogPosition {
        let status: TextResult
        do throws(MySQLError) {
            status = try connection.queryText("SHOW BINARY LOG STATUS")
        } catch {
            // Before MySQL 8.2, and MariaDB.
            guard error.code == 1064 else { throw error }
            status = try connection.queryText("SHOW MASTER STATUS")
        }
        guard let file = status.column("File").first ?? nil,
            let offset = (status.column("Position").first ?? nil).flatMap({ UInt64($0) })
        else { throw .unsupported(.binlogDisabled) }
        return MySQLBinlogPosition(file: file, offset: offset)
    }

    /// Waits for the next event and returns it.
    ///
    /// - Throws: `.server` if the server ends the stream (1236: the position is not available), `.stream(.closed)` if
    ///   it closes the connection, `.unsupported` for an event that concerns data and cannot be decoded. After
    ///   `.stream(.timedOut)` it may be called again, after other errors it throws the same error.
    public func next() throws(MySQLError) -> MySQLBinlogEvent {
        if let failure { throw failure }
        do throws(MySQLError) {
            return try decodeNext()
        } catch {
            if case .stream(.timedOut) = error { throw error }
            failure = error
            throw error
        }
    }

    /// Waits for an event, and returns it with those that have been received already.
    func nextBatch() throws(MySQLError) -> [MySQLBinlogEvent] {
        let start = stream.receivedBytes
        var events = [try next()]
        while events.count < Self.batchEventsMax, stream.receivedBytes - start < Self.batchBytesMax,
            stream.hasBufferedEvent {
            // The error is thrown by the next call.
            do throws(MySQLError) { events.append(try next()) } catch { break }
        }
        return events
    }

    /// Closes the connection.
    public func close() { stream.close() }

    private func decodeNext() throws(MySQLError) -> MySQLBinlogEvent {
        while true {
            if let event = try decoder.next() { return event }
            try decoder.feed(try stream.next())
        }
    }
}
