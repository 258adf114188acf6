import KafkaProtocol

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
