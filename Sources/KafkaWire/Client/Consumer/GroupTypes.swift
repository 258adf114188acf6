import KafkaProtocol

/// The group, protocol type and timeouts of a member.
package struct GroupConfiguration: Sendable, Equatable {
    package var groupID: String
    /// `connect` for workers, `consumer` for consumers.
    package var protocolType: String
    package var sessionTimeoutMilliseconds: Int32
    package var heartbeatIntervalMilliseconds: Int32
    package var rebalanceTimeoutMilliseconds: Int32

    package init(
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
package struct GroupGeneration: Sendable, Equatable {
    package var memberID: String
    package var generation: Int32
    package var leaderID: String
    package var protocolName: String
    package var assignment: [UInt8]

    package var isLeader: Bool { memberID == leaderID }

    package init(memberID: String, generation: Int32, leaderID: String, protocolName: String, assignment: [UInt8]) {
        self.memberID = memberID
        self.generation = generation
        self.leaderID = leaderID
        self.protocolName = protocolName
        self.assignment = assignment
    }
}

/// A member and the metadata of its join, as the leader receives them.
package struct GroupMemberMetadata: Sendable, Equatable {
    package var memberID: String
    package var metadata: [UInt8]

    package init(memberID: String, metadata: [UInt8]) {
        self.memberID = memberID
        self.metadata = metadata
    }
}

/// The state of a membership after a heartbeat.
package enum HeartbeatResult: Sendable, Equatable {
    /// The generation is current.
    case stable
    /// The group is rebalancing: `join` again.
    case rebalancing
    /// The member or its generation has been removed from the group: what it was assigned may be assigned to another
    /// member. `join` again.
    case fenced
}
