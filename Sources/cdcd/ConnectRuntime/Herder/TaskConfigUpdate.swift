import ConnectData
import WireCore

/// The task configurations that a connector returned, compared with the committed ones.
enum TaskConfigUpdate {
    static func tasksMax(_ config: ConnectorConfig) -> Int { TaskLimit(configuration: config.dictionary).maximum }

    /// Whether the limit is known only once the variables of the configuration are resolved.
    static func limitIsVariable(_ config: ConnectorConfig) -> Bool {
        TaskLimit.options.options.contains { ConfigVariable.exists(in: config[$0.key.name] ?? "") }
    }

    /// The error of a connector that returned more than `tasks.max` tasks; nil if it did not.
    static func error(_ name: String, taskCount: Int, _ configuration: [String: String]) -> String? {
        let limit = TaskLimit(configuration: configuration)
        guard taskCount > limit.maximum, limit.isEnforced else { return nil }
        return "The connector \(name) has generated \(taskCount) tasks, which is greater than \(limit.maximum), the "
            + "maximum number of tasks it is configured to create. This behaviour should be considered a bug and is "
            + "disallowed."
    }

    /// The records that commit the configurations; empty if the same ones are committed for the same connector
    /// configuration.
    static func records(_ name: String, _ configs: [ConnectorConfig], in view: ConfigView) -> [ConfigRecord] {
        let ids = view.tasks(of: name)
        let isUnchanged = !view.isInconsistent(name) && ids.count == configs.count
            && view.configAtCommit(of: name) == view.connectors[name]
            && zip(ids, configs).allSatisfy { view.taskConfig($0) == $1 }
        if isUnchanged { return [] }
        return configs.enumerated().map { index, config in
            ConfigRecord.task(TaskID(connector: name, task: index), config)
        } + [ConfigRecord.commit(name, tasks: configs.count)]
    }
}
