/// A member of a classic group (`connect`, `consumer`), driven by one thread.
public final class GroupMembership: Sendable {
    public let configuration: GroupConfiguration

    public init(_ client: KafkaClient, _ configuration: GroupConfiguration) {
        self.configuration = configuration
    }

    /// Joins, blocking until the group has formed: at most the rebalance timeout.
    ///
    /// - Parameter protocols: in the order of preference.
    /// - Parameter assign: called on the leader only: the protocol chosen and all members; gives each its assignment.
    public func join(
        protocols: [(name: String, metadata: [UInt8])],
        assign: (_ chosenProtocol: String, _ members: [GroupMemberMetadata]) throws -> [String: [UInt8]]
    ) throws -> GroupGeneration { throw KafkaError.closed }

    /// To be called every `heartbeatIntervalMilliseconds`.
    public func heartbeat() throws(KafkaError) -> GroupStanding { .stable }

    /// Leaves, so that the others need not wait for the session to end.
    public func leave() throws(KafkaError) {}

    /// Ends a waiting `join` with `.closed`, from any thread.
    public func cancel() {}
}
