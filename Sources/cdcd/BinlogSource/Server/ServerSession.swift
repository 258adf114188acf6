import ConnectData
import MySQLWire
import WireStreams

/// Connections to the server, registered with the task's stop handler while they are open.
enum ServerSession {
    /// The maximum time of a statement without a response: the default of `database.query.timeout.ms`.
    static let replyMillisecondsMax = 600_000

    /// Opens a connection for queries, set up for long work: the server's time limits do not close it, times are in UTC
    /// (or in the server's zone if the configuration defines how to interpret it), and `database.initial.statements`
    /// are run.
    ///
    /// - Parameters:
    ///   - serverUUID: the required server; nil for any. Another one is a `ServerMismatchError`.
    ///   - connectMilliseconds: the maximum duration of connecting; nil uses the configuration's.
    static func open(
        _ configuration: MySQLConnectorConfig, _ control: TaskControl, serverUUID: String? = nil,
        connectMilliseconds: Int? = nil
    ) throws -> MySQLConnection {
        var options = configuration.connection
        if let connectMilliseconds { options.connectTimeoutMilliseconds = connectMilliseconds }
        // With a proxy, the first statement is the first to reach the server and to show that it responds.
        options.readTimeoutMilliseconds = options.connectTimeoutMilliseconds
        let connection = try connect(options, control)
        let canceller = connection.canceller
        let handler = control.onStop { canceller.cancel() }
        defer { control.removeStopHandler(handler) }
        var found: String?
        do throws(MySQLError) {
            try connection.execute(
                "SET NAMES utf8mb4, SESSION net_write_timeout = 86400, SESSION net_read_timeout = 86400, "
                    + "SESSION wait_timeout = 604800")
            connection.setReadTimeout(milliseconds: replyMillisecondsMax)
            for statement in configuration.initialStatements { try connection.execute(statement) }
            if configuration.connectionZone == nil { try readTimesInUTC(connection) }
            if serverUUID != nil { found = try ServerIdentity.uuid(connection) }
        } catch {
            if control.isStopping { throw CancellationError() }
            if error.isRetriable { throw SessionError(error, isConnecting: true) }
            throw ServerFailure.running("Setting up a session", error, configuration.connection)
        }
        if let serverUUID, found != serverUUID {
            throw ServerMismatchError(address: options.address.description, expected: serverUUID, found: found)
        }
        return connection
    }

    private static func readTimesInUTC(_ connection: MySQLConnection) throws(MySQLError) {
        try connection.execute("SET @cdcd_time_zone = @@SESSION.time_zone, SESSION time_zone = '+00:00'")
    }

    /// Runs `body` in the default time zone of sessions on this server, in which Debezium reads the defaults of
    /// TIMESTAMP columns.
    static func inServerZone<R>(
        _ configuration: MySQLConnectorConfig, _ connection: MySQLConnection, _ body: () throws -> R
    ) throws -> R {
        guard configuration.connectionZone == nil else { return try body() }
        try connection.execute("SET SESSION time_zone = @cdcd_time_zone")
        let result = try body()
        try readTimesInUTC(connection)
        return result
    }

    /// Connects; a stop of the task interrupts the attempt.
    static func connect(_ options: MySQLConfiguration, _ control: TaskControl) throws -> MySQLConnection {
        let metrics = MySQLClientMetrics(server: options.address)
        var attempt: Int?
        defer { if let attempt { control.removeStopHandler(attempt) } }
        do throws(MySQLError) {
            return try MySQLConnection.connect(
                options, onEvent: metrics.count,
                onOpen: { canceller in
                    if let attempt { control.removeStopHandler(attempt) }
                    attempt = control.onStop { canceller.cancel() }
                })
        } catch {
            if control.isStopping { throw CancellationError() }
            throw SessionError(error, isConnecting: true)
        }
    }

    /// Runs `body` with a connection that a stop of the task closes.
    static func withConnection<R>(
        _ connection: MySQLConnection, _ control: TaskControl, _ body: (MySQLConnection) throws -> R
    ) throws -> R {
        let canceller = connection.canceller
        let handler = control.onStop { canceller.cancel() }
        defer {
            control.removeStopHandler(handler)
            connection.close()
        }
        do {
            return try body(connection)
        } catch {
            if control.isStopping { throw CancellationError() }
            throw error
        }
    }
}

/// An error of MySQL or the network, and the operation that it interrupted.
struct SessionError: Error {
    let error: MySQLError
    let isConnecting: Bool

    init(_ error: MySQLError, isConnecting: Bool) {
        self.error = error
        self.isConnecting = isConnecting
    }
}
