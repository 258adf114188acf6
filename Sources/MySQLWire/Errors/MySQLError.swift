import WireCore
import WireStreams

/// An ERR packet: the server's own words.
public struct MySQLServerError: Error, Equatable, Sendable, CustomStringConvertible {
    public let code: UInt16
    /// Five characters; empty where the server gave none (before the handshake is done).
    public let sqlState: String
    public let message: String
    /// Whether no command of the connection had succeeded when the error came.
    public let isBeforeFirstCommand: Bool

    public init(code: UInt16, sqlState: String, message: String, isBeforeFirstCommand: Bool = false) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
        self.isBeforeFirstCommand = isBeforeFirstCommand
    }

    public var description: String {
        sqlState.isEmpty ? "\(message) (error \(code))" : "\(message) (error \(code), SQLSTATE \(sqlState))"
    }
}

/// Bytes from the server that the protocol does not allow, with their place.
public struct MySQLProtocolError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The packet or event that was being read, by its name in the protocol documentation.
    public let context: String
    public let fault: WireError
    public let nearby: HexWindow?

    public init(_ context: String, _ fault: WireError, nearby: HexWindow? = nil) {
        self.context = context
        self.fault = fault
        self.nearby = nearby
    }

    public var description: String {
        "malformed \(context): \(fault)" + (nearby.map { " (bytes around it: \($0))" } ?? "")
    }
}

/// Everything that can go wrong between us and a server.
public enum MySQLError: Error, Equatable, Sendable, CustomStringConvertible {
    case server(MySQLServerError)
    case malformed(MySQLProtocolError)
    /// The connection is gone, was never made, or is silent.
    case stream(StreamError)
    /// The server asks for a way of authentication that cannot be taken; says why and the remedy.
    case authentication(String)
    /// The server lacks what was demanded of it, for example TLS.
    case unsupported(String)

    public var description: String {
        switch self {
        case .server(let error): error.description
        case .malformed(let error): error.description
        case .stream(let error): error.description
        case .authentication(let reason), .unsupported(let reason): reason
        }
    }

    /// Whether the same thing may well succeed on a new connection.
    public var isTransient: Bool {
        switch self {
        case .stream(.cancelled), .stream(.tls): false
        // A name that leads nowhere too: container networks forget the name of a server that is being restarted.
        case .stream: true
        case .server(let error): error.isTransient
        case .malformed, .authentication, .unsupported: false
        }
    }
}
