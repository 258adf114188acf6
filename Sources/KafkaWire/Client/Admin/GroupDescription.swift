/// A classic group as its coordinator describes it.
public struct GroupDescription: Sendable, Equatable {
    /// A member of the group.
    public struct Member: Sendable, Equatable {
        /// The id that the coordinator assigned.
        public var memberID: String
        /// The member's `client.id`.
        public var clientID: String
        /// The member's host as the coordinator reports it, for example `/127.0.0.1`.
        public var clientHost: String
        /// The metadata of the member's join, in the format of the group's protocol.
        public var metadata: [UInt8]
        /// The member's assignment, in the format of the group's protocol.
        public var assignment: [UInt8]

        /// A member of a group.
        package init(memberID: String, clientID: String, clientHost: String, metadata: [UInt8], assignment: [UInt8]) {
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
    package init(groupID: String, state: String, protocolType: String, protocolName: String, members: [Member]) {
        self.groupID = groupID
        self.state = state
        self.protocolType = protocolType
        self.protocolName = protocolName
        self.members = members
    }
}
