import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// A Kafka cluster as used by one program: its metadata and its connections. Shared by producers, readers and admin
/// calls. Thread-safe.
///
/// A call has a connection to itself while it runs; connections are kept for later calls. A client by itself has no
/// threads.
public final class KafkaClient: Sendable {
    /// The configuration that the client was created with.
    public let configuration: KafkaClientConfiguration
    let cancellation = Cancellation()
    private let pool: ConnectionPool
    private let metadataState = Mutex(ClusterMetadata())
    private let coordinators = Mutex<[CoordinatorKey: SocketAddress]>([:])

    /// Does not connect yet.
    public init(_ configuration: KafkaClientConfiguration) {
        self.configuration = configuration
        pool = ConnectionPool(configuration)
    }

    /// Closes every connection and makes all calls, including waiting ones, throw `.closed`; ends its producers and
    /// readers.
    public func close() {
        cancellation.cancel()
        pool.close()
    }

    // MARK: Brokers

    var cluster: ClusterMetadata { metadataState.withLock { $0 } }

    /// Runs `body` with a connection to the first broker that can be reached.
    func withAnyBroker<R>(
        _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        let candidates = cluster.candidates(bootstrap: configuration.bootstrapServers)
        var lastError: KafkaError?
        for broker in candidates {
            do throws(KafkaError) {
                let result = try pool.withConnection(to: broker, cancellation, body)
                metadataState.withLock { $0.note(broker, isReachable: true) }
                return result
            } catch {
                guard error.isOfConnection else { throw error }
                metadataState.withLock { $0.note(broker, isReachable: false) }
                lastError = error
            }
        }
        // What only a change of the configuration resolves, such as a certificate that is refused.
        if let lastError, !lastError.isRetriable { throw lastError }
        throw .unreachable(brokers: candidates, lastError: lastError.map { "\($0)" } ?? "no bootstrap server is configured")
    }

    func withBroker<R>(
        _ id: Int32, _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try pool.withConnection(to: try address(of: id, cancellation), cancellation, body)
    }

    /// The controller. Without request forwarding (before KRaft) only the controller can change topics.
    func withController<R>(
        _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        let response = try metadata(topics: [], cancellation)
        guard response.brokers.contains(where: { $0.nodeID == response.controllerID }) else {
            return try withAnyBroker(cancellation, body)
        }
        return try withBroker(response.controllerID, cancellation, body)
    }

    // MARK: Coordinators

    func cachedCoordinator(of key: CoordinatorKey) -> SocketAddress? { coordinators.withLock { $0[key] } }

    func cacheCoordinator(_ broker: SocketAddress, of key: CoordinatorKey) {
        coordinators.withLock { $0[key] = broker }
    }

    /// Drops a coordinator from the cache, unless another one has replaced it.
    func dropCoordinator(_ broker: SocketAddress, of key: CoordinatorKey) {
        coordinators.withLock { if $0[key] == broker { $0[key] = nil } }
    }

    func withConnection<R>(
        to broker: SocketAddress, _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try pool.withConnection(to: broker, cancellation, body)
    }

    // MARK: Addresses

    func address(of id: Int32, _ cancellation: Cancellation) throws(KafkaError) -> SocketAddress {
        if let broker = cluster.brokers[id] { return broker.address }
        _ = try metadata(topics: [], cancellation)
        guard let broker = cluster.brokers[id] else {
            throw .code(.leaderNotAvailable, about: "finding broker \(id)", message: "the cluster has no such broker")
        }
        return broker.address
    }

    /// The brokers that lead partitions now, from a response of one that does not any more (KIP-951).
    func learn(_ endpoints: [ProduceResponse.NodeEndpoint]) {
        metadataState.withLock { cluster in
            for endpoint in endpoints {
                guard let port = UInt16(exactly: endpoint.port) else { continue }
                let address = SocketAddress(host: endpoint.host, port: port)
                cluster.add(BrokerDescription(id: endpoint.nodeID, address: address, rack: endpoint.rack))
            }
        }
    }

    // MARK: Metadata

    /// Fetches the brokers and some topics; nil is all topics.
    func metadata(
        topics: [String]?, allowsCreation: Bool = false, _ cancellation: Cancellation
    ) throws(KafkaError) -> MetadataResponse {
        var request = MetadataRequest()
        request.allowAutoTopicCreation = allowsCreation
        request.topics = topics.map { names in
            names.map { name in
                var topic = MetadataRequest.Topic()
                topic.name = name
                return topic
            }
        }
        let response = try withAnyBroker(cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        guard response.errorCode == .none else { throw .code(response.errorCode, about: "fetching metadata") }
        metadataState.withLock { $0.update(response) }
        configuration.observer?.metadataRefreshed(
            brokerCount: response.brokers.count, topicCount: response.topics.count)
        return response
    }

    /// A topic whose partitions all have a leader. Throws `.code` otherwise.
    func topic(
        _ name: String, allowsCreation: Bool = false, _ cancellation: Cancellation
    ) throws(KafkaError) -> TopicDescription {
        let response = try metadata(topics: [name], allowsCreation: allowsCreation, cancellation)
        guard let topic = response.topics.first(where: { $0.name == name }) else {
            throw .code(.unknownTopicOrPartition, about: "topic \(name)")
        }
        guard let description = TopicDescription(topic) else { throw .code(topic.errorCode, about: "topic \(name)") }
        guard !description.partitions.isEmpty, description.partitions.allSatisfy({ $0.leader >= 0 }) else {
            throw .code(.leaderNotAvailable, about: "topic \(name)")
        }
        return description
    }

    // MARK: Retries

    /// Retries `body` while its errors are retriable, at most `timeoutMilliseconds` (nil: `apiTimeoutMilliseconds`).
    func retrying<R>(
        _ what: @autoclosure () -> String, timeoutMilliseconds: Int? = nil, _ cancellation: Cancellation,
        where isRetriable: (KafkaError) -> Bool = \.isRetriable, _ body: () throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        let started = MonotonicInstant.now
        let limit = timeoutMilliseconds ?? configuration.apiTimeoutMilliseconds
        var backoff = Backoff(configuration)
        while true {
            do throws(KafkaError) {
                return try body()
            } catch {
                guard isRetriable(error) else { throw error }
                let pause = backoff.next()
                let passed = MonotonicInstant.now.milliseconds(since: started)
                guard passed + pause < limit else {
                    throw .timedOut(what: what(), milliseconds: limit, lastError: "\(error)")
                }
                configuration.observer?.retrying(what(), after: error, pauseMilliseconds: pause)
                try cancellation.pause(milliseconds: pause)
            }
        }
    }
}

extension String? {
    /// Returns nil for an empty text too: brokers without a message send either.
    var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}
