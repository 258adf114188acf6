import WireCore

extension ConfigView {
    /// Why a worker with this assignment cannot restart a connector; nil if it can.
    func restartError(of connector: String, _ assignment: WorkAssignment) -> HerderError? {
        if connectors[connector] == nil { return .notFound("Unknown connector: \(connector)") }
        return assignment.contains(connector) ? nil : .conflict("Connector \(connector) is not assigned to this worker")
    }

    /// Why a worker with this assignment cannot restart a task; nil if it can.
    func restartError(_ id: TaskID, _ assignment: WorkAssignment) -> HerderError? {
        if connectors[id.connector] == nil { return .notFound("Unknown connector: \(id.connector)") }
        guard tasks(of: id.connector).contains(id), targetState(of: id.connector) != .stopped else {
            return .notFound("Unknown task: \(id)")
        }
        return assignment.tasks.contains(id) ? nil : .conflict("Task \(id) is not assigned to this worker")
    }
}
