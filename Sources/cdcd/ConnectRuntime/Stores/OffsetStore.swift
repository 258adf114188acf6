import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// The offsets topic as the worker uses it, from any thread.
final class OffsetStore: Sendable {
    private let log: any StoreLog
    private let view: SharedView
    private let reading: SharedRefresh
    private static let logger = Logger("org.apache.kafka.connect.storage.KafkaOffsetBackingStore")

    /// In a class, since the reading thread and the callbacks of writes share it.
    private final class SharedView: Sendable {
        let state = Mutex(OffsetView())
    }

    init(log: any StoreLog) {
        self.log = log
        let view = SharedView()
        self.view = view
        reading = SharedRefresh {
            try log.readToEnd("offset", Self.logger) { (record) throws(UnreadableRecordError) in
                try view.state.withLock { (view) throws(UnreadableRecordError) in try view.apply(record) }
            }
        }
    }

    /// Reads all existing records.
    func load() throws {
        Self.logger.info("Starting KafkaOffsetBackingStore")
        try refresh()
        Self.logger.info("Finished reading offsets topic and starting KafkaOffsetBackingStore")
    }

    /// Reads the records since the last read: other workers may have written while no task ran. Writes are possible
    /// meanwhile.
    ///
    /// - Parameter isCancelled: checked again after `wakeReaders()`. If it returns true, the call throws
    ///   `CancellationError`.
    func refresh(isCancelled: @Sendable () -> Bool = { false }) throws { try reading.run(isCancelled: isCancelled) }

    func wakeReaders() { reading.wake() }

    func offset(of source: OffsetView.Source) -> JSONObject? { view.state.withLock { $0.offset(of: source) } }

    func offsets(of connector: String) -> [(partition: JSONObject, offset: JSONObject)] {
        view.state.withLock { $0.offsets(of: connector) }
    }

    /// Writes an offset, nil to remove it; stored on return.
    func write(_ offset: JSONObject?, of source: OffsetView.Source) throws {
        let outcome = Monitor<Result<Void, any Error>?>(nil)
        write(offset, of: source) { result in outcome.update { $0 = result } }
        try outcome.wait { $0 }.get()
    }

    /// Writes an offset, nil to remove it.
    ///
    /// - Parameter completion: called once, when it is stored or has failed; must not block.
    func write(
        _ offset: JSONObject?, of source: OffsetView.Source,
        completion: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) {
        let key = view.state.withLock { $0.key(for: source) }
        let value = offset.map { JSONValue.object($0).encoded() }
        log.append(key: key, value: value) { [view] result in
            if case .success(let place) = result {
                view.state.withLock { $0.stored(offset, of: source, key: key, at: place) }
            }
            completion(result.map { _ in })
        }
    }

    func close(timeoutMilliseconds: Int) { log.close(timeoutMilliseconds: timeoutMilliseconds) }
}
