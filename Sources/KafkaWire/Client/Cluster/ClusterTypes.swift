import KafkaProtocol
import WireStreams

/// A broker as the cluster announces it.
public struct BrokerDescription: Sendable, Hashable {
    public var id: Int32
    public var address: SocketAddress
    public var rack: String?

    public init(id: Int32, address: SocketAddress, rack: String? = nil) {
        self.id = id
        self.address = address
        self.rack = rack
    }
}

/// A topic as the cluster describes it.
public struct TopicDescription: Sendable, Equatable {
    public struct Partition: Sendable, Equatable {
        public var index: Int32
        /// -1: none at the moment.
        public var leader: Int32
        public var leaderEpoch: Int32
        public var replicas: [Int32]
        public var inSyncReplicas: [Int32]

        public init(index: Int32, leader: Int32, leaderEpoch: Int32 = -1, replicas: [Int32], inSyncReplicas: [Int32]) {
            self.index = index
            self.leader = leader
            self.leaderEpoch = leaderEpoch
            self.replicas = replicas
            self.inSyncReplicas = inSyncReplicas
        }
    }

    public var name: String
    public var id: KafkaUUID
    public var isInternal: Bool
    /// In the order of their index.
    public var partitions: [Partition]

    public init(name: String, id: KafkaUUID = .zero, isInternal: Bool = false, partitions: [Partition]) {
        self.name = name
        self.id = id
        self.isInternal = isInternal
        self.partitions = partitions
    }
}
