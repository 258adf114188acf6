import WireCore

/// The config topic, read from its first record to the last one applied (`KafkaConfigBackingStore`).
///
/// Task configurations apply only when a commit record states how many there are; until then they are pending.
struct ConfigView: Sendable {
    private(set) var connectors = NameMap<ConnectorConfig>()
    private(set) var sessionKey: SessionKey?
    /// The offset after the last record applied; -1 if there was none. Group members compare it.
    private(set) var offset: Int64 = -1
    private var targetStates = NameMap<TargetState>()
    private var taskConfigs: [TaskID: ConnectorConfig] = [:]
    private var taskCounts = NameMap<Int>()
    private var pendingTasks = NameMap<[Int: ConnectorConfig]>()
    private var inconsistent: Set<ExactName> = []
    private var configsAtCommit = NameMap<ConnectorConfig>()

    /// STARTED unless another state was requested.
    func targetState(of connector: String) -> TargetState { targetStates[connector] ?? .started }

    /// In the order of their numbers; empty if the last commit was incomplete.
    func tasks(of connector: String) -> [TaskID] {
        guard connectors[connector] != nil, !inconsistent.contains(ExactName(connector)) else { return [] }
        return (0..<(taskCounts[connector] ?? 0)).map { TaskID(connector: connector, task: $0) }
    }

    func taskConfig(_ id: TaskID) -> ConnectorConfig? { taskConfigs[id] }

    /// The connector's configuration that was in effect when its tasks were last committed.
    func configAtCommit(of connector: String) -> ConnectorConfig? { configsAtCommit[connector] }

    func isInconsistent(_ connector: String) -> Bool { inconsistent.contains(ExactName(connector)) }

    /// Applies one record. Every record except one that is not JSON advances `offset`.
    mutating func apply(_ record: StoreRecord) -> ConfigChange {
        var document: JSONValue?
        if let value = record.value {
            do throws(JSONError) { document = try JSONValue.parse(value) } catch {
                return .unreadable("the record at offset \(record.offset) is not JSON: \(error)")
            }
        }
        offset = record.offset + 1
        guard let key = record.keyText else { return .unreadable("the record at offset \(record.offset) has no key") }
        let object = document?.objectValue
        // Java's converter reads `null` as no value too.
        let isTombstone = document?.isNull ?? true
        if let name = key.dropping(prefix: ConfigRecord.Prefix.targetState) {
            return applyTargetState(name, object, isTombstone: isTombstone)
        }
        if let name = key.dropping(prefix: ConfigRecord.Prefix.connector) {
            return applyConnector(name, object, isTombstone: isTombstone)
        }
        if let rest = key.dropping(prefix: ConfigRecord.Prefix.task) { return applyTask(rest, object) }
        if let name = key.dropping(prefix: ConfigRecord.Prefix.commit) { return applyCommit(name, object) }
        if let name = key.dropping(prefix: ConfigRecord.Prefix.restart) { return applyRestart(name, object) }
        if key.dropping(prefix: ConfigRecord.Prefix.fencing) != nil { return .nothing }
        if key == ConfigRecord.sessionKeyName { return applySessionKey(object) }
        if let name = key.dropping(prefix: ConfigRecord.Prefix.logger) { return Self.loggerLevel(name, object) }
        return .unreadable("unknown key \(key)")
    }

    private mutating func applyTargetState(_ name: String, _ object: JSONObject?, isTombstone: Bool) -> ConfigChange {
        if isTombstone {
            targetStates[name] = nil
            return .nothing
        }
        // Workers up to 3.4 use `state` alone, in which STOPPED is written as PAUSED.
        let text = object?["state.v2"]?.stringValue ?? object?["state"]?.stringValue
        guard let state = text.flatMap(TargetState.init(rawValue:)) else {
            return .unreadable("target state of \(name) is \(text ?? "missing")")
        }
        targetStates[name] = state
        return connectors[name] == nil ? .nothing : .targetStateChanged(name)
    }

    private mutating func applyConnector(_ name: String, _ object: JSONObject?, isTombstone: Bool) -> ConfigChange {
        if isTombstone {
            let existed = connectors.remove(name) != nil
            removeTasks(of: name)
            return existed ? .connectorRemoved(name) : .nothing
        }
        guard let config = object?["properties"]?.objectValue.flatMap(ConnectorConfig.init) else {
            return .unreadable("configuration of connector \(name) does not have properties that are all strings")
        }
        connectors[name] = config
        return .connectorUpdated(name)
    }

    private mutating func removeTasks(of name: String) {
        taskCounts[name] = nil
        pendingTasks[name] = nil
        configsAtCommit[name] = nil
        inconsistent.remove(ExactName(name))
        taskConfigs = taskConfigs.filter { !$0.key.connector.isExactly(name) }
    }

    private static func loggerLevel(_ name: String, _ object: JSONObject?) -> ConfigChange {
        guard let text = object?["level"]?.stringValue, let level = LogLevel(name: text) else {
            return .unreadable("logger \(name) has no valid level")
        }
        return .loggerLevelChanged(logger: name, level)
    }

    private mutating func applyTask(_ rest: String, _ object: JSONObject?) -> ConfigChange {
        guard let id = TaskID(keySuffix: rest) else { return .unreadable("task key \(rest) has no number") }
        guard let config = object?["properties"]?.objectValue.flatMap(ConnectorConfig.init) else {
            return .unreadable("configuration of task \(id) does not have properties that are all strings")
        }
        pendingTasks[id.connector, default: [:]][id.task] = config
        return .nothing
    }

    private mutating func applyCommit(_ name: String, _ object: JSONObject?) -> ConfigChange {
        guard let config = connectors[name] else {
            removeTasks(of: name)
            return .nothing
        }
        guard let tasks = object?["tasks"]?.integerValue, let count = Int(exactly: tasks), (0...100_000).contains(count) else {
            return .unreadable("commit of connector \(name) has no number of tasks")
        }
        let pending = pendingTasks.remove(name) ?? [:]
        taskCounts[name] = count
        guard (0..<count).allSatisfy({ pending[$0] != nil }) else {
            inconsistent.insert(ExactName(name))
            return .tasksCommitted(name)
        }
        inconsistent.remove(ExactName(name))
        for (task, config) in pending { taskConfigs[TaskID(connector: name, task: task)] = config }
        configsAtCommit[name] = config
        return .tasksCommitted(name)
    }

    private func applyRestart(_ name: String, _ object: JSONObject?) -> ConfigChange {
        guard let includesTasks = object?["include-tasks"]?.boolValue, let onlyFailed = object?["only-failed"]?.boolValue
        else { return object == nil ? .nothing : .unreadable("restart request of \(name)") }
        return .restartRequested(RestartRequest(connector: name, includesTasks: includesTasks, onlyFailed: onlyFailed))
    }

    private mutating func applySessionKey(_ object: JSONObject?) -> ConfigChange {
        guard let key = object?["key"]?.stringValue, let algorithm = object?["algorithm"]?.stringValue,
            let created = object?["creation-timestamp"]?.integerValue
        else { return .unreadable("session key") }
        sessionKey = SessionKey(keyBase64: key, algorithm: algorithm, createdMilliseconds: created)
        return .sessionKeyChanged
    }
}
