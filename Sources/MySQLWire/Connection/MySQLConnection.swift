import WireCore
import WireStreams

/// A blocking connection to MySQL or MariaDB. One thread uses it; `canceller` may be used from any thread.
///
/// `MySQLClient` is the asynchronous equivalent.
public final class MySQLConnection {
    public let configuration: MySQLConfiguration
    /// For example `9.7.4` or `11.8.9-MariaDB`.
    public let serverVersion: String
    public let isMariaDB: Bool
    public let id: MySQLConnectionID
    /// Whether TLS is in use.
    public let isEncrypted: Bool
    /// Interrupts blocking calls of this connection from another thread; they throw `.stream(.cancelled)`. The
    /// connection cannot be used afterwards.
    public let canceller: SocketCanceller
    let channel: PacketChannel
    private(set) var observer: ConnectionObserver
    private let capabilities: CapabilityFlags
    private var state = State.idle
    private var hasRunCommand = false

    private enum State {
        case idle
        /// A statement was sent and its response has not been read to the end.
        case responding(Response)
        /// The position within the response is unknown.
        case failed(MySQLError)
    }

    private struct Response {
        var decoder: ResultSetDecoder
        var columnCount = 0
        var rows = 0
        /// The number of result sets so far; a CALL may return several.
        var resultSets = 0
    }

    /// Connects and authenticates, within `connectTimeoutMilliseconds` in total.
    ///
    /// - Parameters:
    ///   - onEvent: receives what happens on the connection; nil reports nothing and costs nothing.
    ///   - onOpen: receives the canceller when the socket is opened, so that an attempt can be cancelled. Called again
    ///     for each address of the host that is tried.
    public static func connect(
        _ configuration: MySQLConfiguration, onEvent: MySQLEventHandler? = nil,
        onOpen: (SocketCanceller) -> Void = { _ in }
    ) throws(MySQLError) -> MySQLConnection {
        let start = onEvent.map { _ in ContinuousClock.now }
        do throws(MySQLError) {
            let connection = try open(configuration, onEvent, onOpen)
            if let onEvent, let start { onEvent(.opened(connection.id, duration: .now - start)) }
            return connection
        } catch {
            onEvent?(.failed(nil, address: configuration.address, error))
            throw error
        }
    }

    private static func open(
        _ configuration: MySQLConfiguration, _ onEvent: MySQLEventHandler?, _ onOpen: (SocketCanceller) -> Void
    ) throws(MySQLError) -> MySQLConnection {
        // With a limit for each read alone, a peer that sends a byte now and then could prolong the attempt for hours.
        let deadline = ContinuousClock.now + .milliseconds(configuration.connectTimeoutMilliseconds)
        let streams: StreamPair
        do throws(StreamError) {
            streams = try SocketConnector.connect(
                to: configuration.address, timeoutMilliseconds: configuration.connectTimeoutMilliseconds,
                onOpen: onOpen)
        } catch { throw .stream(error) }
        streams.setDeadline(deadline)
        let channel = PacketChannel(streams: streams)
        let session: Handshake.Session
        do throws(MySQLError) {
            session = try authenticate(over: channel, configuration)
        } catch {
            guard case .stream(.timedOut) = error else { throw error }
            throw .stream(.timedOut(milliseconds: configuration.connectTimeoutMilliseconds))
        }
        streams.setDeadline(nil)
        streams.setTimeouts(configuration.readTimeoutMilliseconds, configuration.readTimeoutMilliseconds)
        return MySQLConnection(configuration, session, channel, onEvent)
    }

    private init(
        _ configuration: MySQLConfiguration, _ session: Handshake.Session, _ channel: PacketChannel,
        _ onEvent: MySQLEventHandler?
    ) {
        self.configuration = configuration
        serverVersion = session.serverVersion
        isMariaDB = session.isMariaDB
        id = MySQLConnectionID(address: configuration.address, number: session.connectionID)
        isEncrypted = session.isEncrypted
        capabilities = session.capabilities
        canceller = channel.streams.canceller
        observer = ConnectionObserver(onEvent, id: id)
        self.channel = channel
    }

