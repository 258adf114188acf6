import Synchronization
import WireCore

/// The offsets topic as the worker uses it, from any thread.
final class OffsetStore: Sendable {
    private let log: any TopicLog
    private let view = Mutex(OffsetView())
    /// Writing and reading exclude each other, or a look back could undo in the view what was just written.
    private let access = Mutex(())
    private static let logger = Logger("org.apache.kafka.connect.storage.KafkaOffsetBackingStore")

    init(log: any TopicLog) { self.log = log }

    /// Reads everything that is there.
    func load() throws {
        Self.logger.info("Starting KafkaOffsetBackingStore")
        try refresh()
        Self.logger.info("Finished reading offsets topic and starting KafkaOffsetBackingStore")
    }

    /// Reads what has come since the last look: others may have written while no task ran.
    func refresh() throws {
        try access.withLock { _ in
            try log.readToEnd("offset", Self.logger) { (record) throws(UnreadableRecord) in
                try view.withLock { (view) throws(UnreadableRecord) in try view.apply(record) }
            }
        }
    }

    func offset(of source: OffsetView.Source) -> JSONObject? { view.withLock { $0.offset(of: source) } }

    func offsets(of connector: String) -> [(partition: JSONObject, offset: JSONObject)] {
        view.withLock { $0.offsets(of: connector) }
    }

    /// Writes an offset, nil to remove it; stored on return.
    func write(_ offset: JSONObject?, of source: OffsetView.Source) throws {
        try access.withLock { _ in
            let key = view.withLock { $0.key(for: source) }
            let value = offset.map { JSONValue.object($0).encoded() }
            try log.append(key: key, value: value)
            // The time is later than that of every record read, which the view wants to know.
            let record = StoreRecord(offset: 0, timestampMilliseconds: .max, key: key, value: value)
            try view.withLock { try $0.apply(record) }
        }
    }

    func close(timeoutMilliseconds: Int) { log.close(timeoutMilliseconds: timeoutMilliseconds) }
}
