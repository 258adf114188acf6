import KafkaProtocol
import WireCore
import WireStreams

/// What a client knows about the connections to each broker: when the next one may be opened, how long that may take,
/// until when requests are delayed, and which versions are not served.
///
/// A machine without I/O, clock and randomness.
struct BrokerConnectionStates: Sendable {
    private struct State {
        /// Attempts to connect that failed in succession.
        var failures = 0
        var connectAt: MonotonicInstant?
        var throttledUntil: MonotonicInstant?
        var versions = VersionLimits()
    }

    private var states: [SocketAddress: State] = [:]
    private let reconnect: ExponentialBackoff
    private let setup: ExponentialBackoff
    /// More brokers are forgotten: those of old addresses need not be kept.
    static let brokersMax = 10_000

    init(_ configuration: KafkaClientConfiguration) {
        reconnect = ExponentialBackoff(
            firstMilliseconds: configuration.reconnectBackoffMilliseconds,
            maxMilliseconds: configuration.reconnectBackoffMaxMilliseconds)
        setup = ExponentialBackoff(
            firstMilliseconds: configuration.connectTimeoutMilliseconds,
            maxMilliseconds: max(configuration.connectTimeoutMilliseconds, configuration.connectTimeoutMaxMilliseconds))
    }

    // MARK: Connecting

    mutating func connected(to broker: SocketAddress) {
        states[broker]?.failures = 0
        states[broker]?.connectAt = nil
    }

    /// - Parameter jitter: a random number from -1 to 1.
    mutating func connectFailed(to broker: SocketAddress, now: MonotonicInstant, jitter: Double) {
        if states[broker] == nil, states.count >= Self.brokersMax { states = [:] }
        var state = states[broker] ?? State()
        let pause = reconnect.milliseconds(attempt: state.failures, jitter: jitter)
        state.connectAt = now.advanced(byMilliseconds: pause)
        state.failures += 1
        state.versions.connectionFailed()
        states[broker] = state
    }

    /// The time until the next attempt (`reconnect.backoff.ms`); 0 if it may begin.
    func connectWaitMilliseconds(_ broker: SocketAddress, now: MonotonicInstant) -> Int {
        states[broker]?.connectAt.map { max(0, $0.milliseconds(since: now)) } ?? 0
    }

    /// The maximum time of the next attempt (`socket.connection.setup.timeout.ms`, KIP-601).
    func setupTimeoutMilliseconds(_ broker: SocketAddress, jitter: Double) -> Int {
        let failures = states[broker]?.failures ?? 0
        // The first one is the configured time, without jitter.
        return setup.milliseconds(attempt: failures, jitter: failures == 0 ? 0 : jitter)
    }

    // MARK: Throttling

    /// A response asks the client to delay its next requests (KIP-219).
    mutating func throttled(by broker: SocketAddress, until: MonotonicInstant) {
        var state = states[broker] ?? State()
        if let current = state.throttledUntil, current > until { return }
        state.throttledUntil = until
        states[broker] = state
    }

    func throttleWaitMilliseconds(_ broker: SocketAddress, now: MonotonicInstant) -> Int {
        states[broker]?.throttledUntil.map { max(0, $0.milliseconds(since: now)) } ?? 0
    }

    // MARK: Versions

    func versionLimits(_ broker: SocketAddress) -> VersionLimits { states[broker]?.versions ?? VersionLimits() }

    mutating func updateVersions<R>(_ broker: SocketAddress, _ body: (inout VersionLimits) -> R) -> R {
        body(&states[broker, default: State()].versions)
    }
}
