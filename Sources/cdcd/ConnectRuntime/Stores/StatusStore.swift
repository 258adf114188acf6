import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// The status topic as the worker uses it, from any thread.
///
/// What this worker says is visible at once and written behind: REST tells the truth even while Kafka is away.
final class StatusStore: Sendable {
    private let log: any TopicLog
    private let view = Mutex(StatusView())
    private static let logger = Logger("org.apache.kafka.connect.storage.KafkaStatusBackingStore")

    init(log: any TopicLog) { self.log = log }

    var snapshot: StatusView { view.withLock { $0 } }

    /// Reads everything that is there.
    func load() throws {
        try log.readToEnd("status", Self.logger) { (record) throws(UnreadableRecordError) in
            try view.withLock { (view) throws(UnreadableRecordError) in try view.apply(record) }
        }
    }

    func put(connector name: String, _ status: StatusRecord) { write(StatusKey.connector(name), status.json) }
    func put(task id: TaskID, _ status: StatusRecord) { write(StatusKey.task(id), status.json) }
    func removeConnector(_ name: String) { write(StatusKey.connector(name), nil) }
    func removeTask(_ id: TaskID) { write(StatusKey.task(id), nil) }

    /// Remembers that the task wrote to a topic, unless that is known.
    func recordTopic(_ topic: String, of id: TaskID, nowMilliseconds: Int64) {
        guard !view.withLock({ $0.hasTopic(topic, of: id.connector) }) else { return }
        write(
            StatusKey.topic(topic, connector: id.connector),
            StatusKey.topicValue(topic, id: id, discoveredMilliseconds: nowMilliseconds))
    }

    func forgetTopics(of connector: String) {
        for topic in snapshot.topics(of: connector) { write(StatusKey.topic(topic, connector: connector), nil) }
    }

    /// Both under one lock, so that the topic's order is the view's.
    private func write(_ key: String, _ value: JSONObject?) {
        view.withLock { view in
            do throws(UnreadableRecordError) { try view.apply(key: key, value) } catch {
                preconditionFailure("a status that nobody can read: \(error)")
            }
            log.append(key: Array(key.utf8), value: value.map { JSONValue.object($0).encoded() }) { result in
                guard case .failure(let error) = result, error as? KafkaError != .closed else { return }
                Self.logger.error("The status \(key) could not be written: \(error)")
            }
        }
    }

    func close(timeoutMilliseconds: Int) {
        log.awaitDelivery(timeoutMilliseconds: timeoutMilliseconds)
        log.close(timeoutMilliseconds: timeoutMilliseconds)
    }
}
