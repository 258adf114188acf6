import ConnectData
import WireCore
import WireStreams

@testable import ConnectRuntime

/// A connector whose tasks run a closure of the test.
struct ScriptedConnector: Sendable {
    typealias Script = @Sendable (any RecordSink, TaskControl, any SourceTaskContext) throws -> Void
    typealias TaskConfigurations = @Sendable ([String: String], Int) throws -> [[String: String]]

    var className = "io.debezium.connector.mysql.MySqlConnector"
    /// The body of a task; by default it waits until the task is stopped.
    var script: Script = { _, control, _ in ScriptedConnector.waitForStop(control) }
    var taskConfigurations: TaskConfigurations = { config, _ in [config] }
    /// Called in `start` with the connector's context.
    var started: @Sendable (any SourceConnectorContext) throws -> Void = { _ in }
    /// Called in `stop`.
    var stopped: @Sendable () -> Void = {}
    /// Called at the beginning of `validate`.
    var validated: @Sendable () -> Void = {}
    /// The body of `alterOffsets`.
    var alterOffsets: @Sendable ([PartitionOffset]) throws -> Bool = { _ in false }

    private static let hostKey = ConfigKey(
        "database.hostname", .string, importance: .high, documentation: "Where the server is.", group: "MySQL",
        orderInGroup: 2, width: .medium, displayName: "Hostname")

    var plugin: PluginDescriptor {
        PluginDescriptor(
            className, version: { _ in "3.6.1.Final" },
            properties: { _ in PluginProperties(ConfigDefinition([Self.hostKey])) },
            factory: .sourceConnector(
                SourceConnectorFactory(
                    taskClassName: className + "Task", makeConnector: { _ in ScriptedInstance(self) },
                    makeTask: { _, context in ScriptedTask(script: script, context: context) })))
    }

    fileprivate static func validate(_ configuration: [String: String]) -> ConfigValidation {
        let host = configuration["database.hostname"]
        let errors = host == nil ? ["The 'database.hostname' value is invalid: A value is required"] : []
        return ConfigValidation(values: [ConfigValue(name: hostKey.name, key: hostKey, value: host, errors: errors)])
    }

    static func waitForStop(_ control: TaskControl) {
        let stopped = Monitor(false)
        let id = control.onStop { stopped.update { $0 = true } }
        _ = stopped.wait { $0 ? true : nil }
        control.removeStopHandler(id)
    }

    /// A record without key whose value is one text.
    static func record(_ text: String, topic: String = "t") -> ConnectRecord {
        ConnectRecord(
            topic: topic, keySchema: nil, key: .null, valueSchema: Schema(.string), value: .string(text))
    }
}

private final class ScriptedInstance: SourceConnector {
    private let script: ScriptedConnector
    private var configuration: [String: String] = [:]

    init(_ script: ScriptedConnector) { self.script = script }

    func validate(_ configuration: [String: String]) -> ConfigValidation {
        script.validated()
        return ScriptedConnector.validate(configuration)
    }

    func start(_ configuration: [String: String], context: any SourceConnectorContext) throws {
        self.configuration = configuration
        try script.started(context)
    }

    func taskConfigurations(maximumTasks: Int) throws -> [[String: String]] {
        try script.taskConfigurations(configuration, maximumTasks)
    }

    func alterOffsets(_ configuration: [String: String], _ offsets: [PartitionOffset]) throws -> Bool {
        try script.alterOffsets(offsets)
    }

    func stop() { script.stopped() }
}

private final class ScriptedTask: SourceTask {
    private let script: ScriptedConnector.Script
    private let context: any SourceTaskContext

    init(script: @escaping ScriptedConnector.Script, context: any SourceTaskContext) {
        self.script = script
        self.context = context
    }

    func run(sink: any RecordSink, control: TaskControl) throws { try script(sink, control, context) }
}
