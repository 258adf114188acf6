import ConnectData
import MySQLWire
import WireCore

/// The connection that the binlog is read from: opens it, notices when it is lost or silent, and decides whether and
/// when to open it again. Owned by the task's thread; knows nothing about what the events mean.
final class BinlogConnection {
    /// The interval in which an idle server sends heartbeats, and the silence after which it is taken for dead.
    static let heartbeatMilliseconds = 500
    static let silenceMilliseconds = 1800
    /// The server may search long for the end of a GTID set before it sends the first event.
    static let firstEventMilliseconds = 60_000
    /// A connection that lasted this long was a good one.
    static let steadyMilliseconds = 10_000

    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    /// The server that file positions belong to; nil if it is not known.
    private let serverUUID: String?
    private let logger: Logger
    private var reconnect = ReconnectPolicy()
    /// Since when events arrive; nil while there is no connection.
    private var connectedSince: MonotonicInstant?
    private var isSilenceLimited = false

    init(configuration: MySQLConnectorConfig, control: TaskControl, serverUUID: String?, logger: Logger) {
        self.configuration = configuration
        self.control = control
        self.serverUUID = serverUUID
        self.logger = logger
    }

    /// Connects, asks for the binlog and runs `body` with the stream until one of the two throws.
    ///
    /// - Parameters:
    ///   - point: where to begin with GTIDs, or the file to begin in.
    ///   - position: where to begin in the file without GTIDs.
    ///   - body: reads events; is to call `received` for each.
    /// - Throws: `SessionError` if the connection fails; `ConnectorError` if the server is not the expected one.
    func withStream(
        at point: OffsetTracker.RestartPoint, position: Int64,
        _ body: (ReplicationStream, MySQLConnection) throws -> Void
    ) throws {
        var options = configuration.connection
        options.connectTimeoutMilliseconds = reconnect.attemptMilliseconds(
            at: .now, configured: options.connectTimeoutMilliseconds)
        options.readTimeoutMilliseconds = 10_000
        let connection = try ServerSession.connect(options, control)
        try ServerSession.withConnection(connection, control) { connection in
            let stream: ReplicationStream
            try verifyServer(connection, point)
            do throws(MySQLError) {
                try connection.execute("SET SESSION net_write_timeout = 86400, SESSION net_read_timeout = 86400")
                stream = try ReplicationStream(
                    connection, serverID: configuration.serverID, start: try start(at: point, position),
                    heartbeatMilliseconds: Self.heartbeatMilliseconds, silenceMilliseconds: Self.firstEventMilliseconds)
            } catch { throw SessionError(error, isConnecting: false) }
            isSilenceLimited = false
            try body(stream, connection)
        }
    }

    /// An event arrived. From the first one on that is not the rotation at the beginning, silence is limited.
    @inline(__always)
    func received(_ header: EventHeader, on connection: MySQLConnection) {
        if !isSilenceLimited, header.type != .rotate { limitSilence(of: connection) }
    }

    private func limitSilence(of connection: MySQLConnection) {
        isSilenceLimited = true
        connection.setReadTimeout(milliseconds: Self.silenceMilliseconds)
        if reconnect.isAway { logger.info("Connected to \(configuration.connection.address) again.") }
        connectedSince = .now
        control.report(.running)
    }

    private func start(
        at point: OffsetTracker.RestartPoint, _ position: Int64
    ) throws(MySQLError) -> ReplicationStream.Start {
        if let gtids = point.gtids { return .gtids(encodedSet: gtids.set.encoded()) }
        guard let position = UInt32(exactly: max(4, position)) else {
            throw .unsupported(
                "The position \(position) in \(point.file) lies beyond 4 GiB, where the protocol cannot begin to read: "
                    + "turn on GTIDs (gtid_mode=ON), or take a new snapshot")
        }
        return .position(file: point.file, position: position)
    }

    /// A file and a position mean something on one server only.
    private func verifyServer(_ connection: MySQLConnection, _ point: OffsetTracker.RestartPoint) throws {
        guard point.gtids == nil, let serverUUID else { return }
        let found: String?
        do throws(MySQLError) {
            found = try connection.query("SELECT @@GLOBAL.server_uuid").scalar
        } catch { throw SessionError(error, isConnecting: false) }
        guard found != serverUUID else { return }
        throw ConnectorError(
            "The database at \(configuration.connection.address) is another server now (\(found ?? "?") instead of "
                + "\(serverUUID))",
            cause: "without GTIDs a position in the binlog of the one means nothing to the other",
            remedy: "Turn on GTIDs (gtid_mode=ON) on both, and take a new snapshot: stop the connector, DELETE its offsets, and "
                + "resume it.")
    }

    /// Reports the interruption and waits before the next attempt.
    ///
    /// - Parameter offset: where the stream stands, for error texts.
    /// - Throws: `ConnectorError` if another attempt would not help.
    func recover(from failure: SessionError, at offset: SourceOffset) throws {
        let reason = ServerFailure.connecting(failure.error, configuration.connection)
        guard failure.error.isTransient else {
            if failure.isConnecting { throw reason }
            throw ServerFailure.streaming(failure.error, offset, configuration)
        }
        // The end of a good connection is a new interruption.
        if let since = connectedSince, MonotonicInstant.now.milliseconds(since: since) > Self.steadyMilliseconds {
            reconnect.succeeded()
        }
        connectedSince = nil
        guard let retry = reconnect.failed(at: .now) else { throw reason }
        if retry.isReportDue { reportLoss(failure, retry) }
        control.report(.interrupted(reason: reason.description))
        StopWaiter(control).wait(milliseconds: retry.delayMilliseconds)
    }

    private func reportLoss(_ failure: SessionError, _ retry: ReconnectPolicy.Retry) {
        let since = retry.awayMilliseconds >= 1000 ? " for \(retry.awayMilliseconds / 1000) s" : ""
        logger.warn(
            "The connection to \(configuration.connection.address) is lost\(since): \(failure.error). Connecting again.")
    }
}
