import ConnectData

extension PluginRegistry {
    /// The source connector of a configuration.
    ///
    /// - Parameter resolved: the configuration with the values of its variables, one of which may be the class.
    /// - Throws: `ConnectError` if there is no such class, with its name as it is written.
    func sourceConnector(
        of config: ConnectorConfig, _ resolved: [String: String]
    ) throws(ConnectError) -> (PluginDescriptor, SourceConnectorFactory) {
        guard let plugin = connector(named: resolved["connector.class"] ?? ""),
            case .sourceConnector(let factory) = plugin.factory
        else { throw ConnectError(unknownConnectorMessage(config["connector.class"] ?? "")) }
        return (plugin, factory)
    }
}
