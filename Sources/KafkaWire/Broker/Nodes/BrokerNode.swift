import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// One node of the cluster: its listeners, and what only its own clients share.
///
/// All nodes use the same data directory, the same logs and the same coordinators.
final class BrokerNode: Sendable {
    private struct State {
        /// Those of the current run, or of the last one.
        var listeners: [ServerListener]
        /// Those of earlier runs whose threads may not have ended.
        var ending: [ServerListener] = []
        var isStopped = false
        /// The fetches and the delayed requests that wait.
        var waiting: [ObjectIdentifier: AppendSignal] = [:]
    }

    let id: Int32
    let fetchSessions = FetchSessionRegistry()
    private let configuration: DevelopmentBrokerConfiguration
    private let state: Mutex<State>

    /// Binds the addresses. Throws `StreamError` if one cannot be bound, or the certificate of TLS cannot be used.
    init(id: Int32, configuration: DevelopmentBrokerConfiguration, logger: Logger) throws(StreamError) {
        self.id = id
        self.configuration = configuration
        self.logger = logger
        state = Mutex(
            State(listeners: try Self.bind(configuration.listeners(ofNode: id), configuration, logger)))
    }

    private let logger: Logger

    private static func bind(
        _ listeners: [BrokerListener], _ configuration: DevelopmentBrokerConfiguration, _ logger: Logger
    ) throws(StreamError) -> [ServerListener] {
        var bound: [ServerListener] = []
        do throws(StreamError) {
            for listener in listeners { bound.append(try ServerListener(configuration, listener, logger: logger)) }
        } catch {
            for listener in bound { listener.server.stopAccepting() }
            throw error
        }
        return bound
    }

    /// The listeners; of a stopped node, those that it had.
    var listeners: [ServerListener] { state.withLock { $0.listeners } }
    /// Where it listens, by the name of the listener.
    var addresses: [String: SocketAddress] {
        Dictionary(listeners.map { ($0.name, $0.server.address) }, uniquingKeysWith: { first, _ in first })
    }
    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// The address of this node for clients that are connected to a listener of this name.
    func advertised(on listenerName: String) -> SocketAddress {
        let listeners = listeners
        return (listeners.first { $0.name == listenerName } ?? listeners[0]).advertised
    }

    // MARK: Start and stop

    /// Binds the same addresses again, after `stop`.
    func bindAgain() throws(StreamError) {
        let earlier = listeners
        let wanted = zip(configuration.listeners, earlier).map { configured, bound in
            var listener = configured
            listener.name = bound.name
            listener.address = bound.server.address
            listener.advertised = bound.advertised
            return listener
        }
        let listeners = try Self.bind(wanted, configuration, logger)
        fetchSessions.withLock { $0 = FetchSessions() }
        state.withLock { state in
            state.ending += state.listeners
            state.listeners = listeners
            state.isStopped = false
        }
    }

    /// Starts accepting connections.
    func start(_ serve: @escaping @Sendable (StreamPair, ServerListener) -> Void) {
        for listener in listeners { listener.server.start { streams, _ in serve(streams, listener) } }
    }

    /// Stops accepting connections; open connections continue.
    func stopAccepting() {
        for listener in listeners { listener.server.stopAccepting() }
    }

    /// Interrupts all connections and the requests that wait.
    func cutAll() {
        let (listeners, waiting) = state.withLock { state in
            state.isStopped = true
            return (state.listeners, Array(state.waiting.values))
        }
        for listener in listeners { listener.server.cutAll() }
        for signal in waiting { signal.raise() }
    }

    /// Waits until the threads of all connections have ended. Returns false if that takes longer than `milliseconds`.
    func awaitEnd(milliseconds: Int) -> Bool {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        let servers = state.withLock { ($0.ending + $0.listeners).map(\.server) }
        let ended = servers.map { $0.awaitEnd(milliseconds: max(0, deadline.milliseconds(since: .now))) }
        guard !ended.contains(false) else { return false }
        state.withLock { $0.ending = [] }
        return true
    }

    // MARK: Waiting requests

    /// Waits, but no longer than until the node is stopped.
    func pause(milliseconds: Int) {
        guard milliseconds > 0 else { return }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        let signal = AppendSignal()
        addListener(signal)
        defer { removeListener(signal) }
        while !isStopped, signal.wait(until: deadline) {}
    }

    func addListener(_ signal: AppendSignal) {
        state.withLock { $0.waiting[ObjectIdentifier(signal)] = signal }
    }

    func removeListener(_ signal: AppendSignal) {
        state.withLock { $0.waiting[ObjectIdentifier(signal)] = nil }
    }
}
