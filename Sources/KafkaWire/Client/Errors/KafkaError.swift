import KafkaProtocol
import WireCore
import WireStreams

/// Everything that can go wrong between us and a Kafka cluster.
public enum KafkaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A broker refused; `about` says what was asked of it, `message` is the broker's own text where it gave one.
    case code(KafkaErrorCode, about: String, message: String? = nil)
    /// The connection to a broker is gone, was never made, or is silent.
    case stream(StreamError, broker: SocketAddress?)
    /// What answers a new connection does not speak Kafka's protocol: a load balancer's page, a port that is half open.
    case notABroker(SocketAddress, reason: String)
    /// Bytes from a broker that the protocol does not allow.
    case malformed(context: String, WireError)
    /// The broker has no version of this request that is known here.
    case unsupportedVersion(APIKey, broker: ClosedRange<Int16>?)
    /// Nothing came of it in time; `lastError` says what stood in the way.
    case timedOut(what: String, milliseconds: Int, lastError: String?)
    /// No broker of the cluster can be reached; tried are those named.
    case unreachable(brokers: [SocketAddress], lastError: String)
    /// A record batch in a codec that is not built here.
    case unsupportedCodec(String, about: String)
    /// A record is larger than may be sent.
    case recordTooLarge(bytes: Int, limit: Int, topic: String)
    /// The caller gave up (`close`, `abort`, `cancel`).
    case closed
    /// The idempotent producer cannot go on without losing order or certainty.
    case fatal(String)

    init(_ error: RecordBatchError) {
        self = switch error {
        case .malformed(let context, let fault): .malformed(context: context, fault)
        case .unsupportedCodec(let codec, let about): .unsupportedCodec(codec, about: about)
        }
    }

    public var description: String {
        switch self {
        case .code(let code, let about, let message):
            "\(about): \(message ?? code.text) (\(code.name))"
        case .stream(let error, let broker):
            broker.map { "broker \($0): \(error)" } ?? "\(error)"
        case .notABroker(let address, let reason):
            "what answers at \(address) is no Kafka broker, or a listener with another security.protocol (\(reason))"
        case .malformed(let context, let fault): "malformed \(context): \(fault)"
        case .unsupportedVersion(let key, let range):
            range.map { "the broker has \(key) in versions \($0.lowerBound) to \($0.upperBound), none of which is known here" }
                ?? "the broker does not know the request \(key)"
        case .timedOut(let what, let milliseconds, let lastError):
            "\(what) was not done within \(milliseconds) ms" + (lastError.map { "; last: \($0)" } ?? "")
        case .unreachable(let brokers, let lastError):
            "no broker can be reached (tried \(brokers.map(\.description).joined(separator: ", "))): \(lastError)"
                + "; check bootstrap.servers and that the brokers' advertised listeners can be reached from here"
        case .unsupportedCodec(let codec, let about):
            "\(about) is compressed with \(codec), which cannot be read or written here yet; use none or gzip"
        case .recordTooLarge(let bytes, let limit, let topic):
            "a record for \(topic) has \(bytes) bytes, more than the \(limit) that max.request.size allows"
        case .closed: "the Kafka client was closed"
        case .fatal(let reason): reason
        }
    }

    /// Whether the same thing may well succeed later, on this or a new connection.
    public var isRetriable: Bool {
        switch self {
        case .code(let code, _, _): code.isRetriable
        case .stream(.cancelled, _), .stream(.tls, _): false
        case .stream, .notABroker, .timedOut, .unreachable: true
        case .malformed, .unsupportedVersion, .unsupportedCodec, .recordTooLarge, .closed, .fatal: false
        }
    }

    /// Whether it is about the connection to one broker, and not about what was asked of it.
    var isOfConnection: Bool {
        switch self {
        case .stream, .notABroker: true
        case .code, .malformed, .unsupportedVersion, .timedOut, .unreachable, .unsupportedCodec, .recordTooLarge,
            .closed, .fatal:
            false
        }
    }

    /// Whether the broker has closed or reset the connection, as it does when it ends or after a long silence.
    var isEndOfConnection: Bool {
        switch self {
        case .stream(.closed, _), .stream(.system, _): true
        default: false
        }
    }

    /// The broker's code, where a broker spoke.
    public var errorCode: KafkaErrorCode? {
        if case .code(let code, _, _) = self { code } else { nil }
    }
}
