import KafkaProtocol
import WireCore
import WireStreams

/// The broker's state and its request handlers: one method for each kind of request.
final class BrokerService: Sendable {
    static let logger = Logger("cdcd.broker")

    let configuration: DevelopmentBrokerConfiguration
    /// In the order of their ids.
    let nodes: [BrokerNode]
    let membership: ClusterMembership
    let users: UserRegistry
    let identity: BrokerIdentity
    let directory: DataDirectory
    let topics: TopicRegistry
    let maintenance: LogMaintenance
    let groups: GroupCoordinator
    let producerIDs: ProducerIDs
    let coordinatorEpochs: CoordinatorEpochs
    let quorum: MetadataQuorum
    let transactions: TransactionCoordinator
    let interceptors: RequestInterceptors
    let quotas: QuotaRegistry
    let quotaEnforcement: QuotaEnforcement
    let features: FeatureRegistry

    init(configuration: DevelopmentBrokerConfiguration, nodes: [BrokerNode]) throws(StorageError) {
        self.configuration = configuration
        self.nodes = nodes
        membership = ClusterMembership(nodeCount: Int32(nodes.count))
        directory = try DataDirectory(path: configuration.dataDirectory)
        identity = try BrokerIdentity(in: directory)
        users = try UserRegistry(directory: directory, passwords: configuration.security.passwords)
        let openFilesMax = configuration.limits.openFilesMax ?? Self.openFilesMax(descriptorLimit: DescriptorLimit.soft)
        topics = try TopicRegistry(
            directory: directory, files: OpenFiles(openMax: openFilesMax), defaults: configuration.topicDefaults,
            membership: membership)
        interceptors = RequestInterceptors(
            topicName: { [topics] in topics.topic(id: $0)?.name },
            impliedEntries: { [topics, nodes] request, nodeID in
                Self.impliedEntries(request, topics, nodes.first { $0.id == nodeID }?.fetchSessions)
            },
            moveLeaders: { [topics] entries in Self.moveLeaders(of: entries, in: topics) })
        quotas = try QuotaRegistry(directory: directory)
        quotaEnforcement = QuotaEnforcement(quotas)
        features = try FeatureRegistry(
            directory: directory, transactionVersion: configuration.transactionVersion)
        groups = try GroupCoordinator(
            directory: directory, membership: membership, flushesAlways: configuration.topicDefaults.flushesAlways,
            now: .now)
        producerIDs = try ProducerIDs(directory: directory)
        quorum = try MetadataQuorum(directory: directory, membership: membership)
        coordinatorEpochs = try CoordinatorEpochs(directory: directory, membership: membership)
        transactions = try TransactionCoordinator(
            directory: directory, producerIDs: producerIDs, epochs: coordinatorEpochs, topics: topics, groups: groups,
            flushesAlways: configuration.topicDefaults.flushesAlways)
        maintenance = LogMaintenance(
            topics: topics, groups: groups, transactions: transactions,
            cleanupMilliseconds: configuration.cleanupIntervalMilliseconds,
            flushMilliseconds: configuration.topicDefaults.flushMilliseconds,
            offsetsRetentionMilliseconds: configuration.limits.offsetsRetentionMilliseconds)
    }

    /// The partitions of a fetch session of the node, and all topics if a request does not name any.
    private static func impliedEntries(
        _ request: any KafkaRequest, _ topics: TopicRegistry, _ fetchSessions: FetchSessionRegistry?
    ) -> [RequestEntry] {
        switch request {
        case let request as FetchRequest: return fetchSessions?.entries(of: request.sessionID) ?? []
        case let request as MetadataRequest where request.topics == nil: break
        case let request as DescribeTopicPartitionsRequest where request.topics.isEmpty: break
        default: return []
        }
        return topics.all.map { RequestEntry(topic: $0.name, hasAllPartitions: true) }
    }

    /// The address of a node for the client of a request; nil if the node does not exist.
    func address(ofNode id: Int32, _ context: RequestContext) -> SocketAddress? {
        nodes.first { $0.id == id }?.advertised(on: context.listenerName)
    }

    /// Half of the descriptors are for files, the other half for connections and the rest of the process.
    static func openFilesMax(descriptorLimit: Int) -> Int { min(max(8, descriptorLimit / 2), 10_000) }

    /// Handles one request. Throws if the connection must be closed.
    func respond(to exchange: RequestExchange, body: ByteReader) throws -> RequestAnswer {
        let key = exchange.header.apiKey
        let version = exchange.header.apiVersion
        guard let handler = RequestHandler.byKey[key] else { throw ConnectionError.unserved(key, version: version) }
        guard serves(key, version: version) else {
            guard key == .apiVersions else { throw ConnectionError.unserved(key, version: version) }
            // KIP-511: the client learns the supported versions from a response in version 0.
            return RequestAnswer(bytes: try exchange.frame(apiVersionsOfUnsupportedVersion, version: 0))
        }
        return try handler.respond(self, exchange, body)
    }

    /// Whether a request of this version is handled.
    func serves(_ key: APIKey, version: Int16) -> Bool {
        guard let handler = RequestHandler.byKey[key] else { return false }
        return configuration.apiVersions.announced(key, of: handler.versions)?.contains(version) == true
    }
}
