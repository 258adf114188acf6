import KafkaProtocol
import KafkaWire
import WireCore
import WireStreams

/// The Kafka cluster that a worker uses: its clients, its internal topics and the topics of its tasks.
final class KafkaCluster: Sendable {
    private let configuration: WorkerConfiguration
    private let client: KafkaClient
    private let admin: KafkaAdmin
    /// For the first request, with a short timeout, so that the log soon shows a wrong address.
    private let probeClient: KafkaClient
    /// For requests of a running worker, whose callers retry or report that Kafka is unavailable.
    private let briefClient: KafkaClient
    private let briefMilliseconds: Int
    /// For the membership: a wait for a coordinator must not be longer than the session.
    let groupClient: KafkaClient
    private static let adminLogger = Logger("org.apache.kafka.connect.util.TopicAdmin")

    /// - Parameter briefMilliseconds: the timeout of requests of a running worker, and of reading the offsets topic
    ///   after the first time.
    init(_ configuration: WorkerConfiguration, briefMilliseconds: Int = 3000) {
        self.configuration = configuration
        self.briefMilliseconds = briefMilliseconds
        var own = configuration.client
        own.clientID = configuration.memberClientID
        own.observer = KafkaClientMetrics(.worker, clientID: own.clientID)
        client = KafkaClient(own)
        admin = KafkaAdmin(client)
        var probing = own
        probing.apiTimeoutMilliseconds = min(3000, configuration.apiTimeoutMilliseconds)
        probeClient = KafkaClient(probing)
        var brief = own
        brief.apiTimeoutMilliseconds = min(briefMilliseconds, brief.apiTimeoutMilliseconds)
        brief.requestTimeoutMilliseconds = min(briefMilliseconds, brief.requestTimeoutMilliseconds)
        brief.connectTimeoutMilliseconds = min(briefMilliseconds, brief.connectTimeoutMilliseconds)
        briefClient = KafkaClient(brief)
        var grouping = own
        grouping.requestTimeoutMilliseconds = min(
            configuration.requestTimeoutMilliseconds, configuration.sessionTimeoutMilliseconds)
        groupClient = KafkaClient(grouping)
    }

