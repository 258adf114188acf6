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

    /// Runs `body` with a connection to a broker that can be reached. If none of the known ones can, the bootstrap
    /// servers are used again (KIP-899).
    func withAnyBroker<R>(
        _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        var tried: [SocketAddress] = []
        var lastError: KafkaError?
        func attempt(_ brokers: [SocketAddress]) throws(KafkaError) -> R? {
            for broker in pool.ordered(brokers) where !tried.contains(broker) {
                do throws(KafkaError) {
                    return try pool.withConnection(to: broker, cancellation, body)
                } catch {
                    guard error.isOfConnection else { throw error }
                    tried.append(broker)
                    lastError = error
                }
            }
            return nil
        }
        let known = cluster.addresses(rotation: .random(in: 0...Int(Int32.max)))
        if !known.isEmpty {
            if let result = try attempt(known) { return result }
            guard configuration.metadataRecovery == .rebootstrap else { throw unreachable(tried, lastError) }
            rebootstrap("none of the known brokers can be reached")
        }
        if let result = try attempt(bootstrapAddresses()) { return result }
        throw unreachable(tried.isEmpty ? configuration.bootstrapServers : tried, lastError)
    }

    private func unreachable(_ brokers: [SocketAddress], _ lastError: KafkaError?) -> KafkaError {
        // What only a change of the configuration resolves, such as a certificate that is refused.
        if let lastError, !lastError.isRetriable { return lastError }
        return .unreachable(
            brokers: brokers, lastError: lastError.map { "\($0)" } ?? "no bootstrap server is configured")
    }

    private func bootstrapAddresses() -> [SocketAddress] {
        let servers = configuration.bootstrapServers
        guard configuration.dnsLookup == .resolveCanonicalBootstrapServersOnly else { return servers }
        return servers.flatMap { server in
            do throws(StreamError) {
                return try server.canonicalNames()
            } catch {
                configuration.observer?.connectionFailed(to: server, .stream(error, broker: server))
                return []
            }
        }
    }

    private func rebootstrap(_ reason: String) {
        metadataState.withLock { $0.rebootstrap(now: .now) }
        configuration.observer?.rebootstrapped(reason: reason)
    }

    func withBroker<R>(
        _ id: Int32, _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        do throws(KafkaError) {
            return try pool.withConnection(to: try address(of: id, cancellation), cancellation, body)
        } catch {
            // It may have moved.
            if error.isOfConnection { metadataState.withLock { $0.noteFailure() } }
            throw error
        }
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

    /// What is known about the versions that a broker serves.
    func updateVersions<R: Sendable>(of broker: SocketAddress, _ body: (inout VersionLimits) -> R) -> R {
        pool.updateVersions(of: broker, body)
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

    /// For coordinators: heartbeats are not delayed by the throttling of other requests.
    func withConnection<R>(
        to broker: SocketAddress, _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try pool.withConnection(to: broker, isDelayed: false, cancellation, body)
    }

    // MARK: Addresses

    func address(of id: Int32, _ cancellation: Cancellation) throws(KafkaError) -> SocketAddress {
        let known = cluster
        let isCurrent = !known.needsRefresh(now: .now, ageMillisecondsMax: configuration.metadataMaxAgeMilliseconds)
        if isCurrent, let broker = known.brokers[id] { return broker.address }
        do throws(KafkaError) {
            _ = try metadata(topics: [], cancellation)
        } catch {
            // The broker may be reachable although its metadata cannot be renewed.
            guard let broker = known.brokers[id], error.isRetriable else { throw error }
            return broker.address
        }
        guard let broker = cluster.brokers[id] else {
            throw .code(.leaderNotAvailable, about: "finding broker \(id)", message: "the cluster has no such broker")
        }
        return broker.address
    }

    /// Adds brokers that lead partitions now, from a response of one that does not any more (KIP-951).
    func learn(_ brokers: [BrokerDescription]) {
        guard !brokers.isEmpty else { return }
        metadataState.withLock { cluster in
            for broker in brokers { cluster.add(broker) }
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
        let isOverdue = metadataState.withLock {
            $0.requestBegins(now: .now, triggerMilliseconds: configuration.rebootstrapTriggerMilliseconds)
        }
        let canRebootstrap = configuration.metadataRecovery == .rebootstrap
        if isOverdue, canRebootstrap {
            rebootstrap("there was no metadata for \(configuration.rebootstrapTriggerMilliseconds) ms")
        }
        var response = try fetchMetadata(request, cancellation)
        if response.errorCode == .rebootstrapRequired, canRebootstrap {
            rebootstrap("a broker requires it")
            response = try fetchMetadata(request, cancellation)
        }
        guard response.errorCode == .none else { throw .code(response.errorCode, about: "fetching metadata") }
        let changes = metadataState.withLock { $0.update(&response, now: .now) }
        let observer = configuration.observer
        observer?.metadataRefreshed(brokerCount: response.brokers.count, topicCount: response.topics.count)
        for change in changes {
            switch change {
            case .clusterID(let old, let new): observer?.clusterIDChanged(from: old, to: new)
            case .addressRemoved(let address): pool.close([address])
            }
        }
        return response
    }

    private func fetchMetadata(
        _ request: MetadataRequest, _ cancellation: Cancellation
    ) throws(KafkaError) -> MetadataResponse {
        try withAnyBroker(cancellation) { connection throws(KafkaError) in
            let response = try connection.request(request)
            // Another version may be served.
            if response.errorCode == .unsupportedVersion { throw .code(response.errorCode, about: "fetching metadata") }
            return response
        }
    }

    /// The id of a topic of which metadata was fetched; nil if it is unknown, then its name must be used: see
    /// `BrokerVersions.version(of:hasTopicIDs:)`.
    func topicID(of name: String) -> KafkaUUID? { metadataState.withLock { $0.topicID(of: name) } }

    /// A broker did not know the id of a topic: its name is used until metadata is fetched again.
    func forgetTopicID(of name: String) { metadataState.withLock { $0.forgetTopicID(of: name) } }

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
