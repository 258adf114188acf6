import WireCore

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
    /// Of this logger and all whose names begin with its name.
    case loggerLevelChanged(logger: String, LogLevel)
    /// A record that cannot be interpreted, and why.
    case unreadable(String)
}