    private static func authenticate(
        over channel: PacketChannel, _ configuration: MySQLConfiguration
    ) throws(MySQLError) -> Handshake.Session {
        let account = Handshake.Account(
            user: configuration.user, password: configuration.password, database: configuration.database,
            allowPublicKeyRetrieval: configuration.allowPublicKeyRetrieval, programName: configuration.programName)
        var handshake = Handshake(account: account, tls: configuration.handshakeDemand)
        while true {
            var action = try handshake.receive(try channel.receive())
            if case .startTLS(let request) = action {
                try channel.send(request)
                try channel.startTLS(configuration.tlsConfiguration)
                action = handshake.tlsStarted()
            }
            switch action {
            case .send(let packet): try channel.send(packet)
            case .sendEncrypted(let masked, let publicKeyPEM):
                let secret: [UInt8]
                do throws(StreamError) {
                    secret = try RSAPublicKey(pem: publicKeyPEM).encryptOAEP(masked)
                } catch { throw .stream(error) }
                try channel.send(secret)
            case .connected(let session): return session
            case .needMore, .startTLS: continue
            }
        }
    }

    /// Sets the maximum time without any bytes of a response; 0 for no limit.
    public func setReadTimeout(milliseconds: Int) {
        channel.streams.setTimeouts(milliseconds, max(milliseconds, configuration.readTimeoutMilliseconds))
    }

    /// Runs a statement and discards the rows that it may return, including all result sets of a CALL.
    ///
    /// - Throws: `.server` for the server's error, after which the connection can still be used; `.resultSetOpen` if
    ///   the rows of an earlier query have not been read.
    @discardableResult
    public func execute(_ sql: String) throws(MySQLError) -> MySQLStatementResult {
        try send(sql)
        var row = TextRow()
        while true {
            switch try receive(&row) {
            case .finished(let packet): return MySQLStatementResult(packet)
            case .columns, .row: continue
            }
        }
    }

    /// Sends a query and reads the response up to its first row. Read the rows by `nextRow` until it returns false.
    ///
    /// - Returns: the columns; empty if the statement returns no rows.
    package func startQuery(_ sql: String) throws(MySQLError) -> [MySQLColumn] {
        try send(sql)
        var row = TextRow()
        switch try receive(&row) {
        case .columns(let columns): return columns
        case .finished, .row: return []
        }
    }

    /// Reads the next row of the query that was started last. `row` is a view that is valid until the next call of any
    /// method. Returns false at the end of the rows.
    ///
    /// - Throws: `.unsupported(.severalResultSets)` after the response has been read to its end.
    package func nextRow(_ row: inout TextRow) throws(MySQLError) -> Bool {
        guard case .responding(var response) = state else { return false }
        state = .idle
        let isRow = try receiveRow(&row, of: &response)
        if isRow { state = .responding(response) }
        return isRow
    }

    /// Whether the response to a query has not been read to its end.
    package var isReadingRows: Bool {
        if case .responding = state { true } else { false }
    }

    /// Whether the next packet has been received already.
    var hasBufferedPacket: Bool { channel.hasBufferedPacket }

    /// Runs a query and passes each row to `body` as it is received; memory does not grow with the result.
    ///
    /// After an error thrown by `body` the rest of the response is unread, and the connection can only be closed.
    package func streamQuery(
        _ sql: String, columns: ([MySQLColumn]) throws -> Void = { _ in }, row body: (borrowing TextRow) throws -> Void
    ) throws {
        try columns(try startQuery(sql))
        guard case .responding(var response) = state else { return }
        // The state stays here between two rows: a change of the connection's costs as much as a row's decoding.
        state = .idle
        var row = TextRow()
        while try receiveRow(&row, of: &response) {
            do { try body(row) } catch {
                state = .responding(response)
                throw error
            }
        }
    }

