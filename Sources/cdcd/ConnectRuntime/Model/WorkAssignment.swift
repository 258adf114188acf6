import WireCore

/// What the leader of the group assigned to this worker.
struct WorkAssignment: Equatable, Sendable {
    /// The generation of the group in which it was assigned.
    var generation: Int
    var isLeader: Bool
    var leaderURL: String
    var connectors: Set<ExactName>
    var tasks: Set<TaskID>

    func contains(_ connector: String) -> Bool { connectors.contains(ExactName(connector)) }
}
