/// A connector: determines the configurations of its tasks (`org.apache.kafka.connect.connector.Connector`).
///
/// An instance serves one connector configuration, or one validation. The worker creates it, calls it and releases it
/// on one thread that may block: a call may connect to the external system.
package protocol Connector: AnyObject {
    /// Checks every property that the connector defines, connecting to the external system if the real connector does.
    /// Does not require `start`.
    func validate(_ configuration: [String: String]) -> ConfigValidation

    /// The configurations of the tasks, at most `maximumTasks`. Called after `start`, and again after each
    /// `ConnectorContext.requestTaskReconfiguration()`.
    func taskConfigurations(maximumTasks: Int) throws -> [[String: String]]

    /// Releases what `start` acquired. Not called if `start` threw.
    func stop()
}

/// The worker's functions for a connector. Safe to use from any thread, also after the connector was stopped, when they
/// have no effect.
package protocol ConnectorContext: Sendable {
    var connectorName: String { get }

    /// Makes the worker call `taskConfigurations` again and restart the tasks if their configurations have changed.
    func requestTaskReconfiguration()

    /// Fails the connector: its state becomes FAILED with this error as the trace. Its tasks keep running.
    func raiseError(_ error: any Error)
}
