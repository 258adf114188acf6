import ConnectData

/// A connector class of either kind, with its factories.
struct ConnectorPlugin {
    enum Factory {
        case source(SourceConnectorFactory)
        case sink(SinkConnectorFactory)
    }

    let descriptor: PluginDescriptor
    let factory: Factory

    /// nil if the plugin is no connector.
    init?(_ descriptor: PluginDescriptor) {
        self.descriptor = descriptor
        switch descriptor.factory {
        case .sourceConnector(let factory): self.factory = .source(factory)
        case .sinkConnector(let factory): self.factory = .sink(factory)
        case .transformation, .predicate, .converter, .headerConverter, .configProvider: return nil
        }
    }

    var kind: ConnectorKind {
        switch factory {
        case .source: .source
        case .sink: .sink
        }
    }

    var taskClassName: String {
        switch factory {
        case .source(let factory): factory.taskClassName
        case .sink(let factory): factory.taskClassName
        }
    }

    /// An instance that is not started.
    func makeConnector(_ plugins: PluginRegistry) -> any Connector {
        switch factory {
        case .source(let factory): factory.makeConnector(plugins)
        case .sink(let factory): factory.makeConnector(plugins)
        }
    }
}

extension PluginRegistry {
    /// The connector class of this name; nil if there is none.
    func connectorPlugin(named name: String) -> ConnectorPlugin? {
        connector(named: name).flatMap { ConnectorPlugin($0) }
    }

    /// The connector class of a configuration.
    ///
    /// - Parameter resolved: the configuration with the values of its variables, one of which may be the class.
    /// - Throws: `ConnectError` if there is no such class, with its name as it is written.
    func connector(
        of config: ConnectorConfig, _ resolved: [String: String]
    ) throws(ConnectError) -> ConnectorPlugin {
        guard let plugin = connectorPlugin(named: resolved["connector.class"] ?? "") else {
            throw ConnectError(unknownConnectorMessage(config["connector.class"] ?? ""))
        }
        return plugin
    }
}
