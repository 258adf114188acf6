import KafkaProtocol
import WireCore

/// Why the broker closes a connection.
enum ConnectionError: Error, CustomStringConvertible {
    case malformed(APIKey?, WireError)
    /// A request or version that ApiVersions does not announce.
    case unserved(APIKey, version: Int16)
    /// A request or its response is too long.
    case tooLarge(APIKey, bytes: Int)
    /// A produce request without acknowledgement failed, which the client can only notice by the closed connection.
    case unacknowledged(KafkaErrorCode)
    /// A request that the state of the authentication does not permit.
    case unauthenticated(String)
    /// The client could not authenticate, which its last response says.
    case authenticationFailed
    /// An interceptor closed the connection.
    case intercepted(APIKey)

    var description: String {
        switch self {
        case .malformed(let key, let error): "malformed \(key?.name ?? "request"): \(error)"
        case .unserved(let key, let version): "\(key.name) version \(version) is not supported"
        case .tooLarge(let key, let bytes): "\(key.name) with \(bytes) bytes is too large"
        case .unauthenticated(let reason): reason
        case .authenticationFailed: "the authentication failed"
        case .intercepted(let key): "intercepted \(key.name)"
        case .unacknowledged(let code): "a produce request with acks=0 failed: \(code)"
        }
    }
}
