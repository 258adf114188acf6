/// The arguments from which a factory creates a plugin.
package struct PluginContext: Sendable {
    /// The plugin's own properties, without their prefix, as they were given.
    package let properties: [String: String]
    /// The connector's whole configuration; empty for a plugin of the worker.
    package let connectorConfiguration: [String: String]
    /// Creates other plugins to which a plugin delegates.
    package let plugins: PluginRegistry
    /// Of the task that uses the plugin, whose stop interrupts the plugin's waits; nil outside of a task.
    package let control: TaskControl?
    /// Whether records get the headers that a converter adds; false for one to which another converter delegates.
    package private(set) var addsRecordHeaders = true

    package init(
        properties: [String: String], connectorConfiguration: [String: String], plugins: PluginRegistry,
        control: TaskControl? = nil
    ) {
        self.properties = properties
        self.connectorConfiguration = connectorConfiguration
        self.plugins = plugins
        self.control = control
    }

    /// The arguments for a converter to which this plugin, a converter, delegates.
    package func forDelegate(_ properties: [String: String]) -> PluginContext {
        var context = PluginContext(
            properties: properties, connectorConfiguration: connectorConfiguration, plugins: plugins, control: control)
        context.addsRecordHeaders = false
        return context
    }
}
