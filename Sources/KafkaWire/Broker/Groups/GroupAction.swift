import KafkaProtocol

/// Identifies a waiting request in the actions of a group.
struct GroupRequestID: Hashable, Sendable {
    let number: UInt64
}

/// An action for the coordinator. Actions are performed in order.
enum GroupAction: Equatable, Sendable {
    case respondToJoin(GroupRequestID, JoinOutcome)
    case respondToSync(GroupRequestID, SyncOutcome)
    /// The persistent state has changed and must be written before the responses that follow are sent.
    case persist
}
