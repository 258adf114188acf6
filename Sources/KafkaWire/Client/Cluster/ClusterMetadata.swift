import KafkaProtocol
import WireStreams

/// A cluster's brokers, from the latest response to a Metadata request.
struct ClusterMetadata: Sendable {
    private(set) var clusterID: String?
    private(set) var controllerID: Int32 = -1
    private(set) var brokers: [Int32: BrokerDescription] = [:]
    /// Addresses whose last connection attempt failed.
    private var unreachable: Set<SocketAddress> = []

    /// Applies a response. A response without brokers (of a broker that has just started) changes nothing.
    mutating func update(_ response: MetadataResponse) {
        guard !response.brokers.isEmpty else { return }
        clusterID = response.clusterID ?? clusterID
        controllerID = response.controllerID
        brokers = [:]
        for broker in response.brokers {
            guard let port = UInt16(exactly: broker.port) else { continue }
            let address = SocketAddress(host: broker.host, port: port)
            brokers[broker.nodeID] = BrokerDescription(id: broker.nodeID, address: address, rack: broker.rack)
        }
    }

    /// Adds or replaces a broker that a response names (KIP-951).
    mutating func add(_ broker: BrokerDescription) { brokers[broker.id] = broker }

    /// The addresses to try, in order: known brokers, then other bootstrap servers; those whose last attempt failed
    /// come last, since each attempt may take the whole connection timeout.
    ///
    /// The bootstrap servers are always included, so that a cluster is found even if all its brokers have changed
    /// (KIP-899).
    func candidates(bootstrap: [SocketAddress]) -> [SocketAddress] {
        let known = brokers.values.sorted { $0.id < $1.id }.map(\.address)
        let all = known + bootstrap.filter { !known.contains($0) }
        return all.filter { !unreachable.contains($0) } + all.filter { unreachable.contains($0) }
    }

    mutating func note(_ broker: SocketAddress, isReachable: Bool) {
        if isReachable { unreachable.remove(broker) } else { unreachable.insert(broker) }
    }
}

extension TopicDescription {
    /// Returns nil if the topic does not exist.
    init?(_ topic: MetadataResponse.Topic) {
        guard let name = topic.name, topic.errorCode == .none else { return nil }
        self.init(
            name: name, id: topic.topicID, isInternal: topic.isInternal,
            partitions: topic.partitions.sorted { $0.partitionIndex < $1.partitionIndex }.map { partition in
                Partition(
                    index: partition.partitionIndex, leader: partition.leaderID, leaderEpoch: partition.leaderEpoch,
                    replicas: partition.replicaNodes, inSyncReplicas: partition.isrNodes)
            })
    }
}
