import WireCore
import WireStreams

/// A blocking client connection to MySQL or MariaDB. Owned by one thread; `canceller` may be used from any.
public final class MySQLConnection {
    public let options: MySQLConfiguration
    /// For example `9.7.4` or `11.8.9-MariaDB`.
    public let serverVersion: String
    public let isMariaDB: Bool
    public let connectionID: UInt32
    public let isEncrypted: Bool
    public let canceller: SocketCanceller
    let channel: PacketChannel
    private let capabilities: CapabilityFlags
    private var cells: ContiguousArray<Range<Int>> = []
    private var hasRunCommand = false

    /// Connects and authenticates, within `connectTimeoutMilliseconds` in all.
    ///
    /// - Parameter onOpen: is given the canceller as soon as there is a socket, so that a stop reaches a
    ///   connection in the making.
    public static func connect(
        _ options: MySQLConfiguration, onOpen: (SocketCanceller) -> Void = { _ in }
    ) throws(MySQLError) -> MySQLConnection {
        // A limit for each read alone would let a peer that sends a byte now and then hold the attempt for hours.
        let deadline = ContinuousClock.now + .milliseconds(options.connectTimeoutMilliseconds)
        let streams: StreamPair
        do throws(StreamError) {
            streams = try SocketConnector.connect(
                to: options.address, timeoutMilliseconds: options.connectTimeoutMilliseconds, onOpen: onOpen)
        } catch { throw .stream(error) }
        streams.setDeadline(deadline)
        let channel = PacketChannel(streams: streams)
        let session: Handshake.Session
        do throws(MySQLError) {
            session = try shakeHands(over: channel, options)
        } catch {
            guard case .stream(.timedOut) = error else { throw error }
            throw .stream(.timedOut(milliseconds: options.connectTimeoutMilliseconds))
        }
        streams.setDeadline(nil)
        streams.setTimeouts(options.readTimeoutMilliseconds, options.readTimeoutMilliseconds)
        return MySQLConnection(options: options, session: session, channel: channel)
    }

    private init(options: MySQLConfiguration, session: Handshake.Session, channel: PacketChannel) {
        self.options = options
        serverVersion = session.serverVersion
        isMariaDB = session.isMariaDB
        connectionID = session.connectionID
        isEncrypted = session.isEncrypted
        capabilities = session.capabilities
        canceller = channel.streams.canceller
        self.channel = channel
    }

    private static func shakeHands(
        over channel: PacketChannel, _ options: MySQLConfiguration
    ) throws(MySQLError) -> Handshake.Session {
        let account = Handshake.Account(
            user: options.user, password: options.password, database: options.database,
            allowPublicKeyRetrieval: options.allowPublicKeyRetrieval)
        var handshake = Handshake(account: account, tls: options.handshakeDemand)
        while true {
            var action = try handshake.receive(try channel.receive())
            if case .startTLS(let request) = action {
                try channel.send(request)
                try channel.startTLS(options.tlsConfiguration)
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

    /// Sets how long replies may be silent; 0 waits for ever.
    public func setReadTimeout(milliseconds: Int) {
        channel.streams.setTimeouts(milliseconds, max(milliseconds, options.readTimeoutMilliseconds))
    }

    /// Runs a statement and gives each row to `body` as it arrives; memory does not grow with the result.
    ///
    /// After an error thrown by `body` the connection is in the middle of a result and cannot be used again.
    public func streamQuery(
        _ sql: String, columns: ([MySQLColumn]) throws -> Void = { _ in }, row body: (borrowing TextRow) throws -> Void
    ) throws {
        do {
            try run(sql, columns: columns, row: body)
            hasRunCommand = true
        } catch MySQLError.server(let error) where !hasRunCommand {
            throw MySQLError.server(error.beforeFirstCommand)
        }
    }

    private func run(
        _ sql: String, columns: ([MySQLColumn]) throws -> Void, row body: (borrowing TextRow) throws -> Void
    ) throws {
        channel.beginCommand()
        try channel.send(ClientCommand.query(sql))
        var decoder = ResultSetDecoder(capabilities: capabilities)
        var columnCount = 0
        while true {
            let packet = try channel.receive()
            switch try decoder.receive(packet) {
            case .progress: continue
            case .columns(let definitions):
                columnCount = definitions.count
                try columns(definitions)
            case .row:
                var reused: ContiguousArray<Range<Int>> = []
                swap(&reused, &cells)
                let row = try decodeRow(packet, columnCount, reused)
                try body(row)
                cells = row.cells
            case .finished(_, let hasMoreResults):
                if !hasMoreResults { return }
                decoder = ResultSetDecoder(capabilities: capabilities)
            }
        }
    }

    private func decodeRow(
        _ packet: UnsafeRawBufferPointer, _ count: Int, _ reused: consuming ContiguousArray<Range<Int>>
    ) throws(MySQLError) -> TextRow {
        do throws(WireError) {
            return try TextRow(packet, columnCount: count, reusing: reused)
        } catch { throw .malformed(MySQLProtocolError("text row", error)) }
    }

    /// Runs a statement and collects its (small) result.
    public func query(_ sql: String) throws(MySQLError) -> ResultSet {
        var names: [String] = []
        var rows: [[String?]] = []
        do {
            try streamQuery(sql, columns: { names = $0.map(\.name) }) { row in
                rows.append((0..<row.count).map { row.text($0) })
            }
        } catch let error as MySQLError {
            throw error
        } catch {
            preconditionFailure("only MySQLError is thrown here: \(error)")
        }
        return ResultSet(columnNames: names, rows: rows)
    }

    /// Runs a statement whose result is of no interest.
    public func execute(_ sql: String) throws(MySQLError) { _ = try query(sql) }

    /// Says good-bye and closes. Errors are of no interest any more.
    public func close() {
        channel.beginCommand()
        do { try channel.send(ClientCommand.quit) } catch { /* The other side is gone already. */ }
        channel.streams.close()
    }
}
