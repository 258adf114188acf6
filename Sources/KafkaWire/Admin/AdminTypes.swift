import WireStreams

/// A topic to be made.
public struct NewTopic: Sendable, Equatable {
    public var name: String
    /// -1: the broker's default.
    public var partitions: Int32
    /// -1: the broker's default.
    public var replicationFactor: Int16
    public var configuration: [(name: String, value: String)]

    public init(
        name: String, partitions: Int32 = -1, replicationFactor: Int16 = -1,
        configuration: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.partitions == b.partitions && a.replicationFactor == b.replicationFactor
            && a.configuration.elementsEqual(b.configuration, by: ==)
    }
}

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

/// One entry of a topic's configuration.
public struct TopicConfigEntry: Sendable, Equatable {
    public var name: String
    /// nil where the broker hides it.
    public var value: String?
    /// Whether the topic itself has it, not the broker or Kafka's defaults.
    public var isTopicOverride: Bool

    public init(name: String, value: String?, isTopicOverride: Bool) {
        self.name = name
        self.value = value
        self.isTopicOverride = isTopicOverride
    }
}

/// A classic group as its coordinator describes it.
public struct GroupDescription: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public var memberID: String
        public var clientID: String
        public var clientHost: String
        public var metadata: [UInt8]
        public var assignment: [UInt8]

        public init(memberID: String, clientID: String, clientHost: String, metadata: [UInt8], assignment: [UInt8]) {
            self.memberID = memberID
            self.clientID = clientID
            self.clientHost = clientHost
            self.metadata = metadata
            self.assignment = assignment
        }
    }

    public var groupID: String
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable` or `Dead`.
    public var state: String
    public var protocolType: String
    public var protocolName: String
    public var members: [Member]

    public init(groupID: String, state: String, protocolType: String, protocolName: String, members: [Member]) {
        self.groupID = groupID
        self.state = state
        self.protocolType = protocolType
        self.protocolName = protocolName
        self.members = members
    }
}
