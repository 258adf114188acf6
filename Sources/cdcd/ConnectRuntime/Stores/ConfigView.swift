import WireCore
import WireStreams

/// What a record of the config topic changed.
enum ConfigChange: Equatable {
    case nothing
    case connectorUpdated(String)
    case connectorRemoved(String)
    case targetStateChanged(String)
    /// Task configurations of a connector were committed.
    case tasksCommitted(String)
    case sessionKeyChanged
    case restartRequested(RestartRequest)
    case loggerLevelChanged(logger: String)
    /// A record that is not understood: what is wrong with it.
    case unreadable(String)
}

/// A wish to restart a connector, its tasks, or what of them has failed.
struct RestartRequest: Equatable, Sendable {
    var connector: String
    var includesTasks: Bool
    var onlyFailed: Bool
}

/// The key with which workers sign their requests to each other.
struct SessionKey: Equatable, Sendable {
    var keyBase64: String
    var algorithm: String
    var createdMilliseconds: Int64

    static func randomBytes(_ count: Int) -> [UInt8] { SecureRandom.bytes(count) }
}

/// The config topic, read from its first record to the last one applied (`KafkaConfigBackingStore`).
///
/// Task configurations count only when a commit record says how many there are; until then they wait.
struct ConfigView: Sendable {
    private(set) var connectors = NameMap<ConnectorConfig>()
    private(set) var sessionKey: SessionKey?
    /// The offset after the last record applied; -1 where there was none. Group members compare it.
    private(set) var offset: Int64 = -1
    private var targetStates = NameMap<TargetState>()
    private var taskConfigs: [TaskID: ConnectorConfig] = [:]
    private var taskCounts = NameMap<Int>()
    private var waitingTasks = NameMap<[Int: ConnectorConfig]>()
    private var inconsistent: Set<ExactName> = []
    private var configsAtCommit = NameMap<ConnectorConfig>()

    /// STARTED where nothing else was ever asked for.
    func targetState(of connector: String) -> TargetState { targetStates[connector] ?? .started }

    /// In the order of their numbers; empty where the last commit was incomplete.
    func tasks(of connector: String) -> [TaskID] {
        guard connectors[connector] != nil, !inconsistent.contains(ExactName(connector)) else { return [] }
        return (0..<(taskCounts[connector] ?? 0)).map { TaskID(connector: connector, task: $0) }
    }

    func taskConfig(_ id: TaskID) -> ConnectorConfig? { taskConfigs[id] }

    /// The connector's configuration that was in force when its tasks were last committed.
    func configAtCommit(of connector: String) -> ConnectorConfig? { configsAtCommit[connector] }

    func isInconsistent(_ connector: String) -> Bool { inconsistent.contains(ExactName(connector)) }

    /// Takes one record in. Anything but a record that is no JSON moves `offset` on.
    mutating func apply(_ record: StoreRecord) -> ConfigChange {
        var document: JSONValue?
        if let value = record.value {
            do throws(JSONError) { document = try JSONValue.parse(value) } catch {
                return .unreadable("the record at offset \(record.offset) is no JSON: \(error)")
            }
        }
        offset = record.offset + 1
        guard let key = record.keyText else { return .unreadable("the record at offset \(record.offset) has no key") }
        let object = document?.objectValue
        // Java's converter reads `null` as no value too.
        let isTombstone = document?.isNull ?? true
        if let name = key.dropping(prefix: Prefix.targetState) {
            return applyTargetState(name, object, isTombstone: isTombstone)
        }
        if let name = key.dropping(prefix: Prefix.connector) {
            return applyConnector(name, object, isTombstone: isTombstone)
        }
        if let rest = key.dropping(prefix: Prefix.task) { return applyTask(rest, object) }
        if let name = key.dropping(prefix: Prefix.commit) { return applyCommit(name, object) }
        if let name = key.dropping(prefix: Prefix.restart) { return applyRestart(name, object) }
        if key.dropping(prefix: Prefix.fencing) != nil { return .nothing }
        if key == sessionKeyKey { return applySessionKey(object) }
        if let name = key.dropping(prefix: Prefix.logger) { return .loggerLevelChanged(logger: name) }
        return .unreadable("unknown key \(key)")
    }

