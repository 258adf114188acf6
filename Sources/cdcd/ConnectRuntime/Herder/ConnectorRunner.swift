import ConnectData
import Synchronization
import WireCore
import WireStreams

/// One connector instance on a thread of its own, which may block in the plugin without limit. Each call ends in an
/// event. Safe to use from any thread.
final class ConnectorRunner: Sendable {
    private enum Call: Sendable { case configureTasks(maximum: Int), stop, release }

    private let run: ConnectorRun
    private let config: ConnectorConfig
    private let plugins: PluginRegistry
    private let providers: ConfigProviders
    private let offsets: OffsetStore
    private let post: @Sendable (HerderEvent) -> Void
    private let calls = Monitor<[Call]>([])
    private let shownVersion = Mutex<String?>(nil)

    init(
        _ run: ConnectorRun, config: ConnectorConfig, plugins: PluginRegistry, providers: ConfigProviders,
        offsets: OffsetStore, post: @escaping @Sendable (HerderEvent) -> Void
    ) {
        self.run = run
        self.config = config
        self.plugins = plugins
        self.providers = providers
        self.offsets = offsets
        self.post = post
    }

    /// The version of the connector; nil before its class is known.
    var version: String? { shownVersion.withLock { $0 } }

    func start() { startThread(named: "connector-thread-\(run.name)") { [self] in runConnector() } }
    func configureTasks(maximum: Int) { calls.update { $0.append(.configureTasks(maximum: maximum)) } }
    func stop() { calls.update { $0.append(.stop) } }
    /// Ends the thread once the plugin returns, without another call.
    func release() { calls.update { $0 = [.release] } }

    private func runConnector() {
        let logger = Logger(Herder.workerLoggerName, context: "[\(run.name)|worker] ")
        let resolved: [String: String]
        let plugin: ConnectorPlugin
        do {
            resolved = try providers.resolved(config.dictionary)
            plugin = try plugins.connector(of: config, resolved)
            let version = plugin.descriptor.version(for: resolved)
            shownVersion.withLock { $0 = version }
            let className = plugin.descriptor.className
            logger.info("Instantiated connector \(run.name) with version \(version) of type class \(className)")
        } catch {
            logger.error("\(error)")
            return post(.connectorStarted(run, failure: "\(error)"))
        }
        let connector: any Connector
        do {
            connector = try start(plugin, resolved)
        } catch {
            return post(.connectorStarted(run, failure: "\(error)"))
        }
        post(.connectorStarted(run, failure: nil))
        while true {
            switch calls.wait(for: { $0.isEmpty ? nil : $0.removeFirst() }) {
            case .configureTasks(let maximum):
                post(.tasksConfigured(run, configurations(connector, plugin, maximum, resolved)))
            case .stop:
                connector.stop()
                return post(.connectorStopped(run))
            case .release: return
            }
        }
    }

    private func start(_ plugin: ConnectorPlugin, _ resolved: [String: String]) throws -> any Connector {
        let context = RunningConnectorContext(run, offsets, post)
        switch plugin.factory {
        case .source(let factory):
            let connector = factory.makeConnector(plugins)
            try connector.start(resolved, context: context)
            return connector
        case .sink(let factory):
            let connector = factory.makeConnector(plugins)
            try connector.start(resolved, context: context)
            return connector
        }
    }

    private func configurations(
        _ connector: any Connector, _ plugin: ConnectorPlugin, _ maximum: Int, _ resolved: [String: String]
    ) -> Result<[ConnectorConfig], PluginError> {
        // The herder does not know the limit if it is the value of a variable.
        let limitIsVariable = TaskConfigUpdate.limitIsVariable(config)
        let maximum = limitIsVariable ? TaskLimit(configuration: resolved).maximum : maximum
        var added = ["task.class": plugin.taskClassName]
        // A task finds its topics in its own configuration.
        if plugin.kind == .sink {
            for option in SinkTopics.options.options { added[option.key.name] = resolved[option.key.name] }
        }
        do {
            let made = try connector.taskConfigurations(maximumTasks: maximum)
            if limitIsVariable, let error = TaskConfigUpdate.error(run.name, taskCount: made.count, resolved) {
                return .failure(PluginError(ConnectError(error)))
            }
            return .success(made.map { properties in
                ConnectorConfig(properties.merging(added) { own, _ in own })
                    .restoringVariables(of: config)
            })
        } catch {
            return .failure(PluginError(error))
        }
    }
}

/// What a started connector can request of the herder. Requests of an instance that was stopped have no effect.
private struct RunningConnectorContext: SourceConnectorContext {
    private let run: ConnectorRun
    private let offsets: OffsetStore
    private let post: @Sendable (HerderEvent) -> Void

    init(_ run: ConnectorRun, _ offsets: OffsetStore, _ post: @escaping @Sendable (HerderEvent) -> Void) {
        self.run = run
        self.offsets = offsets
        self.post = post
    }

    var connectorName: String { run.name }

    func requestTaskReconfiguration() { post(.reconfigurationRequested(run)) }

    func raiseError(_ error: any Error) { post(.connectorFailed(run, trace: "\(error)")) }

    func storedOffset(for partition: JSONObject) throws -> JSONObject? {
        try offsets.refresh()
        return offsets.offset(of: OffsetView.Source(connector: run.name, partition: partition))
    }
}
