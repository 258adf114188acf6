import ConnectData
import WireCore
import WireStreams

@testable import ConnectRuntime

/// A connector whose tasks do what a test says.
struct ScriptedConnector: SourceConnector {
    typealias Script = @Sendable (any RecordSink, TaskControl, any SourceTaskContext) throws -> Void

    var className = "io.debezium.connector.mysql.MySqlConnector"
    /// What a task does; by default it waits for its end.
    var script: Script = { _, control, _ in ScriptedConnector.waitForStop(control) }
    var taskConfigurations: @Sendable ([String: String], Int) throws -> [[String: String]] = { config, _ in [config] }

    func version(for configuration: [String: String]) -> String { "3.6.1.Final" }

    func validate(_ configuration: [String: String]) -> ConfigValidation {
        let key = ConfigKey(
            "database.hostname", .string, importance: .high, documentation: "Where the server is.", group: "MySQL",
            orderInGroup: 2, width: .medium, displayName: "Hostname")
        let host = configuration["database.hostname"]
        let errors = host == nil ? ["The 'database.hostname' value is invalid: A value is required"] : []
        return ConfigValidation(values: [ConfigValue(name: key.name, key: key, value: host, errors: errors)])
    }

    func taskConfigurations(for configuration: [String: String], maximumTasks: Int) throws -> [[String: String]] {
        try taskConfigurations(configuration, maximumTasks)
    }

    func makeTask(_ configuration: [String: String], context: any SourceTaskContext) throws -> any SourceTask {
        ScriptedTask(script: script, context: context)
    }

    static func waitForStop(_ control: TaskControl) {
        let stopped = Monitor(false)
        let id = control.onStop { stopped.update { $0 = true } }
        _ = stopped.wait { $0 ? true : nil }
        control.removeStopHandler(id)
    }

    /// A record without key whose value is one text.
    static func record(_ text: String, topic: String = "t") -> SourceRecord {
        SourceRecord(
            topic: topic, keySchema: nil, key: .null, valueSchema: Schema(.string), value: .string(text))
    }
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
