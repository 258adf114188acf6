import KafkaProtocol

/// What a member tells its coordinator about itself and its patience.
public struct GroupConfiguration: Sendable, Equatable {
    public var groupID: String
    /// `connect` for workers, `consumer` for consumers.
    public var protocolType: String
    public var sessionTimeoutMilliseconds: Int32
    public var heartbeatIntervalMilliseconds: Int32
    public var rebalanceTimeoutMilliseconds: Int32

    public init(
        groupID: String, protocolType: String, sessionTimeoutMilliseconds: Int32 = 10_000,
        heartbeatIntervalMilliseconds: Int32 = 3_000, rebalanceTimeoutMilliseconds: Int32 = 60_000
    ) {
        self.groupID = groupID
        self.protocolType = protocolType
        self.sessionTimeoutMilliseconds = sessionTimeoutMilliseconds
        self.heartbeatIntervalMilliseconds = heartbeatIntervalMilliseconds
        self.rebalanceTimeoutMilliseconds = rebalanceTimeoutMilliseconds
    }
}

/// A member's place in one generation of its group.
public struct GroupGeneration: Sendable, Equatable {
    public var memberID: String
    public var generation: Int32
    public var leaderID: String
    public var protocolName: String
    public var assignment: [UInt8]

    public var isLeader: Bool { memberID == leaderID }

    public init(memberID: String, generation: Int32, leaderID: String, protocolName: String, assignment: [UInt8]) {
        self.memberID = memberID
        self.generation = generation
        self.leaderID = leaderID
        self.protocolName = protocolName
        self.assignment = assignment
    }
}

/// A member and what it told the group, as the leader gets to see it.
public struct GroupMemberMetadata: Sendable, Equatable {
    public var memberID: String
    public var metadata: [UInt8]

    public init(memberID: String, metadata: [UInt8]) {
        self.memberID = memberID
        self.metadata = metadata
    }
}

/// What a heartbeat says about the membership.
public enum HeartbeatResult: Sendable, Equatable {
    /// All is well.
    case stable
    /// The group forms anew: `join` again.
    case rebalancing
    /// The group does not know this member or generation any more: what it held may run elsewhere. `join` again.
    case fenced
}
