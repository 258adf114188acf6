import WireStreams

/// What happens on a connection, for metrics and logs. New cases may be added.
@nonexhaustive
public enum MySQLConnectionEvent: Sendable {
    /// A connection was made and authenticated.
    case opened(MySQLConnectionID, duration: Duration)
    /// A connection could not be made, or failed afterwards (`id` is not nil then).
    case failed(MySQLConnectionID?, address: SocketAddress, MySQLError)
    /// The client closed the connection.
    case closed(MySQLConnectionID, MySQLTraffic)
    case queryStarted(MySQLConnectionID, statement: String)
    /// The response to a statement has been read to its end, or an error ended it.
    case queryFinished(MySQLConnectionID, statement: String, MySQLQueryStatistics, error: MySQLError?)
    /// A replication stream received a heartbeat.
    case heartbeat(MySQLConnectionID)
}

/// Receives the events of connections, on the thread that uses the connection. It must return quickly.
public typealias MySQLEventHandler = @Sendable (MySQLConnectionEvent) -> Void

/// Identifies a connection in events.
public struct MySQLConnectionID: Hashable, Sendable {
    public let address: SocketAddress
    /// The server's number for the connection, as in `SHOW PROCESSLIST`.
    public let number: UInt32
}

/// The cost of one statement.
public struct MySQLQueryStatistics: Equatable, Sendable {
    /// From sending the statement to the end of its response, including the time that the caller needs for the rows.
    public var duration: Duration
    /// From sending the statement to the first packet of its response; nil if none was received.
    public var latency: Duration?
    /// The number of rows that were read.
    public var rows: Int
    public var traffic: MySQLTraffic
}
