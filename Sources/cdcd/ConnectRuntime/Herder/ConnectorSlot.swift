/// A connector on this worker: its instance, what it waits for, and what its status shows.
struct ConnectorSlot {
    var instance: ConnectorInstance?
    /// Whether the connector is to be started, again if it runs.
    var startIsDue = false
    /// Whether the connector was deleted and what remains of it has not ended.
    var isRemoving = false
    var shown: StatusRecord.State?
    /// Restart requests that are answered once the connector has started or failed.
    var waiters: [RequestID] = []

    /// Whether tasks have to wait: those that the connector is about to configure would be started twice.
    var holdsTasks: Bool { startIsDue || isRemoving || instance?.hasConfiguredTasks == false }
}
