import WireStreams

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
    public var isRetriable: Bool {
        switch self {
        case .stream(.cancelled), .stream(.tls): false
        // A name that leads nowhere too: container networks forget the name of a server that is being restarted.
        case .stream: true
        case .server(let error): error.isRetriable
        case .malformed, .authentication, .unsupported: false
        }
    }
}
