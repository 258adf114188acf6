import KafkaProtocol

/// A topic of a cluster, from the cluster's metadata.
public struct TopicDescription: Sendable, Equatable {
    /// A partition of the topic.
    public struct Partition: Sendable, Equatable {
        /// The partition's number, from 0.
        public var index: Int32
        /// The node id of the leader; -1 if there is none at the moment.
        public var leader: Int32
        /// The epoch of the leader (KIP-320); -1 if unknown.
        public var leaderEpoch: Int32
        /// The node ids of all replicas.
        public var replicas: [Int32]
        /// The node ids of the replicas in sync.
        public var inSyncReplicas: [Int32]

        /// A partition of a topic.
        package init(index: Int32, leader: Int32, leaderEpoch: Int32 = -1, replicas: [Int32], inSyncReplicas: [Int32]) {
            self.index = index
            self.leader = leader
            self.leaderEpoch = leaderEpoch
            self.replicas = replicas
            self.inSyncReplicas = inSyncReplicas
        }
    }

    /// The topic's name.
    public var name: String
    /// The topic's id (KIP-516); zero if the broker has none.
    public var id: KafkaUUID
    /// Whether it is one of Kafka's own topics.
    public var isInternal: Bool
    /// In the order of their index.
    public var partitions: [Partition]

    /// A description of a topic.
    package init(name: String, id: KafkaUUID = .zero, isInternal: Bool = false, partitions: [Partition]) {
        self.name = name
        self.id = id
        self.isInternal = isInternal
        self.partitions = partitions
    }
}
