import KafkaProtocol
import WireCore

/// Why the broker ends a connection before its client has had enough.
enum ConnectionError: Error, CustomStringConvertible {
    case malformed(APIKey?, WireError)
    /// A request that was never announced.
    case unserved(APIKey, version: Int16)
    /// A request, or the answer that it asks for, is too long.
    case tooLarge(APIKey, bytes: Int)
    /// A produce request without acknowledgement failed: closing is the only way to say so.
    case unacknowledged(KafkaErrorCode)
    /// An interceptor demanded it.
    case intercepted(APIKey)

    var description: String {
        switch self {
        case .malformed(let key, let fault): "malformed \(key?.name ?? "request"): \(fault)"
        case .unserved(let key, let version): "\(key.name) in version \(version) is not served here"
        case .tooLarge(let key, let bytes): "\(key.name) with \(bytes) bytes is too large"
        case .intercepted(let key): "an interceptor of \(key.name) demanded it"
        case .unacknowledged(let code): "a produce request with acks=0 failed: \(code)"
        }
    }
}
