import KafkaProtocol
import WireCore
import WireStreams

/// An error of a Kafka client. New cases may be added.
@nonexhaustive
public enum KafkaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A broker responded with an error; `about` describes the operation, `message` is the broker's own text, if any.
    case code(KafkaErrorCode, about: String, message: String? = nil)
    /// The connection to a broker failed, could not be opened, or timed out.
    case stream(StreamError, broker: SocketAddress?)
    /// The peer of a new connection does not use Kafka's protocol: a load balancer, or a listener that expects TLS.
    case notABroker(SocketAddress, reason: String)
    /// Bytes from a broker that the protocol does not allow.
    case malformed(context: String, WireError)
    /// The broker rejected the credentials or the mechanism, or the mechanism rejected the broker.
    case authentication(mechanism: String, broker: SocketAddress, reason: String)
    /// The credentials could not be obtained at this time: a token endpoint does not answer, for example.
    case credentialsUnavailable(mechanism: String, reason: String)
    /// Client and broker have no version of this request in common.
    case unsupportedVersion(APIKey, broker: ClosedRange<Int16>?)
    /// An operation did not succeed in time; `lastError` is the error of its last attempt.
    case timedOut(what: String, milliseconds: Int, lastError: String?)
    /// None of these brokers can be reached.
    case unreachable(brokers: [SocketAddress], lastError: String)
    /// A record batch in a codec that is not supported.
    case unsupportedCodec(String, about: String)
    /// A record is larger than `ProducerConfiguration.requestBytesMax`.
    case recordTooLarge(bytes: Int, limit: Int, topic: String)
    /// The client, producer or reader was closed or cancelled.
    case closed
    /// A transaction can only be aborted, for this reason.
    indirect case mustAbortTransaction(KafkaError)
    /// The record was not sent, since its transaction was aborted.
    case transactionAborted
    /// A call that the state of the producer's transaction does not allow.
    case transactionState(operation: String, state: String)
    /// The producer cannot continue without losing or repeating records.
    case fatal(String)
    /// An error of a consumer's position or membership.
    case consumer(ConsumerError)

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
            "\(address) is not a Kafka broker, or its listener has another security protocol (\(reason))"
        case .malformed(let context, let fault): "malformed \(context): \(fault)"
        case .authentication(let mechanism, let broker, let reason):
            "broker \(broker): authentication by SASL \(mechanism) failed: \(reason)"
        case .credentialsUnavailable(let mechanism, let reason):
            "no credentials for SASL \(mechanism): \(reason)"
        case .unsupportedVersion(let key, let range):
            range.map { "the broker supports \(key) in versions \($0.lowerBound) to \($0.upperBound), this client in none of them" }
                ?? "the broker does not support the request \(key)"
        case .timedOut(let what, let milliseconds, let lastError):
            "\(what) did not complete within \(milliseconds) ms" + (lastError.map { "; last: \($0)" } ?? "")
        case .unreachable(let brokers, let lastError):
            "no broker can be reached (tried \(brokers.map(\.description).joined(separator: ", "))): \(lastError)"
        case .unsupportedCodec(let codec, let about):
            "\(about) is compressed with \(codec), which is not supported"
        case .recordTooLarge(let bytes, let limit, let topic):
            "a record for topic \(topic) has \(bytes) bytes, more than the maximum of \(limit)"
        case .closed: "the Kafka client was closed"
        case .mustAbortTransaction(let cause): "the transaction can only be aborted: \(cause)"
        case .transactionAborted: "the transaction was aborted before the record was sent"
        case .transactionState(let operation, let state): "\(operation) is not possible: \(state)"
        case .fatal(let reason): reason
        case .consumer(let error): error.description
        }
    }

    /// Whether the same operation may succeed later, on this or a new connection.
    public var isRetriable: Bool {
        switch self {
        case .code(let code, _, _): code.isRetriable
        case .stream(.cancelled, _), .stream(.tls, _): false
        case .stream, .notABroker, .credentialsUnavailable, .timedOut, .unreachable: true
        case .malformed, .authentication, .unsupportedVersion, .unsupportedCodec, .recordTooLarge, .closed,
            .mustAbortTransaction, .transactionAborted, .transactionState, .fatal:
            false
        case .consumer(let error): error.isRetriable
        }
    }

    /// Whether it concerns the connection to one broker, not the operation.
    var isOfConnection: Bool {
        switch self {
        case .stream, .notABroker: true
        case .code, .malformed, .authentication, .credentialsUnavailable, .unsupportedVersion, .timedOut, .unreachable,
            .unsupportedCodec, .recordTooLarge, .closed, .mustAbortTransaction, .transactionAborted, .transactionState,
            .fatal, .consumer:
            false
        }
    }

    var isTimeout: Bool {
        if case .stream(.timedOut, _) = self { true } else { false }
    }

    /// Whether the broker has closed or reset the connection, as it does when it stops, when the connection was idle,
    /// and when it does not serve the version of the request.
    var isEndOfConnection: Bool {
        switch self {
        case .stream(.closed, _), .stream(.system, _), .notABroker: true
        default: false
        }
    }

    /// The broker's error code; nil for an error that no broker reported.
    public var errorCode: KafkaErrorCode? {
        if case .code(let code, _, _) = self { code } else { nil }
    }
}
