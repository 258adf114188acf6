import WireCore

/// What the herder may do: the leader's assignment, the worker's membership of its group, and its shutdown. A value
/// without I/O.
struct HerderMembership {
    private(set) var assignment = WorkAssignment(
        generation: -1, isLeader: false, leaderURL: "", connectors: [], tasks: [])
    /// Why the worker is not a member of its group; nil while it is.
    var absence: String?
    /// When everything has to have ended; nil until the worker is stopped.
    var stopDeadline: MonotonicInstant?

    /// Why the worker may not restart anything now; nil if it may.
    var error: HerderError? {
        stopDeadline == nil ? absence.map { .outsideGroup(reason: $0) } : .shuttingDown
    }

    /// Why the worker may not write to the config topic now; nil if it may.
    var refusal: HerderError? { error ?? (assignment.isLeader ? nil : .notLeader(url: assignment.leaderURL)) }

    /// - Returns: the connectors that are new here, and all whose assignment, or that of their tasks, has changed.
    mutating func assign(
        _ new: WorkAssignment
    ) -> (added: Set<ExactName>, changed: Set<ExactName>, isNewGeneration: Bool) {
        let former = assignment
        assignment = new
        let tasks = new.tasks.symmetricDifference(former.tasks).map { ExactName($0.connector) }
        return (
            new.connectors.subtracting(former.connectors),
            new.connectors.symmetricDifference(former.connectors).union(tasks), former.generation != new.generation
        )
    }
}
