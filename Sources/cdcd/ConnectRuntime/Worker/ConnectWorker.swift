import ConnectData
import Synchronization
import WireCore
import WireStreams

/// A Kafka Connect worker in distributed mode: REST, the three internal topics, membership of its group, connectors
/// and their tasks.
///
/// `start()` returns as soon as REST listens; everything else goes on in threads of its own. What ends the worker is
/// told by `awaitTermination()`.
public final class ConnectWorker: Sendable {
    /// How a worker ended.
    public enum Termination: Sendable {
        /// `stop()` was called.
        case stopped
        /// The worker could not go on: what, where, why and the remedy.
        case failed(String)
    }

    private let configuration: WorkerConfiguration
    private let connectors: [any SourceConnector]
    private let termination = Mutex<Termination?>(nil)
    private let ended = ThreadCompletion()

    public init(configuration: WorkerConfiguration, connectors: [any SourceConnector]) {
        self.configuration = configuration
        self.connectors = connectors
    }

    /// Listens on the REST port and begins to start everything else. Throws where the port cannot be had.
    public func start() throws {
        throw WorkerConfigurationError(problems: [])
    }

    /// Ends everything in order within five seconds: offsets are committed, statuses written, the group left.
    public func stop() {
        termination.withLock { $0 = $0 ?? .stopped }
        ended.finish()
    }

    /// Waits until the worker has ended, by `stop()` or by a failure.
    public func awaitTermination() -> Termination {
        while !ended.wait(milliseconds: 60_000) {}
        return termination.withLock { $0 } ?? .stopped
    }
}
