/// A member's id, role and assignment in one generation of its group.
package struct GroupGeneration: Sendable, Equatable {
    package var memberID: String
    package var generation: Int32
    package var leaderID: String
    package var protocolName: String
    package var assignment: [UInt8]
    /// Whether the group has formed in between without a join of this member, as it does with a static one (KIP-345).
    package var hasMissedGenerations = false

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
    /// The id of a static member (KIP-345).
    package var instanceID: String?
    package var metadata: [UInt8]

    package init(memberID: String, instanceID: String? = nil, metadata: [UInt8]) {
        self.memberID = memberID
        self.instanceID = instanceID
        self.metadata = metadata
    }
}