    /// Runs a query and returns its (small) result as text.
    package func queryText(_ sql: String) throws(MySQLError) -> TextResult {
        let columns = try startQuery(sql)
        var rows: [[String?]] = []
        var row = TextRow()
        while try nextRow(&row) { rows.append((0..<row.count).map { row.text($0) }) }
        return TextResult(columnNames: columns.map(\.name), rows: rows)
    }

    /// Sends COM_QUIT and closes the connection.
    public func close() {
        channel.beginCommand()
        do { try channel.send(ClientCommand.quit) } catch { /* The connection is lost already. */ }
        channel.streams.close()
        observer.closed(channel)
    }
}

// MARK: Responses

extension MySQLConnection {
    private enum Step {
        case columns([MySQLColumn])
        case row
        case finished(OKPacket)
    }

    private func send(_ sql: String) throws(MySQLError) {
        switch state {
        case .idle: break
        case .responding: throw .resultSetOpen
        case .failed(let error): throw error
        }
        observer.queryStarted(sql, channel)
        state = .responding(Response(decoder: ResultSetDecoder(capabilities: capabilities)))
        channel.beginCommand()
        do throws(MySQLError) { try channel.send(ClientCommand.query(sql)) } catch { throw failed(error, rows: 0) }
    }

    private func receive(_ row: inout TextRow) throws(MySQLError) -> Step {
        guard case .responding(var response) = state else { preconditionFailure("no statement was sent") }
        state = .idle
        do throws(MySQLError) {
            let step = try receive(&row, of: &response)
            switch step {
            case .columns, .row: state = .responding(response)
            case .finished: break
            }
            return step
        } catch { throw failed(error, rows: response.rows) }
    }

    /// Reads the next row of a response's first result set. Returns false after the end of the response.
    ///
    /// - Throws: `.unsupported(.severalResultSets)` after the end of a response with more than one.
    private func receiveRow(_ row: inout TextRow, of response: inout Response) throws(MySQLError) -> Bool {
        while true {
            let step: Step
            do throws(MySQLError) {
                step = try receive(&row, of: &response)
            } catch { throw failed(error, rows: response.rows) }
            switch step {
            case .row: if response.resultSets == 1 { return true }
            case .columns: continue
            case .finished:
                guard response.resultSets <= 1 else { throw .unsupported(.severalResultSets) }
                return false
            }
        }
    }

    private func receive(_ row: inout TextRow, of response: inout Response) throws(MySQLError) -> Step {
        while true {
            let packet = try channel.receive()
            if response.rows == 0 { observer.responseStarted() }
            switch try response.decoder.receive(packet) {
            case .progress: continue
            case .columns(let columns):
                response.columnCount = columns.count
                response.resultSets += 1
                return .columns(columns)
            case .row:
                response.rows += 1
                try Self.decode(packet, response.columnCount, into: &row)
                return .row
            case .finished(let packet):
                if packet.hasMoreResults {
                    response.decoder = ResultSetDecoder(capabilities: capabilities)
                    continue
                }
                hasRunCommand = true
                observer.queryFinished(rows: response.rows, channel, error: nil)
                return .finished(packet)
            }
        }
    }

    private static func decode(
        _ packet: UnsafeRawBufferPointer, _ columnCount: Int, into row: inout TextRow
    ) throws(MySQLError) {
        do throws(WireError) {
            try row.decode(packet, columnCount: columnCount)
        } catch { throw .malformed(MySQLProtocolError("text row", error)) }
    }

    /// After the server's error the connection is idle. After any other error it cannot be used any more.
    private func failed(_ error: MySQLError, rows: Int) -> MySQLError {
        guard case .server(let answer) = error else {
            state = .failed(error)
            observer.queryFinished(rows: rows, channel, error: error)
            observer.failed(error)
            return error
        }
        state = .idle
        let result = hasRunCommand ? error : .server(answer.beforeFirstCommand)
        observer.queryFinished(rows: rows, channel, error: result)
        return result
    }
}