    private mutating func applyTargetState(_ name: String, _ object: JSONObject?, isTombstone: Bool) -> ConfigChange {
        if isTombstone {
            targetStates[name] = nil
            return .nothing
        }
        // Workers up to 3.4 know `state` alone, in which STOPPED is written as PAUSED.
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
            forgetTasks(of: name)
            return existed ? .connectorRemoved(name) : .nothing
        }
        guard let config = object?["properties"]?.objectValue.flatMap(ConnectorConfig.init) else {
            return .unreadable("configuration of connector \(name) has no properties that are all text")
        }
        connectors[name] = config
        return .connectorUpdated(name)
    }

    private mutating func forgetTasks(of name: String) {
        taskCounts[name] = nil
        waitingTasks[name] = nil
        configsAtCommit[name] = nil
        inconsistent.remove(ExactName(name))
        taskConfigs = taskConfigs.filter { !$0.key.connector.isExactly(name) }
    }

    private mutating func applyTask(_ rest: String, _ object: JSONObject?) -> ConfigChange {
        guard let id = TaskID(keySuffix: rest) else { return .unreadable("task key \(rest) has no number") }
        guard let config = object?["properties"]?.objectValue.flatMap(ConnectorConfig.init) else {
            return .unreadable("configuration of task \(id) has no properties that are all text")
        }
        waitingTasks[id.connector, default: [:]][id.task] = config
        return .nothing
    }

    private mutating func applyCommit(_ name: String, _ object: JSONObject?) -> ConfigChange {
        guard let config = connectors[name] else {
            forgetTasks(of: name)
            return .nothing
        }
        guard let tasks = object?["tasks"]?.integerValue, let count = Int(exactly: tasks), (0...100_000).contains(count) else {
            return .unreadable("commit of connector \(name) has no number of tasks")
        }
        let waiting = waitingTasks.remove(name) ?? [:]
        taskCounts[name] = count
        guard (0..<count).allSatisfy({ waiting[$0] != nil }) else {
            inconsistent.insert(ExactName(name))
            return .tasksCommitted(name)
        }
        inconsistent.remove(ExactName(name))
        for (task, config) in waiting { taskConfigs[TaskID(connector: name, task: task)] = config }
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

// MARK: Keys and values

private enum Prefix {
    static let targetState = "target-state-"
    static let connector = "connector-"
    static let task = "task-"
    static let commit = "commit-"
    static let restart = "restart-connector-"
    static let fencing = "tasks-fencing-"
    static let logger = "logger-cluster-"
}

private let sessionKeyKey = "session-key"

extension TaskID {
    /// `NAME-N`, as keys of tasks end: the number stands after the last hyphen.
    init?(keySuffix text: String) {
        let bytes = text.utf8
        guard let hyphen = bytes.lastIndex(of: UInt8(ascii: "-")), let task = Int(text[bytes.index(after: hyphen)...]),
            (0...Int(Int32.max)).contains(task)
        else { return nil }
        self.init(connector: String(text[..<hyphen]), task: task)
    }
}

/// The records that workers write to the config topic, as Connect 4.3 writes them.
enum ConfigRecord {
    typealias KeyValue = (key: String, value: JSONObject?)

    static func connector(_ name: String, _ config: ConnectorConfig?) -> KeyValue {
        (Prefix.connector + name, config.map { ["properties": $0.json] })
    }

    static func targetState(_ name: String, _ state: TargetState?) -> KeyValue {
        let old = state == .stopped ? TargetState.paused : state
        return (Prefix.targetState + name, state.map {
            ["state": .string((old ?? $0).rawValue), "state.v2": .string($0.rawValue)]
        })
    }

    static func task(_ id: TaskID, _ config: ConnectorConfig) -> KeyValue {
        (Prefix.task + id.description, ["properties": config.json])
    }

    static func commit(_ name: String, tasks: Int) -> KeyValue { (Prefix.commit + name, ["tasks": .integer(Int64(tasks))]) }

    static func restart(_ request: RestartRequest) -> KeyValue {
        (Prefix.restart + request.connector,
         ["include-tasks": .bool(request.includesTasks), "only-failed": .bool(request.onlyFailed)])
    }

    static func session(_ key: SessionKey) -> KeyValue {
        (sessionKeyKey, [
            "key": .string(key.keyBase64), "algorithm": .string(key.algorithm),
            "creation-timestamp": .integer(key.createdMilliseconds),
        ])
    }
}
