import KafkaProtocol
import Synchronization
import WireStreams

/// A connection to a broker for one request after another; whoever calls has it for the whole exchange.
final class BrokerConnection: Sendable {
    let broker: SocketAddress
    let versions: BrokerVersions
    let canceller: SocketCanceller
    private let requestTimeoutMilliseconds: Int
    private let link: Mutex<BrokerLink>

    init(
        to broker: SocketAddress, _ configuration: KafkaClientConfiguration, _ cancellation: Cancellation
    ) throws(KafkaError) {
        let link = try BrokerLink(to: broker, configuration, cancellation)
        self.broker = broker
        versions = link.versions
        canceller = link.canceller
        requestTimeoutMilliseconds = configuration.requestTimeoutMilliseconds
        self.link = Mutex(link)
    }

    /// Sends a request in the highest version that both sides know, not above `cap`, and waits for the answer.
    ///
    /// - Parameters:
    ///   - extraTimeoutMilliseconds: how much longer than an ordinary request it may take (long polls, joins).
    ///   - limitMilliseconds: how long it may take at most where that is less than an ordinary request.
    func request<Request: KafkaRequest>(
        _ request: Request, atMost cap: Int16 = .max, extraTimeoutMilliseconds: Int = 0, limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> Request.Response {
        let version = try versions.version(of: Request.apiKey, atMost: cap)
        let timeout = min(requestTimeoutMilliseconds + extraTimeoutMilliseconds, limitMilliseconds ?? .max)
        return try link.withLock { (link) throws(KafkaError) -> Request.Response in
            link.setReadTimeout(milliseconds: timeout)
            return try link.exchange(request, version: version)
        }
    }
}
