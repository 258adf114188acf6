import WireCore

/// The parts of a connector that a restart request selects by their current statuses.
struct RestartPlan: Sendable {
    let restartsConnector: Bool
    let restartingTasks: [TaskID]
    private let connector: String
    private let connectorStatus: StatusRecord
    private let tasks: [(id: TaskID, status: StatusRecord)]

    /// Returns nil if the connector has no status.
    init?(_ request: RestartRequest, _ statuses: StatusView) {
        guard let status = statuses.connectors[request.connector] else { return nil }
        connector = request.connector
        connectorStatus = status
        tasks = statuses.tasks(of: request.connector)
        restartsConnector = !request.onlyFailed || status.state == .failed
        let concerned = tasks.filter { !request.onlyFailed || $0.status.state == .failed }
        restartingTasks = request.includesTasks ? concerned.map(\.id) : []
    }

    /// The statuses, with `RESTARTING` for everything that is about to restart.
    var announced: (connector: StatusRecord, tasks: [(id: TaskID, status: StatusRecord)]) {
        var shown = connectorStatus
        if restartsConnector { shown.state = .restarting }
        let announcedTasks = tasks.map { task in
            var status = task.status
            if restartingTasks.contains(task.id) { status.state = .restarting }
            return (id: task.id, status: status)
        }
        return (shown, announcedTasks)
    }
}

extension RestartPlan: Equatable {
    static func == (a: Self, b: Self) -> Bool {
        a.connector == b.connector && a.connectorStatus == b.connectorStatus
            && a.restartsConnector == b.restartsConnector && a.restartingTasks == b.restartingTasks
            && a.tasks.map(\.id) == b.tasks.map(\.id) && a.tasks.map(\.status) == b.tasks.map(\.status)
    }
}
