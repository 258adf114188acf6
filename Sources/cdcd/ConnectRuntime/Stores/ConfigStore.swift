import Synchronization
import WireCore

/// The config topic as the worker uses it. One thread at a time reads and writes; any thread may use the view.
final class ConfigStore: Sendable {
    private struct State {
        var view = ConfigView()
        var changes: [ConfigChange] = []
    }

    private let log: any StoreLog
    private let state = Mutex(State())
    private static let logger = Logger("org.apache.kafka.connect.storage.KafkaConfigBackingStore")

    init(log: any StoreLog) { self.log = log }

    /// The records that were read so far.
    var snapshot: ConfigView { state.withLock { $0.view } }

    /// Reads the topic to its end. The changes until then are dropped: requests from before the start are obsolete.
    func load() throws {
        try refresh()
        _ = takeChanges()
        Self.logger.info("Started KafkaConfigBackingStore")
    }

    /// Reads what was added since the last read.
    ///
    /// The changes are kept until `takeChanges()`, also if reading fails after some records: the view contains them.
    func refresh() throws {
        try log.readToEnd { record in
            state.withLock { state in
                let change = state.view.apply(record)
                switch change {
                case .nothing: break
                case .unreadable(let reason): Self.logger.error("Record of the config topic is ignored: \(reason)")
                case .connectorUpdated, .connectorRemoved, .targetStateChanged, .tasksCommitted, .sessionKeyChanged,
                    .restartRequested, .loggerLevelChanged:
                    state.changes.append(change)
                }
            }
        }
    }

    /// The view and the changes that led to it since the last call, in their order. Each change is returned once.
    func takeChanges() -> (view: ConfigView, changes: [ConfigChange]) {
        state.withLock { state in
            defer { state.changes = [] }
            return (state.view, state.changes)
        }
    }

    /// Writes records, each stored before the next is sent, and reads them back.
    func write(_ records: [ConfigRecord]) throws {
        for record in records {
            try log.append(key: Array(record.key.utf8), value: record.value.map { JSONValue.object($0).encoded() })
        }
        try refresh()
    }

    func close(timeoutMilliseconds: Int) { log.close(timeoutMilliseconds: timeoutMilliseconds) }
}
