import WireCore

/// A record that workers write to the config topic, as Connect 4.3 writes it.
struct ConfigRecord: Equatable, Sendable {
    enum Prefix {
        static let targetState = "target-state-"
        static let connector = "connector-"
        static let task = "task-"
        static let commit = "commit-"
        static let restart = "restart-connector-"
        static let fencing = "tasks-fencing-"
        static let logger = "logger-cluster-"
    }

    static let sessionKeyName = "session-key"

    let key: String
    /// nil: a tombstone.
    let value: JSONObject?

    private init(_ key: String, _ value: JSONObject?) {
        self.key = key
        self.value = value
    }

    /// - Parameter config: nil deletes the connector.
    static func connector(_ name: String, _ config: ConnectorConfig?) -> ConfigRecord {
        ConfigRecord(Prefix.connector + name, config.map { ["properties": $0.json] })
    }

    static func targetState(_ name: String, _ state: TargetState?) -> ConfigRecord {
        let old = state == .stopped ? TargetState.paused : state
        return ConfigRecord(Prefix.targetState + name, state.map {
            ["state": .string((old ?? $0).rawValue), "state.v2": .string($0.rawValue)]
        })
    }

    static func task(_ id: TaskID, _ config: ConnectorConfig) -> ConfigRecord {
        ConfigRecord(Prefix.task + id.description, ["properties": config.json])
    }

    static func commit(_ name: String, tasks: Int) -> ConfigRecord {
        ConfigRecord(Prefix.commit + name, ["tasks": .integer(Int64(tasks))])
    }

    static func restart(_ request: RestartRequest) -> ConfigRecord {
        ConfigRecord(
            Prefix.restart + request.connector,
            ["include-tasks": .bool(request.includesTasks), "only-failed": .bool(request.onlyFailed)])
    }

    static func loggerLevel(_ name: String, _ level: LogLevel) -> ConfigRecord {
        ConfigRecord(Prefix.logger + name, ["level": .string(level.name)])
    }

    static func session(_ key: SessionKey) -> ConfigRecord {
        ConfigRecord(sessionKeyName, [
            "key": .string(key.keyBase64), "algorithm": .string(key.algorithm),
            "creation-timestamp": .integer(key.createdMilliseconds),
        ])
    }
}
