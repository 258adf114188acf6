import ConnectData
import MySQLWire
import WireCore
import WireStreams

/// The connection that the binlog is read from: opens it, detects that it is lost or silent, and decides whether and
/// when to reopen it. Owned by the task's thread; independent of the content of events.
final class BinlogConnection {
    /// The interval in which an idle server sends heartbeats.
    static let heartbeatMilliseconds = 500
    /// The minimum duration of a connection that resets the retry policy.
    static let steadyMilliseconds = 10_000
    /// The maximum time without a response of a statement on the connection, or on the one that checks the server.
    static let replyMillisecondsMax = 10_000
    static let probeMillisecondsMax = 5000

    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    private let logger: Logger
    private let metrics: MySQLClientMetrics
    private var server: StreamServer
    private var silence = StreamLiveness()
    /// The time limit of the stream's reads.
    private var waitMilliseconds = 0
    private var reconnect = ReconnectPolicy()
    /// The time since which events arrive; nil while there is no connection.
    private var connectedSince: MonotonicInstant?
    /// The position at which the last connection began to read.
    private var startPoint: OffsetTracker.RestartPoint?

    init(configuration: MySQLConnectorConfig, control: TaskControl, serverUUID: String?, logger: Logger) {
        self.configuration = configuration
        self.control = control
        self.logger = logger
        metrics = MySQLClientMetrics(server: configuration.connection.address)
        server = StreamServer(configuration: configuration, control: control, uuid: serverUUID, logger: logger)
    }

    private var address: SocketAddress { configuration.connection.address }

    /// The `server_uuid` of the server that is read; nil if it has none.
    var serverUUID: String? { server.uuid }

    /// Connects, verifies that the server has the following events, requests the binlog and runs `body` with the stream
    /// until one of the two throws.
    ///
    /// - Parameter body: reads events by `next`, and calls `received` for each.
    /// - Throws: `SessionError` if the connection fails; `BinlogUnavailableError` if the server lacks something;
    ///   `ConnectorError` if it is not the expected server or unsuitable.
    func withStream(
        _ request: BinlogMachine.ResumeRequest, _ body: (ReplicationStream) throws -> Void
    ) throws {
        startPoint = request.point
        var options = configuration.connection
        options.connectTimeoutMilliseconds = reconnect.attemptMilliseconds(
            at: .now, configured: options.connectTimeoutMilliseconds)
        options.readTimeoutMilliseconds = Self.replyMillisecondsMax
        let connection = try ServerSession.connect(options, control)
        try ServerSession.withConnection(connection, control) { connection in
            let stream: ReplicationStream
            let verified = try server.verify(
                connection, at: request.point, inFlight: request.inFlight, offset: request.offset)
            silence.connectionOpened(isSameServer: verified.isSameServer)
            waitMilliseconds = silence.waitMilliseconds(at: .now)
            do throws(MySQLError) {
                try connection.execute("SET SESSION net_write_timeout = 86400, SESSION net_read_timeout = 86400")
                stream = try ReplicationStream(
                    connection, serverID: configuration.serverID, start: start(request, verified.executed),
                    heartbeatMilliseconds: Self.heartbeatMilliseconds, silenceMilliseconds: waitMilliseconds)
            } catch { throw SessionError(error, isConnecting: false) }
            try body(stream)
        }
    }

    private func start(
        _ request: BinlogMachine.ResumeRequest, _ executed: GTIDPosition?
    ) -> ReplicationStream.Start {
        if let executed { return .gtids(executed) }
        return .position(file: request.point.file, position: UInt64(max(4, request.position)))
    }

    /// The next event, header and checksum included: a view that is valid until the next call.
    ///
    /// - Parameter place: the end of the last event.
    func next(
        of stream: ReplicationStream, at place: @autoclosure () -> StreamLiveness.Place
    ) throws -> UnsafeRawBufferPointer {
        while true {
            do throws(MySQLError) {
                let event = try stream.next()
                metrics.countBinlogEvent(bytes: event.count)
                return event
            } catch {
                guard case .stream(.timedOut) = error else { throw SessionError(error, isConnecting: false) }
                try wait(for: stream, place())
            }
        }
    }

    /// Interprets a read without an event. Throws if the silence means that the connection is lost.
    private func wait(
        for stream: ReplicationStream, _ place: StreamLiveness.Place
    ) throws {
        let action = silence.waited(
            milliseconds: waitMilliseconds, receivedBytes: stream.receivedBytes, at: place, now: .now)
        switch action {
        case .wait: break
        case .close:
            throw SessionError(.stream(.timedOut(milliseconds: silence.limitMilliseconds)), isConnecting: false)
        case .probeServer:
            if try serverAnswers() {
                logger.info("The database at \(address) sends nothing at \(place), but responds on another connection: the stream is kept")
                silence.serverAnswered(at: .now)
            } else {
                silence.serverDidNotAnswer()
            }
        }
        if let report = silence.dueReport(at: .now) { self.report(report, place) }
        limitWait(stream)
    }

