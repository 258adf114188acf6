import Synchronization
import WireCore

/// The config topic as the worker uses it. One thread writes; any thread may look.
final class ConfigStore: Sendable {
    private let log: any TopicLog
    private let view = Mutex(ConfigView())
    private static let logger = Logger("org.apache.kafka.connect.storage.KafkaConfigBackingStore")

    init(log: any TopicLog) { self.log = log }

    /// What is known at the moment.
    var snapshot: ConfigView { view.withLock { $0 } }

    /// Reads everything that is there. Requests from before the start are over and done with.
    func load() throws {
        _ = try refresh()
        Self.logger.info("Started KafkaConfigBackingStore")
    }

    /// Reads what has come since the last look, and gives the changes in their order.
    func refresh() throws -> [ConfigChange] {
        var changes: [ConfigChange] = []
        try log.readToEnd { record in
            let change = view.withLock { $0.apply(record) }
            switch change {
            case .nothing: break
            case .unreadable(let what): Self.logger.error("Record of the config topic is passed over: \(what)")
            default: changes.append(change)
            }
        }
        return changes
    }

    /// Writes records and reads them back, so that the view has them on return.
    func write(_ records: [ConfigRecord.KeyValue]) throws -> [ConfigChange] {
        for record in records {
            try log.append(key: Array(record.key.utf8), value: record.value.map { JSONValue.object($0).encoded() })
        }
        return try refresh()
    }

    func close(timeoutMilliseconds: Int) { log.close(timeoutMilliseconds: timeoutMilliseconds) }
}