    /// The cluster's id; nil if it has none. Retries until a broker answers or `default.api.timeout.ms` has passed, and
    /// logs each failure.
    func clusterID() throws -> String? {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: configuration.apiTimeoutMilliseconds)
        let probe = KafkaAdmin(probeClient)
        while true {
            do {
                let id = try probe.clusterID()
                probeClient.close()
                return id.isEmpty ? nil : id
            } catch {
                let left = deadline.milliseconds(since: .now)
                guard error.isRetriable, left > 0 else { throw error }
                Self.adminLogger.warn("Kafka does not answer, asking again for at most \(left) ms: \(error.explained())")
            }
        }
    }

    /// Opens an internal topic, creating it as Connect does if it is missing. Throws if it is not what Connect needs.
    func openLog(_ topic: WorkerConfiguration.InternalTopic, purpose: InternalTopicPurpose) throws -> KafkaTopicLog {
        if try admin.describeTopic(topic.name) == nil {
            _ = try create(topic, admin)
        }
        try check(topic, purpose: purpose, admin)
        // An operation on configurations may take 30 s in all, a commit of offsets its own time.
        let isOffsets = purpose == .offsets
        let limits = KafkaTopicLog.Limits(
            deliveryMilliseconds: isOffsets ? configuration.offsetFlushTimeoutMilliseconds : 30_000,
            readMilliseconds: min(
                isOffsets ? briefMilliseconds : .max, configuration.apiTimeoutMilliseconds))
        return try KafkaTopicLog(client, topic: topic.name, limits: limits) { [self] in
            try checkAgain(topic, purpose: purpose)
        }
    }

    /// Checks a topic that the worker uses already: it may have been deleted, and created again by another client.
    private func checkAgain(_ topic: WorkerConfiguration.InternalTopic, purpose: InternalTopicPurpose) throws {
        let admin = KafkaAdmin(briefClient)
        // A broker that has just started may not have the topic's metadata yet; its creation then reports that it
        // exists.
        if try admin.describeTopic(topic.name) == nil, try create(topic, admin) {
            Self.adminLogger.error(
                "Topic '\(topic.name)' supplied via the '\(purpose.rawValue)' property was deleted while the worker uses it. It was "
                    + "created again; its contents are lost" + (purpose == .configs
                        ? ": connectors run on, but must be configured again before the worker is restarted" : ""))
        }
        try check(topic, purpose: purpose, admin)
    }

    /// Returns false if the topic exists.
    private func create(_ topic: WorkerConfiguration.InternalTopic, _ admin: KafkaAdmin) throws -> Bool {
        let new = NewTopic(
            name: topic.name, partitions: topic.partitions, replicationFactor: topic.replicationFactor,
            configuration: [(name: "cleanup.policy", value: "compact")] + topic.configuration)
        do {
            try admin.createTopics([new]).get()
            Self.adminLogger.info("Created topic \(topic.name) with \(topic.partitions) partitions on brokers")
            return true
        } catch {
            // Another worker may have created it. Its configuration is checked next.
            guard error.errorCode == .topicAlreadyExists else { throw error }
            return false
        }
    }

    private func check(
        _ topic: WorkerConfiguration.InternalTopic, purpose: InternalTopicPurpose, _ admin: KafkaAdmin
    ) throws {
        let found = try admin.describeTopic(topic.name)
        if purpose == .configs, let found, found.partitions.count > 1 {
            throw WorkerError(
                "Topic '\(topic.name)' supplied via the '\(purpose.rawValue)' property is required to have a single partition in "
                    + "order to guarantee consistency of connector configurations, but found \(found.partitions.count) partitions. "
                    + "Name another topic, or delete this one.")
        }
        let policy: String?
        do {
            policy = try admin.topicConfiguration(topic.name).first { $0.name == "cleanup.policy" }?.value
        } catch {
            guard error.errorCode == .topicAuthorizationFailed || error.errorCode == .clusterAuthorizationFailed else {
                throw error
            }
            Self.adminLogger.info("The cleanup policy of \(topic.name) cannot be seen, and is taken to be compact: \(error)")
            return
        }
        guard let policy, policy != "compact" else { return }
        throw WorkerError(
            "Topic '\(topic.name)' supplied via the '\(purpose.rawValue)' property is required to have 'cleanup.policy=compact' to "
                + "guarantee consistency and durability of source connector offsets, but found the topic currently has "
                + "'cleanup.policy=\(policy)'. Continuing would likely result in eventually losing what the worker stores there. "
                + "Change it with: kafka-configs.sh --alter --topic \(topic.name) --add-config cleanup.policy=compact")
    }

    /// For requests of a running worker, with the worker's own client.
    var operations: KafkaAdmin { KafkaAdmin(briefClient) }

    /// Creates a topic of a connector unless it exists, with the worker's own client.
    func ensureTopic(_ topic: NewTopic) throws { try Self.ensureTopic(topic, briefClient) }

    static func ensureTopic(_ topic: NewTopic, _ client: KafkaClient) throws {
        let admin = KafkaAdmin(client)
        guard try admin.describeTopic(topic.name) == nil else { return }
        do {
            try admin.createTopics([topic]).get()
            adminLogger.info("Created topic \(topic.name)")
        } catch {
            // Another task may have created it meanwhile.
            guard error.errorCode == .topicAlreadyExists else { throw error }
        }
    }

    /// Ends everything that still waits for a broker.
    func close() {
        probeClient.close()
        briefClient.close()
        groupClient.close()
        client.close()
    }
}

extension WorkerConfiguration {
    /// The worker's membership of its group.
    var groupConfiguration: GroupConfiguration {
        GroupConfiguration(
            groupID: groupID, protocolType: "connect",
            sessionTimeoutMilliseconds: Int32(clamping: sessionTimeoutMilliseconds),
            heartbeatIntervalMilliseconds: Int32(clamping: heartbeatIntervalMilliseconds),
            rebalanceTimeoutMilliseconds: Int32(clamping: rebalanceTimeoutMilliseconds))
    }

    /// The client id of this worker in its group. Unless one is configured, it contains the host name and boot id.
    var memberClientID: String {
        guard clientID.isEmpty else { return clientID }
        return "connect-\(workerID)" + (WorkerHost.current.map { "-" + $0.clientIDSuffix } ?? "")
    }
}
