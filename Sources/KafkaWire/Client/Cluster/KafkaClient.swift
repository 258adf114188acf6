import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// A Kafka cluster as seen by one program: its brokers, topics and connections. Shared by everything that speaks to it.
///
/// All calls block the thread that makes them. Each has a connection to itself while it lasts; connections are
/// kept for the next call.
public final class KafkaClient: Sendable {
    public let configuration: KafkaClientConfiguration
    let cancellation = Cancellation()
    private let pool: ConnectionPool
    private let picture = Mutex(ClusterMetadata())

    /// Connects to nobody yet.
    public init(_ configuration: KafkaClientConfiguration) {
        self.configuration = configuration
        pool = ConnectionPool(configuration)
    }

    /// Cuts every connection; whoever waits in a call gets `.closed`.
    public func close() {
        cancellation.cancel()
        pool.close()
    }

    // MARK: Whom to ask

    var cluster: ClusterMetadata { picture.withLock { $0 } }

    /// Runs `body` with a connection to the first broker that can be reached.
    func withAnyBroker<R>(
        _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        let candidates = cluster.candidates(bootstrap: configuration.bootstrapServers)
        var lastError: KafkaError?
        for broker in candidates {
            do throws(KafkaError) {
                let result = try pool.withConnection(to: broker, cancellation, body)
                picture.withLock { $0.note(broker, isReachable: true) }
                return result
            } catch {
                guard error.isOfConnection else { throw error }
                picture.withLock { $0.note(broker, isReachable: false) }
                lastError = error
            }
        }
        throw .unreachable(brokers: candidates, lastError: lastError.map { "\($0)" } ?? "no bootstrap server is configured")
    }

    func withBroker<R>(
        _ id: Int32, _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try pool.withConnection(to: try address(of: id, cancellation), cancellation, body)
    }

    /// The controller, which alone may change topics where brokers do not pass such requests on (before KRaft).
    func withController<R>(
        _ cancellation: Cancellation, _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        let answer = try metadata(topics: [], cancellation)
        guard answer.brokers.contains(where: { $0.nodeID == answer.controllerID }) else {
            return try withAnyBroker(cancellation, body)
        }
        return try withBroker(answer.controllerID, cancellation, body)
    }

    /// - Parameter limitMilliseconds: how long the question who it is may go unanswered; nil: as long as any.
    func withCoordinator<R>(
        ofGroup group: String, limitMilliseconds: Int? = nil, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        let coordinator = try withAnyBroker(cancellation) { connection throws(KafkaError) in
            try Self.coordinator(ofGroup: group, from: connection, limitMilliseconds: limitMilliseconds)
        }
        return try pool.withConnection(to: coordinator, cancellation, body)
    }

    private static func coordinator(
        ofGroup group: String, from connection: BrokerConnection, limitMilliseconds: Int?
    ) throws(KafkaError) -> SocketAddress {
        var request = FindCoordinatorRequest()
        request.key = group
        request.coordinatorKeys = [group]
        let response = try connection.request(request, limitMilliseconds: limitMilliseconds)
        let (code, message, host, port) = response.coordinators.first
            .map { ($0.errorCode, $0.errorMessage, $0.host, $0.port) }
            ?? (response.errorCode, response.errorMessage, response.host, response.port)
        guard code == .none else {
            throw .code(code, about: "finding the coordinator of group \(group)", message: message.nonEmpty)
        }
        guard let port = UInt16(exactly: port) else {
            throw .malformed(
                context: "coordinator of group \(group)", WireError(.invalidValue("port \(port)"), at: 0))
        }
        return SocketAddress(host: host, port: port)
    }

    func address(of id: Int32, _ cancellation: Cancellation) throws(KafkaError) -> SocketAddress {
        if let broker = cluster.brokers[id] { return broker.address }
        _ = try metadata(topics: [], cancellation)
        guard let broker = cluster.brokers[id] else {
            throw .code(.leaderNotAvailable, about: "looking for broker \(id)", message: "the cluster does not know it")
        }
        return broker.address
    }

    // MARK: Metadata

    /// Asks for the brokers and for some topics; nil: all topics.
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
        guard response.errorCode == .none else { throw .code(response.errorCode, about: "asking for metadata") }
        picture.withLock { $0.update(response) }
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

    /// Tries `body` again while its errors promise that this may help, at most `timeoutMilliseconds`; nil: for ever.
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
                try cancellation.pause(milliseconds: pause)
            }
        }
    }
}

extension String? {
    /// Nil for an empty text too: brokers that have nothing to say send either.
    var nonEmpty: String? { self?.isEmpty == true ? nil : self }
}
