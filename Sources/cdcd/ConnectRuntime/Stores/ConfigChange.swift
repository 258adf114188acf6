/// The effect of a record of the config topic.
enum ConfigChange: Equatable {
    case nothing
    case connectorUpdated(String)
    case connectorRemoved(String)
    case targetStateChanged(String)
    /// Task configurations of a connector were committed.
    case tasksCommitted(String)
    case sessionKeyChanged
    case restartRequested(RestartRequest)
    case loggerLevelChanged(logger: String)
    /// A record that cannot be interpreted, and why.
    case unreadable(String)
}
