/// The state of a membership after a heartbeat.
package enum HeartbeatResult: Sendable, Equatable {
    /// The generation is current.
    case stable
    /// The group is rebalancing: `join` again.
    case rebalancing
    /// The member or its generation has been removed from the group: its assignment may belong to another member.
    /// `join` again.
    case fenced
}
