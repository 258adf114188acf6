import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// A connection to a broker for one request at a time; a call owns it for the whole exchange.
final class BrokerConnection: Sendable {
    /// A request that was sent, and what came of it.
    struct SentRequest: Sendable {
        let apiKey: APIKey
        let version: Int16
        var isAnswered = false
    }

    let broker: SocketAddress
    /// Those that the broker announces, without those that it does not serve.
    let versions: BrokerVersions
    let canceller: SocketCanceller
    private let requestTimeoutMilliseconds: Int
    private let link: Mutex<BrokerLink>
    private let observer: (any KafkaClientObserver)?
    private let state = Mutex(State())

    private struct State {
        /// The error that ended the connection.
        var failure: KafkaError?
        /// The requests since `takeRequests`.
        var requests: [SentRequest] = []
    }

    init(
        to broker: SocketAddress, _ configuration: KafkaClientConfiguration, setupTimeoutMilliseconds: Int? = nil,
        limits: VersionLimits = VersionLimits(), _ cancellation: Cancellation
    ) throws(KafkaError) {
        let link = try BrokerLink(
            to: broker, configuration, setupTimeoutMilliseconds: setupTimeoutMilliseconds, cancellation)
        self.broker = broker
        versions = link.versions.limited { limits.limit(of: $0) }
        canceller = link.canceller
        requestTimeoutMilliseconds = configuration.requestTimeoutMilliseconds
        observer = configuration.observer
        self.link = Mutex(link)
    }

    deinit { observer?.connectionClosed(to: broker, state.withLock { $0.failure }) }

    /// Whether the broker has closed it while it was idle.
    var isClosedByPeer: Bool { link.withLock { $0.isClosedByPeer() } }

    /// Until when the broker asks for no further request.
    var throttledUntil: MonotonicInstant? { link.withLock { $0.throttledUntil } }

    /// The requests since the last call.
    func takeRequests() -> [SentRequest] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    /// Sends a request in the highest version that both sides support, not above `cap`, and waits for the response.
    ///
    /// - Parameters:
    ///   - extraTimeoutMilliseconds: added to the timeout of an ordinary request (long polls, joins).
    ///   - limitMilliseconds: the maximum timeout, if less than that of an ordinary request.
    func request<Request: KafkaRequest>(
        _ request: Request, atMost cap: Int16 = .max, extraTimeoutMilliseconds: Int = 0, limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> Request.Response {
        let version = try versions.version(of: Request.apiKey, atMost: cap)
        let timeout = min(requestTimeoutMilliseconds + extraTimeoutMilliseconds, limitMilliseconds ?? .max)
        return try link.withLock { (link) throws(KafkaError) -> Request.Response in
            do throws(KafkaError) {
                if link.reauthenticateAt != nil {
                    link.setReadTimeout(milliseconds: min(requestTimeoutMilliseconds, timeout))
                    try link.authenticateIfDue(now: .now)
                }
                link.setReadTimeout(milliseconds: timeout)
                state.withLock { $0.requests.append(SentRequest(apiKey: Request.apiKey, version: version)) }
                let response = try link.exchange(request, version: version)
                if let refusal = response as? any VersionRefusal, refusal.refusesVersion {
                    throw .code(.unsupportedVersion, about: "\(Request.apiKey) v\(version)")
                }
                state.withLock { $0.requests[$0.requests.count - 1].isAnswered = true }
                return response
            } catch {
                state.withLock { $0.failure = error }
                throw error
            }
        }
    }
}
