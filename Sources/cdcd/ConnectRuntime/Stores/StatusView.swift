import WireCore

/// The status topic, read from its first record to the last one applied (`KafkaStatusBackingStore`).
struct StatusView: Sendable {
    struct Topic: Sendable, Equatable {
        var task: Int64
        var discoveredMilliseconds: Int64
    }

    private(set) var connectors = NameMap<StatusRecord>()
    private(set) var tasks: [TaskID: StatusRecord] = [:]
    private var topics = NameMap<NameMap<Topic>>()

    /// In the order of their numbers.
    func tasks(of connector: String) -> [(id: TaskID, status: StatusRecord)] {
        tasks.filter { $0.key.connector.isExactly(connector) }.sorted { $0.key.task < $1.key.task }
            .map { (id: $0.key, status: $0.value) }
    }

    /// Ordered by name.
    func topics(of connector: String) -> [String] { topics[connector]?.names ?? [] }

    func hasTopic(_ topic: String, of connector: String) -> Bool { topics[connector]?[topic] != nil }

    /// Applies one record. Throws without a change if the record is invalid.
    mutating func apply(_ record: StoreRecord) throws(UnreadableRecordError) {
        guard let key = record.keyText else { throw UnreadableRecordError("it has no key in UTF-8") }
        try apply(key: key, try record.object())
    }

    /// The same, for a record that this worker writes itself.
    mutating func apply(key: String, _ object: JSONObject?) throws(UnreadableRecordError) {
        if let name = key.dropping(prefix: StatusKey.connectorPrefix) {
            try applyConnector(name, object)
        } else if let task = key.dropping(prefix: StatusKey.taskPrefix) {
            try applyTask(task, object)
        } else if let topic = key.dropping(prefix: StatusKey.topicPrefix) {
            try applyTopic(topic, object)
        } else {
            throw UnreadableRecordError("its key \(key) is unknown")
        }
    }

    private static func status(_ object: JSONObject) throws(UnreadableRecordError) -> StatusRecord {
        guard let status = StatusRecord(object) else {
            throw UnreadableRecordError("it lacks a known state, a worker_id or a generation")
        }
        return status
    }

    private mutating func applyConnector(_ name: String, _ object: JSONObject?) throws(UnreadableRecordError) {
        connectors[name] = try object.map { (object) throws(UnreadableRecordError) in try Self.status(object) }
    }

    private mutating func applyTask(_ text: String, _ object: JSONObject?) throws(UnreadableRecordError) {
        guard let id = TaskID(keySuffix: text) else { throw UnreadableRecordError("the task \(text) has no number") }
        guard let object else {
            tasks[id] = nil
            return
        }
        let status = try Self.status(object)
        // A worker that no longer runs the task may write late; the one that runs it has the later generation.
        if status.state == .unassigned, let known = tasks[id], known.state == .running,
            known.workerID != status.workerID, known.generation >= status.generation { return }
        tasks[id] = status
    }

    /// `TOPIC:connector-NAME`
    private mutating func applyTopic(_ text: String, _ object: JSONObject?) throws(UnreadableRecordError) {
        // Topics have no colon in their names.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let connector = String(text[colon...]).dropping(prefix: StatusKey.topicSeparator)
        else { throw UnreadableRecordError("the topic \(text) has no connector") }
        let topic = String(text[..<colon])
        guard let object else {
            topics[connector]?[topic] = nil
            return
        }
        guard let members = object["topic"]?.objectValue, let task = members["task"]?.integerValue,
            let discovered = members["discoverTimestamp"]?.integerValue
        else { throw UnreadableRecordError("it lacks a task or a discoverTimestamp") }
        topics[connector, default: NameMap()][topic] = Topic(task: task, discoveredMilliseconds: discovered)
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
