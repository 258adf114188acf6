/// A class that a configuration can name: its Java class name, its version and properties, and its factory.
package struct PluginDescriptor: Sendable {
    /// Creates an instance. An error is one of the plugin's own properties, named without a prefix.
    package enum Factory: Sendable {
        case sourceConnector(SourceConnectorFactory)
        case sinkConnector(SinkConnectorFactory)
        case transformation(@Sendable (PluginContext) throws(ConfigError) -> any Transformation)
        case predicate(@Sendable (PluginContext) throws(ConfigError) -> any Predicate)
        case converter(@Sendable (PluginContext) throws(ConfigError) -> any Converter)
        case headerConverter(@Sendable (PluginContext) throws(ConfigError) -> any HeaderConverter)
        case configProvider(@Sendable (PluginContext) throws(ConfigError) -> any ConfigProvider)
    }

    package let className: String
    package let factory: Factory
    private let versionFunction: @Sendable ([String: String]) -> String
    private let propertiesFunction: @Sendable ([String: String]) -> PluginProperties

    /// - Parameters:
    ///   - version: the version that is emulated for a connector's configuration.
    ///   - properties: the plugin's properties under a connector's configuration.
    package init(
        _ className: String, version: @escaping @Sendable (_ connectorConfiguration: [String: String]) -> String,
        properties: @escaping @Sendable (_ connectorConfiguration: [String: String]) -> PluginProperties,
        factory: Factory
    ) {
        self.className = className
        self.factory = factory
        versionFunction = version
        propertiesFunction = properties
    }

    /// A class of Apache Kafka, whose version is Connect's.
    package init(_ className: String, _ definition: ConfigDefinition, factory: Factory) {
        self.init(
            className, version: { _ in ConnectVersion.version }, properties: { _ in PluginProperties(definition) },
            factory: factory)
    }

    package var kind: PluginKind {
        switch factory {
        case .sourceConnector: .sourceConnector
        case .sinkConnector: .sinkConnector
        case .transformation: .transformation
        case .predicate: .predicate
        case .converter: .converter
        case .headerConverter: .headerConverter
        case .configProvider: .configProvider
        }
    }

    /// nil if the class is no connector.
    package var connectorKind: ConnectorKind? {
        switch factory {
        case .sourceConnector: .source
        case .sinkConnector: .sink
        case .transformation, .predicate, .converter, .headerConverter, .configProvider: nil
        }
    }

    /// The version that is emulated for a connector's configuration; an empty one yields the newest. Empty if the Java
    /// class has none.
    package func version(for connectorConfiguration: [String: String] = [:]) -> String {
        versionFunction(connectorConfiguration)
    }

    /// The version as `plugin.version` names it.
    package func selectableVersion(for connectorConfiguration: [String: String] = [:]) -> String {
        let version = version(for: connectorConfiguration)
        return version.isEmpty ? "undefined" : version
    }

    /// The properties for a connector's configuration; an empty one yields those of the newest version.
    package func properties(for connectorConfiguration: [String: String] = [:]) -> PluginProperties {
        propertiesFunction(connectorConfiguration)
    }
}

/// The emulated version of Kafka Connect.
package enum ConnectVersion {
    package static let version = "4.3.1"
    package static let commit = "26b251a451ce941d"
}

/// The factories of a source connector and its tasks.
package struct SourceConnectorFactory: Sendable {
    /// The Java class of the tasks, which is stored in their configurations.
    package let taskClassName: String
    package let makeConnector: @Sendable (PluginRegistry) -> any SourceConnector
    /// Tasks are created without their connector, which may run in another worker. The context's properties are the
    /// task's.
    package let makeTask: @Sendable (PluginContext, any SourceTaskContext) throws -> any SourceTask

    package init(
        taskClassName: String, makeConnector: @escaping @Sendable (PluginRegistry) -> any SourceConnector,
        makeTask: @escaping @Sendable (PluginContext, any SourceTaskContext) throws -> any SourceTask
    ) {
        self.taskClassName = taskClassName
        self.makeConnector = makeConnector
        self.makeTask = makeTask
    }
}

/// The factories of a sink connector and its tasks.
package struct SinkConnectorFactory: Sendable {
    /// The Java class of the tasks, which is stored in their configurations.
    package let taskClassName: String
    package let makeConnector: @Sendable (PluginRegistry) -> any SinkConnector
    /// Creates and starts a task, without its connector, which may run in another worker. The context's properties are
    /// the task's.
    package let makeTask: @Sendable (PluginContext, any SinkTaskContext) throws -> any SinkTask

    package init(
        taskClassName: String, makeConnector: @escaping @Sendable (PluginRegistry) -> any SinkConnector,
        makeTask: @escaping @Sendable (PluginContext, any SinkTaskContext) throws -> any SinkTask
    ) {
        self.taskClassName = taskClassName
        self.makeConnector = makeConnector
        self.makeTask = makeTask
    }
}
