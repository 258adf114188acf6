import KafkaProtocol

/// Names one blocked request, so that the machine can say whom an answer is for.
struct GroupRequestID: Hashable, Sendable {
    let number: UInt64
}

/// What the group machine wants done, in this order.
enum GroupAction: Equatable, Sendable {
    case respondToJoin(GroupRequestID, JoinOutcome)
    case respondToSync(GroupRequestID, SyncOutcome)
    /// The durable part has changed: write it down before the answers behind are given.
    case persist
}
