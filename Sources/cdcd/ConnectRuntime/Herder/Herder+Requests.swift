import ConnectData

/// Requests whose answers carry a result.
extension Herder {
    /// Stores a validated configuration.
    ///
    /// - Returns: whether the connector is new, and the tasks that are committed for it.
    func putConnector(
        _ name: String, _ config: ConnectorConfig, initialState: TargetState?, mayReplace: Bool
    ) throws(HerderError) -> (isNew: Bool, tasks: [TaskID]) {
        let request = ConfigRequest.putConnector(name, config, initialState: initialState, mayReplace: mayReplace)
        guard case .stored(let isNew, let tasks) = try perform(.change(request)) else {
            preconditionFailure("another request's answer")
        }
        return (isNew, tasks)
    }

    /// - Returns: what is about to restart.
    func restart(_ request: RestartRequest, _ statuses: StatusView) throws(HerderError) -> RestartPlan {
        guard case .restarting(let plan) = try perform(.change(.restart(request, statuses))) else {
            preconditionFailure("another request's answer")
        }
        return plan
    }

    /// - Parameter changes: nil removes all offsets.
    /// - Returns: whether the connector has no offsets elsewhere.
    func changeOffsets(_ connector: String, _ changes: [RequestedOffset]?) throws(HerderError) -> Bool {
        guard case .offsetsChanged(let isComplete) = try perform(.changeOffsets(connector, changes)) else {
            preconditionFailure("another request's answer")
        }
        return isComplete
    }
}