    private func report(_ report: StreamLiveness.Report, _ place: StreamLiveness.Place) {
        let summary = "The database at \(address) has sent nothing for \(report.milliseconds / 1000) s, at \(place)."
        let explanation =
            " It responds on other connections, so it is reading a large event, or the network has stopped the stream."
        logger.warn(summary + (report.isServerAnswering ? explanation : ""))
    }

    private func limitWait(_ stream: ReplicationStream) {
        waitMilliseconds = silence.waitMilliseconds(at: .now)
        stream.setReadTimeout(milliseconds: waitMilliseconds)
    }

    /// Whether the stream's server responds on another connection. Another server at its address does not count.
    private func serverAnswers() throws -> Bool {
        var options = configuration.connection
        options.connectTimeoutMilliseconds = min(options.connectTimeoutMilliseconds, Self.probeMillisecondsMax)
        options.readTimeoutMilliseconds = options.connectTimeoutMilliseconds
        do {
            let probe = try ServerSession.connect(options, control)
            return try ServerSession.withConnection(probe, control) { probe in
                try probe.execute("SELECT 1")
                let uuid = try ServerIdentity.uuid(probe)
                return uuid == nil || server.uuid == nil || uuid == server.uuid
            }
        } catch let failure as SessionError {
            return Self.isAnswer(failure.error)
        } catch let error as MySQLError {
            return Self.isAnswer(error)
        }
    }

    /// A server that has no free connection, or no longer accepts the account, is running.
    private static func isAnswer(_ error: MySQLError) -> Bool {
        guard case .server(let answer) = error else { return false }
        return !error.isRetriable || [1040, 1203, 1226].contains(answer.code)
    }

    /// An event arrived. The cost is negligible while the stream is normal.
    ///
    /// - Parameter place: the end of the event before it.
    @inline(__always)
    func received(
        _ header: EventHeader, of stream: ReplicationStream, at place: @autoclosure () -> StreamLiveness.Place
    ) {
        if silence.needsEvents || header.type == .heartbeat { noteArrival(header, stream, place()) }
    }

    private func noteArrival(_ header: EventHeader, _ stream: ReplicationStream, _ place: StreamLiveness.Place) {
        guard header.type != .rotate else { return }
        let arrival: StreamLiveness.Arrival =
            if header.type == .heartbeat { .heartbeat(position: header.nextPosition) }
            else if header.nextPosition > 0 { .event(start: header.position) }
            else { .artificialEvent }
        if silence.received(arrival, at: place) {
            if reconnect.isAway { logger.info("Connected to \(address) again.") }
            connectedSince = .now
            control.report(.running)
        }
        if waitMilliseconds != silence.waitMilliseconds(at: .now) { limitWait(stream) }
    }

    /// Reports the interruption and waits before the next attempt.
    ///
    /// - Parameter request: the start of the next connection.
    /// - Throws: `ConnectorError` if another attempt would not help.
    func recover(from failure: SessionError, at request: BinlogMachine.ResumeRequest) throws {
        let reason = ServerFailure.connecting(failure.error, configuration.connection)
        guard failure.error.isRetriable else {
            if failure.isConnecting { throw reason }
            throw ServerFailure.streaming(failure.error, request.offset, configuration)
        }
        if case .stream(.timedOut) = failure.error {} else { silence.connectionLost() }
        try retry(after: reason, at: request) { "is lost\($0): \(failure.error)" }
    }

    /// The same if another connection led to another server, whose response is irrelevant for this stream: the next
    /// attempt may lead to one server.
    func recover(from other: ServerMismatchError, at request: BinlogMachine.ResumeRequest) throws {
        silence.connectionLost()
        try retry(after: other.failure, at: request) { "is closed\($0): \(other)" }
    }

    /// - Parameter event: what happened to the connection; its argument is the duration, after a space.
    private func retry(
        after reason: ConnectorError, at request: BinlogMachine.ResumeRequest, _ event: (String) -> String
    ) throws {
        // The end of an established connection is a new interruption.
        if let since = connectedSince,
            startPoint != request.point || MonotonicInstant.now.milliseconds(since: since) > Self.steadyMilliseconds {
            reconnect.succeeded()
        }
        connectedSince = nil
        guard let retry = reconnect.failed(at: .now) else { throw reason }
        if retry.isReportDue {
            let since = retry.awayMilliseconds >= 1000 ? " for \(retry.awayMilliseconds / 1000) s" : ""
            logger.warn("The connection to \(address) \(event(since)). Connecting again.")
        }
        control.report(.interrupted(reason: reason.description))
        StopWaiter(control).wait(milliseconds: retry.delayMilliseconds)
    }
}
