import KafkaProtocol

/// A topic to be created.
public struct NewTopic: Sendable, Equatable {
    /// The topic's name.
    public var name: String
    /// -1: the broker's default.
    public var partitions: Int32
    /// -1: the broker's default.
    public var replicationFactor: Int16
    /// Topic configurations such as `cleanup.policy`; the broker's defaults apply to all others.
    public var configuration: [(name: String, value: String)]

    /// A topic with the broker's defaults for what is not given.
    public init(
        name: String, partitions: Int32 = -1, replicationFactor: Int16 = -1,
        configuration: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }

    /// Compares all members, the configuration in its order.
    public static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.partitions == b.partitions && a.replicationFactor == b.replicationFactor
            && a.configuration.elementsEqual(b.configuration, by: ==)
    }
}

/// One entry of a topic's configuration.
public struct TopicConfigEntry: Sendable, Equatable {
    /// The configuration's name, for example `cleanup.policy`.
    public var name: String
    /// nil if the broker hides it.
    public var value: String?
    /// Whether it is set for the topic itself, not by the broker or Kafka's defaults.
    public var isTopicOverride: Bool

    /// One entry of a topic's configuration.
    public init(name: String, value: String?, isTopicOverride: Bool) {
        self.name = name
        self.value = value
        self.isTopicOverride = isTopicOverride
    }
}

/// A classic group as its coordinator describes it.
public struct GroupDescription: Sendable, Equatable {
    /// A member of the group.
    public struct Member: Sendable, Equatable {
        /// The id that the coordinator gave.
        public var memberID: String
        /// The member's `client.id`.
        public var clientID: String
        /// The member's host, as the coordinator sees it, for example `/127.0.0.1`.
        public var clientHost: String
        /// The metadata of the member's join, in the form of the group's protocol.
        public var metadata: [UInt8]
        /// The member's assignment, in the form of the group's protocol.
        public var assignment: [UInt8]

        /// A member of a group.
        public init(memberID: String, clientID: String, clientHost: String, metadata: [UInt8], assignment: [UInt8]) {
            self.memberID = memberID
            self.clientID = clientID
            self.clientHost = clientHost
            self.metadata = metadata
            self.assignment = assignment
        }
    }

    /// The group's id.
    public var groupID: String
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable` or `Dead`.
    public var state: String
    /// `consumer` or `connect`, for example.
    public var protocolType: String
    /// The protocol that all members support, for example an assignor; empty if the group is empty.
    public var protocolName: String
    /// The group's members.
    public var members: [Member]

    /// A description of a group.
    public init(groupID: String, state: String, protocolType: String, protocolName: String, members: [Member]) {
        self.groupID = groupID
        self.state = state
        self.protocolType = protocolType
        self.protocolName = protocolName
        self.members = members
    }
}
