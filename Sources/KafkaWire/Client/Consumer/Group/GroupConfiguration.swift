/// The group, protocol type and timeouts of a member.
package struct GroupConfiguration: Sendable, Equatable {
    package var groupID: String
    /// `connect` for workers, `consumer` for consumers.
    package var protocolType: String
    package var sessionTimeoutMilliseconds: Int32
    package var heartbeatIntervalMilliseconds: Int32
    package var rebalanceTimeoutMilliseconds: Int32
    /// The id of a static member (KIP-345).
    package var instanceID: String?

    package init(
        groupID: String, protocolType: String, sessionTimeoutMilliseconds: Int32 = 10_000,
        heartbeatIntervalMilliseconds: Int32 = 3_000, rebalanceTimeoutMilliseconds: Int32 = 60_000,
        instanceID: String? = nil
    ) {
        self.groupID = groupID
        self.protocolType = protocolType
        self.sessionTimeoutMilliseconds = sessionTimeoutMilliseconds
        self.heartbeatIntervalMilliseconds = heartbeatIntervalMilliseconds
        self.rebalanceTimeoutMilliseconds = rebalanceTimeoutMilliseconds
        self.instanceID = instanceID
    }
}
