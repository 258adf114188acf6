import WireCore

/// Computes, at the leader, what each member of the group runs. A value without I/O.
///
/// One worker a group is supported: the leader runs everything, and other members get nothing.
struct GroupAssignor {
    let leaderURL: String
    let view: ConfigView

    /// The assignment of a worker that is alone in its group.
    func assignment(generation: Int) -> WorkAssignment {
        let names = view.connectors.names
        return WorkAssignment(
            generation: generation, isLeader: true, leaderURL: leaderURL, connectors: Set(names.map { ExactName($0) }),
            tasks: Set(names.flatMap { view.tasks(of: $0) }))
    }

    /// The assignments of all members, by their ids.
    ///
    /// - Parameters:
    ///   - running: what the leader runs already: from version 1 on, an assignment contains only what is new.
    ///   - version: of the protocol that the group has chosen.
    func assignments(
        members: [String], leader: String, running: WorkAssignment?, version: Int16
    ) -> [String: GroupAssignment] {
        let names = view.connectors.names
        var assignments: [String: GroupAssignment] = [:]
        for member in members {
            var assignment = GroupAssignment(leader: leader, leaderURL: leaderURL, configOffset: view.offset)
            if member == leader {
                assignment.connectors = names.filter { version == 0 || running?.contains($0) != true }
                assignment.tasks = names.flatMap { view.tasks(of: $0) }
                    .filter { version == 0 || running?.tasks.contains($0) != true }
            }
            assignments[member] = assignment
        }
        return assignments
    }
}
