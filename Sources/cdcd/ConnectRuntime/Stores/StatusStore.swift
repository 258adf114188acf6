import Synchronization
import WireCore
import WireStreams

/// The status topic as the worker uses it, from any thread.
///
/// A status that this worker sets is visible at once and written asynchronously: REST answers are accurate even while
/// Kafka is unavailable. A status that could not be stored is written again, unless a later one has replaced it.
final class StatusStore: Sendable {
    private let log: any StoreLog
    private let view = Mutex(StatusView())
    private static let logger = Logger("org.apache.kafka.connect.storage.KafkaStatusBackingStore")

    /// Taken while the view's lock is held, never the other way round.
    private let unstored = Mutex(UnstoredStatuses())
    private let isClosed = Monitor(false)
    private let retryThread = SerialThread(named: "status-retry")
    private let retryMilliseconds: Int

    init(log: any StoreLog, retryMilliseconds: Int = 1000) {
        self.log = log
        self.retryMilliseconds = retryMilliseconds
    }

    var snapshot: StatusView { view.withLock { $0 } }

    /// Reads all existing records.
    func load() throws {
        try log.readToEnd("status", Self.logger) { (record) throws(UnreadableRecordError) in
            try view.withLock { (view) throws(UnreadableRecordError) in try view.apply(record) }
        }
    }

    func put(connector name: String, _ status: StatusRecord) { write(StatusKey.connector(name), status.json) }
    func put(task id: TaskID, _ status: StatusRecord) { write(StatusKey.task(id), status.json) }
    func removeConnector(_ name: String) { write(StatusKey.connector(name), nil) }
    func removeTask(_ id: TaskID) { write(StatusKey.task(id), nil) }

    /// Records that the task has written to a topic, unless that is recorded already.
    func recordTopic(_ topic: String, of id: TaskID, nowMilliseconds: Int64) {
        guard !view.withLock({ $0.hasTopic(topic, of: id.connector) }) else { return }
        write(
            StatusKey.topic(topic, connector: id.connector),
            StatusKey.topicValue(topic, id: id, discoveredMilliseconds: nowMilliseconds))
    }

    func removeTopics(of connector: String) {
        for topic in snapshot.topics(of: connector) { write(StatusKey.topic(topic, connector: connector), nil) }
    }

    /// Applies and appends under one lock, so that the topic's order is the view's.
    private func write(_ key: String, _ value: JSONObject?) {
        view.withLock { view in
            do throws(UnreadableRecordError) { try view.apply(key: key, value) } catch {
                preconditionFailure("a status that cannot be read: \(error)")
            }
            let status = unstored.withLock { $0.add(key, value.map { JSONValue.object($0).encoded() }) }
            append(status)
        }
    }

    /// The caller holds the view's lock. The completion may be called before this returns, so it must not take it.
    private func append(_ status: UnstoredStatuses.Status) {
        log.append(key: Array(status.key.utf8), value: status.value) { [self] result in
            guard case .failure(let error) = result else { return unstored.withLock { $0.stored(status) } }
            guard !isClosed.withLock({ $0 }) else { return }
            Self.logger.error("The status \(status.key) could not be written; retrying: \(error)")
            let isFirst = unstored.withLock { $0.failed(status) }
            if isFirst { retryThread.add { [self] in retry() } }
        }
    }

    /// Appends what could not be stored, for example because the log's producer was replaced.
    private func retry() {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: retryMilliseconds)
        guard isClosed.wait(until: deadline, for: { $0 ? true : nil }) == nil else { return }
        view.withLock { _ in
            for status in unstored.withLock({ $0.takeFailed() }) { append(status) }
        }
    }

    func close(timeoutMilliseconds: Int) {
        log.awaitDelivery(timeoutMilliseconds: timeoutMilliseconds)
        isClosed.update { $0 = true }
        log.close(timeoutMilliseconds: timeoutMilliseconds)
    }
}
