import KafkaProtocol
import WireCore
import WireStreams

/// What the broker knows and does, whoever asks: one method for each kind of request.
final class BrokerService: Sendable {
    static let logger = Logger("cdcd.broker")

    let configuration: DevelopmentBrokerConfiguration
    let advertised: SocketAddress
    let identity: BrokerIdentity
    let directory: DataDirectory
    let topics: TopicRegistry
    let groups: GroupCoordinator
    let producerIDs: ProducerIDs

    init(configuration: DevelopmentBrokerConfiguration, advertised: SocketAddress) throws(StorageError) {
        self.configuration = configuration
        self.advertised = advertised
        directory = try DataDirectory(path: configuration.dataDirectory)
        identity = try BrokerIdentity(in: directory)
        let openFilesMax = configuration.limits.openFilesMax ?? Self.openFilesMax(descriptorLimit: DescriptorLimit.soft)
        topics = try TopicRegistry(directory: directory, files: OpenFiles(openMax: openFilesMax))
        groups = try GroupCoordinator(directory: directory, now: .now)
        producerIDs = try ProducerIDs(directory: directory)
    }

    /// Half of the descriptors are for files, the other half for connections and the rest of the process.
    static func openFilesMax(descriptorLimit: Int) -> Int { min(max(8, descriptorLimit / 2), 10_000) }

    /// The requests that are served. What is missing is not built: transactions, ACLs and quotas, the new group
    /// protocol (KIP-848), share groups, replication.
    static let served: [APIKey] = [
        .produce, .fetch, .listOffsets, .metadata, .offsetCommit, .offsetFetch, .findCoordinator, .joinGroup,
        .heartbeat, .leaveGroup, .syncGroup, .describeGroups, .listGroups, .apiVersions, .createTopics, .deleteTopics,
        .initProducerID, .offsetForLeaderEpoch, .describeConfigs, .createPartitions, .deleteGroups,
        .incrementalAlterConfigs, .describeCluster, .describeTopicPartitions,
    ]

    /// Has one request answered; nil where no answer is due. Throws where the connection must end.
    func answer(_ exchange: RequestExchange, body: ByteReader) throws -> [UInt8]? {
        let key = exchange.header.apiKey
        let version = exchange.header.apiVersion
        guard Self.served.contains(key), let versions = key.versions else {
            throw ConnectionFault.unserved(key, version: version)
        }
        guard versions.contains(version) else {
            guard key == .apiVersions else { throw ConnectionFault.unserved(key, version: version) }
            // KIP-511: the client learns from a version 0 which version to use.
            return try exchange.frame(apiVersions(error: .unsupportedVersion), version: 0)
        }
        switch key {
        case .produce: return try exchange.answer(body, ProduceRequest.self, produce)
        case .fetch: return try exchange.answer(body, FetchRequest.self, fetch)
        case .listOffsets: return try exchange.answer(body, ListOffsetsRequest.self, listOffsets)
        case .metadata: return try exchange.answer(body, MetadataRequest.self, metadata)
        case .offsetCommit: return try exchange.answer(body, OffsetCommitRequest.self, commitOffsets)
        case .offsetFetch: return try exchange.answer(body, OffsetFetchRequest.self, fetchOffsets)
        case .findCoordinator: return try exchange.answer(body, FindCoordinatorRequest.self, findCoordinator)
        case .joinGroup: return try exchange.answer(body, JoinGroupRequest.self, joinGroup)
        case .heartbeat: return try exchange.answer(body, HeartbeatRequest.self, heartbeat)
        case .leaveGroup: return try exchange.answer(body, LeaveGroupRequest.self, leaveGroup)
        case .syncGroup: return try exchange.answer(body, SyncGroupRequest.self, syncGroup)
        case .describeGroups: return try exchange.answer(body, DescribeGroupsRequest.self, describeGroups)
        case .listGroups: return try exchange.answer(body, ListGroupsRequest.self, listGroups)
        case .apiVersions:
            return try exchange.answer(body, ApiVersionsRequest.self) { _, _ in apiVersions(error: .none) }
        case .createTopics: return try exchange.answer(body, CreateTopicsRequest.self, createTopics)
        case .deleteTopics: return try exchange.answer(body, DeleteTopicsRequest.self, deleteTopics)
        case .initProducerID: return try exchange.answer(body, InitProducerIdRequest.self, initProducerID)
        case .offsetForLeaderEpoch:
            return try exchange.answer(body, OffsetForLeaderEpochRequest.self, offsetForLeaderEpoch)
        case .describeConfigs: return try exchange.answer(body, DescribeConfigsRequest.self, describeConfigs)
        case .createPartitions: return try exchange.answer(body, CreatePartitionsRequest.self, createPartitions)
        case .deleteGroups: return try exchange.answer(body, DeleteGroupsRequest.self, deleteGroups)
        case .incrementalAlterConfigs:
            return try exchange.answer(body, IncrementalAlterConfigsRequest.self, alterConfigs)
        case .describeCluster: return try exchange.answer(body, DescribeClusterRequest.self, describeCluster)
        case .describeTopicPartitions:
            return try exchange.answer(body, DescribeTopicPartitionsRequest.self, describeTopicPartitions)
        default: throw ConnectionFault.unserved(key, version: version)
        }
    }

    /// A text that fits into an answer, whatever a client's request has put into it.
    static func clipped(_ text: String) -> String {
        text.utf8.count <= 1000 ? text : String(text.unicodeScalars.prefix(240)) + "…"
    }
}
