/// The generations of groups.
@nonexhaustive
public enum GroupType: String, Sendable {
    /// A type that this version does not know.
    case unknown = ""
    /// Its members assign partitions (JoinGroup and SyncGroup).
    case classic
    /// Its coordinator assigns partitions (KIP-848).
    case consumer
    /// A share group (KIP-932).
    case share
    /// A group of Kafka Streams (KIP-1071).
    case streams

    /// From the name of the protocol, in any case.
    init(name: String) { self = GroupType(rawValue: name.lowercased()) ?? .unknown }
}

/// An entry of the list of groups.
public struct GroupListing: Sendable, Equatable {
    /// The group's id.
    public var groupID: String
    /// `consumer` or `connect`, for example; empty for a group that only commits offsets.
    public var protocolType: String
    /// For example `Stable`; empty if the broker does not report it (before 2.6).
    public var state: String
    /// `.unknown` if the broker does not report it (before 3.8).
    public var type: GroupType
}

/// A group as its coordinator describes it.
public struct GroupDescription: Sendable, Equatable {
    /// A member of the group.
    public struct Member: Sendable, Equatable {
        /// The id that the coordinator assigned.
        public var memberID: String
        /// The id of a static member (`group.instance.id`).
        public var groupInstanceID: String?
        /// The member's `client.id`.
        public var clientID: String
        /// The member's host as the coordinator reports it, for example `/127.0.0.1`.
        public var clientHost: String
        /// The member's rack, if it has one and the group is not classic.
        public var rackID: String?
        /// The partitions that the member has; empty for a classic group that is not one of consumers.
        public var partitions: [TopicPartition] = []
        /// The partitions that the member shall have; nil for a classic group.
        public var targetPartitions: [TopicPartition]?
        /// The epoch that the member has reached; nil for a classic group.
        public var memberEpoch: Int32?
        /// The metadata of the member's join, in the format of a classic group's protocol.
        public var metadata: [UInt8] = []
        /// The member's assignment, in the format of a classic group's protocol.
        public var assignment: [UInt8] = []

        /// A member of a classic group.
        package init(
            memberID: String, groupInstanceID: String? = nil, clientID: String, clientHost: String,
            metadata: [UInt8], assignment: [UInt8]
        ) {
            self.memberID = memberID
            self.groupInstanceID = groupInstanceID
            self.clientID = clientID
            self.clientHost = clientHost
            self.metadata = metadata
            self.assignment = assignment
        }
    }

    /// The group's id.
    public var groupID: String
    /// The generation of the group.
    public var type: GroupType
    /// `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, `Assigning`, `Reconciling` or `Dead`.
    public var state: String
    /// `consumer` or `connect`, for example.
    public var protocolType: String
    /// The protocol that all members support, or the coordinator's assignor; empty if the group is empty.
    public var protocolName: String
    /// The epoch of the group's members and subscriptions; nil for a classic group.
    public var groupEpoch: Int32?
    /// The epoch of the assignment; nil for a classic group.
    public var assignmentEpoch: Int32?
    /// The group's members.
    public var members: [Member]
    /// What this client may do with the group; nil unless it was requested.
    public var authorizedOperations: Set<ACLOperation>?

    /// A description of a classic group.
    package init(groupID: String, state: String, protocolType: String, protocolName: String, members: [Member]) {
        self.groupID = groupID
        type = .classic
        self.state = state
        self.protocolType = protocolType
        self.protocolName = protocolName
        self.members = members
    }
}
