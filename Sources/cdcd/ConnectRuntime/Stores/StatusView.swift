import WireCore

/// The state that REST shows for a connector or a task, with its place of origin.
struct StatusRecord: Sendable, Equatable {
    enum State: String, Sendable {
        case unassigned = "UNASSIGNED"
        case running = "RUNNING"
        case paused = "PAUSED"
        case stopped = "STOPPED"
        case failed = "FAILED"
        case restarting = "RESTARTING"
    }

    var state: State
    /// Why it is so, for people; nil where there is nothing to say.
    var trace: String?
    var workerID: String
    /// Of the group, when the state was written.
    var generation: Int64
    /// The plugin's; since Connect 4.1.
    var version: String?

    var json: JSONObject {
        [
            "state": .string(state.rawValue), "trace": trace.map(JSONValue.string) ?? .null,
            "worker_id": .string(workerID), "generation": .integer(generation),
            "version": version.map(JSONValue.string) ?? .null,
        ]
    }

    init(state: State, trace: String? = nil, workerID: String, generation: Int64, version: String?) {
        self.state = state
        self.trace = trace
        self.workerID = workerID
        self.generation = generation
        self.version = version
    }

    /// Nil where the object is no status; members of other versions are passed over.
    init?(_ object: JSONObject) {
        guard let state = object["state"]?.stringValue.flatMap(State.init(rawValue:)),
            let workerID = object["worker_id"]?.stringValue, let generation = object["generation"]?.integerValue
        else { return nil }
        self.init(
            state: state, trace: object["trace"]?.stringValue, workerID: workerID, generation: generation,
            version: object["version"]?.stringValue)
    }
}

/// The status topic, read from its first record to the last one applied (`KafkaStatusBackingStore`).
struct StatusView: Sendable {
    struct Topic: Sendable, Equatable {
        var task: Int64
        var discoveredMilliseconds: Int64
    }

    private(set) var connectors: [String: StatusRecord] = [:]
    private(set) var tasks: [TaskID: StatusRecord] = [:]
    private var topics: [String: [String: Topic]] = [:]

    /// In the order of their numbers.
    func tasks(of connector: String) -> [(id: TaskID, status: StatusRecord)] {
        tasks.filter { $0.key.connector == connector }.sorted { $0.key.task < $1.key.task }
            .map { (id: $0.key, status: $0.value) }
    }

    /// Ordered by name.
    func topics(of connector: String) -> [String] { (topics[connector] ?? [:]).keys.sorted() }

    func hasTopic(_ topic: String, of connector: String) -> Bool { topics[connector]?[topic] != nil }

    /// Takes one record in; false where it is not understood.
    @discardableResult
    mutating func apply(_ record: StoreRecord) -> Bool {
        guard let key = record.keyText else { return false }
        var object: JSONObject?
        if let value = record.value {
            guard let document = try? JSONValue.parse(value), let members = document.objectValue else { return false }
            object = members
        }
        return apply(key: key, object)
    }

    /// The same, for a record that this worker writes itself.
    @discardableResult
    mutating func apply(key: String, _ object: JSONObject?) -> Bool {
        if key.hasPrefix(StatusKey.connectorPrefix) {
            return applyConnector(String(key.dropFirst(StatusKey.connectorPrefix.count)), object)
        }
        if key.hasPrefix(StatusKey.taskPrefix) {
            return applyTask(String(key.dropFirst(StatusKey.taskPrefix.count)), object)
        }
        if key.hasPrefix(StatusKey.topicPrefix) {
            return applyTopic(String(key.dropFirst(StatusKey.topicPrefix.count)), object)
        }
        return false
    }

    private mutating func applyConnector(_ name: String, _ object: JSONObject?) -> Bool {
        guard let object else {
            connectors[name] = nil
            return true
        }
        guard let status = StatusRecord(object) else { return false }
        connectors[name] = status
        return true
    }

    private mutating func applyTask(_ text: String, _ object: JSONObject?) -> Bool {
        guard let id = TaskID(keySuffix: text) else { return false }
        guard let object else {
            tasks[id] = nil
            return true
        }
        guard let status = StatusRecord(object) else { return false }
        // A worker that lost the task may write late; the one that runs it has the later generation.
        if status.state == .unassigned, let known = tasks[id], known.state == .running,
            known.workerID != status.workerID, known.generation >= status.generation { return true }
        tasks[id] = status
        return true
    }

    /// `TOPIC:connector-NAME`
    private mutating func applyTopic(_ text: String, _ object: JSONObject?) -> Bool {
        let separator = StatusKey.topicSeparator
        guard let place = text.firstRange(of: separator) else { return false }
        let (topic, connector) = (String(text[..<place.lowerBound]), String(text[place.upperBound...]))
        guard let object else {
            topics[connector]?[topic] = nil
            return true
        }
        guard let members = object["topic"]?.objectValue, let task = members["task"]?.integerValue,
            let discovered = members["discoverTimestamp"]?.integerValue
        else { return false }
        topics[connector, default: [:]][topic] = Topic(task: task, discoveredMilliseconds: discovered)
        return true
    }
}

/// The keys of the status topic.
enum StatusKey {
    static let connectorPrefix = "status-connector-"
    static let taskPrefix = "status-task-"
    static let topicPrefix = "status-topic-"
    static let topicSeparator = ":connector-"

    static func connector(_ name: String) -> String { connectorPrefix + name }
    static func task(_ id: TaskID) -> String { taskPrefix + id.description }
    static func topic(_ topic: String, connector: String) -> String { topicPrefix + topic + topicSeparator + connector }

    /// The value of a topic's record.
    static func topicValue(_ topic: String, id: TaskID, discoveredMilliseconds: Int64) -> JSONObject {
        ["topic": .object([
            "name": .string(topic), "connector": .string(id.connector), "task": .integer(Int64(id.task)),
            "discoverTimestamp": .integer(discoveredMilliseconds),
        ])]
    }
}
