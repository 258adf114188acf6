/// The arguments from which a factory creates a plugin.
package struct PluginContext: Sendable {
    /// The plugin's own properties, without their prefix, as they were given.
    package let properties: [String: String]
    /// The connector's whole configuration; empty for a plugin of the worker.
    package let connectorConfiguration: [String: String]
    /// Creates other plugins to which a plugin delegates.
    package let plugins: PluginRegistry

    package init(properties: [String: String], connectorConfiguration: [String: String], plugins: PluginRegistry) {
        self.properties = properties
        self.connectorConfiguration = connectorConfiguration
        self.plugins = plugins
    }
}
