import KafkaProtocol
import Synchronization
import WireStreams

/// A connection to a broker for one request at a time; a call owns it for the whole exchange.
final class BrokerConnection: Sendable {
    let broker: SocketAddress
    let versions: BrokerVersions
    let canceller: SocketCanceller
    private let requestTimeoutMilliseconds: Int
    private let link: Mutex<BrokerLink>
    private let observer: (any KafkaClientObserver)?
    /// The error that ended the connection.
    private let failure = Mutex<KafkaError?>(nil)

    init(
        to broker: SocketAddress, _ configuration: KafkaClientConfiguration, _ cancellation: Cancellation
    ) throws(KafkaError) {
        let link = try BrokerLink(to: broker, configuration, cancellation)
        self.broker = broker
        versions = link.versions
        canceller = link.canceller
        requestTimeoutMilliseconds = configuration.requestTimeoutMilliseconds
        observer = configuration.observer
        self.link = Mutex(link)
    }

    deinit { observer?.connectionClosed(to: broker, failure.withLock { $0 }) }

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
                return try link.exchange(request, version: version)
            } catch {
                failure.withLock { $0 = error }
                throw error
            }
        }
    }
}
