import WireStreams

/// An error in the communication between a client and a server.
///
/// An error is data: the case is its kind, the associated value has the details (`code`, `sqlState`, the offset in a
/// malformed packet), `isRetriable` is the policy. It contains no password and no row. New cases may be added.
@nonexhaustive
public enum MySQLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The server responded with an ERR packet.
    case server(MySQLServerError)
    /// The server sent bytes that the protocol does not allow.
    case malformed(MySQLProtocolError)
    /// The connection could not be made, was lost, was cancelled, or exceeded a time limit.
    case stream(StreamError)
    /// The server requests an authentication method that this client does not perform.
    case authentication(MySQLAuthenticationError)
    /// The operation needs something that the server does not offer or that this library does not implement.
    case unsupported(MySQLUnsupportedFeature)
    /// A statement was started before the rows of the previous query had been read to the end.
    case resultSetOpen
    /// The rows of this query can no longer be read: another statement was started, or the client was closed.
    case resultSetClosed
    /// A value could not be converted to the requested type.
    case conversion(MySQLConversionError)

    public var description: String {
        switch self {
        case .server(let error): error.description
        case .malformed(let error): error.description
        case .stream(let error): error.description
        case .authentication(let error): error.description
        case .unsupported(let feature): feature.description
        case .resultSetOpen: "the rows of the previous query have not been read to the end"
        case .resultSetClosed: "the rows of this query can no longer be read"
        case .conversion(let error): error.description
        }
    }

    /// Whether the same operation may succeed on a new connection.
    public var isRetriable: Bool {
        switch self {
        case .stream(.cancelled), .stream(.tls): false
        // Also an unresolvable name: container networks drop the name of a server that is being restarted.
        case .stream: true
        case .server(let error): error.isRetriable
        case .malformed, .authentication, .unsupported, .resultSetOpen, .resultSetClosed, .conversion:
            false
        }
    }

    /// The server's error number, for example 1062 (ER_DUP_ENTRY). nil unless the server responded with an error.
    public var code: UInt16? {
        if case .server(let error) = self { error.code } else { nil }
    }

    /// The SQLSTATE of five characters. nil unless the server responded with one.
    public var sqlState: String? {
        if case .server(let error) = self, !error.sqlState.isEmpty { error.sqlState } else { nil }
    }
}
