import KafkaProtocol
import WireStreams

/// What is known of a cluster's brokers: the latest answer to a Metadata request.
struct ClusterMetadata: Sendable {
    private(set) var clusterID: String?
    private(set) var controllerID: Int32 = -1
    private(set) var brokers: [Int32: BrokerDescription] = [:]
    /// Addresses that could not be reached when they were tried last.
    private var silent: Set<SocketAddress> = []

    /// Takes over what a broker says. An answer without brokers (it has just started) changes nothing.
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

    /// Whom to ask, in order: the brokers known, then the bootstrap servers that are none of them; behind them all
    /// those that could not be reached, since each try may take the whole connection timeout.
    ///
    /// The bootstrap servers are always among them, so that a cluster that moved altogether is found again (KIP-899).
    func candidates(bootstrap: [SocketAddress]) -> [SocketAddress] {
        let known = brokers.values.sorted { $0.id < $1.id }.map(\.address)
        let all = known + bootstrap.filter { !known.contains($0) }
        return all.filter { !silent.contains($0) } + all.filter { silent.contains($0) }
    }

    mutating func note(_ broker: SocketAddress, isReachable: Bool) {
        if isReachable { silent.remove(broker) } else { silent.insert(broker) }
    }
}

extension TopicDescription {
    /// Nil where the broker says that the topic is not there.
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
