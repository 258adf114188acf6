import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// The idle connections of a client, and what is known about its brokers. A call owns the connection that it uses, so a
/// long poll does not delay other requests.
final class ConnectionPool: Sendable {
    private struct Idle {
        let connection: BrokerConnection
        let since: MonotonicInstant
    }

    private struct State {
        var idle: [SocketAddress: [Idle]] = [:]
        var brokers: BrokerConnectionStates
    }

    private static let idlePerBrokerMax = 8

    private let configuration: KafkaClientConfiguration
    private let state: Mutex<State>

    init(_ configuration: KafkaClientConfiguration) {
        self.configuration = configuration
        state = Mutex(State(brokers: BrokerConnectionStates(configuration)))
    }

    /// Runs `body` with a connection to `broker`, after the pauses that its failures and its throttling require.
    ///
    /// Brokers close idle connections: one that turns out to be closed is replaced, and `body` runs again. It also runs
    /// again if the broker does not serve the version of its request that it announces.
    ///
    /// - Parameter isDelayed: whether requests wait while the broker throttles the client.
    func withConnection<R>(
        to broker: SocketAddress, isDelayed: Bool = true, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try cancellation.check()
        if isDelayed {
            let wait = state.withLock { $0.brokers.throttleWaitMilliseconds(broker, now: .now) }
            if wait > 0 { try cancellation.pause(milliseconds: wait) }
        }
        var isReplacement = false
        while true {
            let idle = isReplacement ? nil : takeIdle(broker)
            let connection: BrokerConnection
            if let idle {
                connection = idle
                cancellation.add(idle.canceller)
            } else {
                connection = try open(broker, cancellation)
            }
            do throws(KafkaError) {
                return try run(connection, cancellation, body)
            } catch {
                if adjustVersions(connection, error) { continue }
                guard idle != nil, error.isEndOfConnection else { throw error }
                isReplacement = true
            }
        }
    }

    /// Sorts brokers so that those come first that may be connected to at once.
    func ordered(_ brokers: [SocketAddress]) -> [SocketAddress] {
        let now = MonotonicInstant.now
        let waits = state.withLock { state in
            brokers.map { state.idle[$0]?.isEmpty == false ? 0 : state.brokers.connectWaitMilliseconds($0, now: now) }
        }
        return zip(brokers, waits).enumerated()
            .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
    }

    /// Closes the idle connections to addresses that no broker has any more.
    func close(_ brokers: [SocketAddress]) {
        // Outside of the lock: the end of a connection is an event.
        let closed = state.withLock { state in brokers.compactMap { state.idle.removeValue(forKey: $0) } }
        withExtendedLifetime(closed) {}
    }

    func close() {
        let closed = state.withLock { state in
            defer { state.idle = [:] }
            return state.idle
        }
        withExtendedLifetime(closed) {}
    }

    // MARK: One connection

    private func open(_ broker: SocketAddress, _ cancellation: Cancellation) throws(KafkaError) -> BrokerConnection {
        let wait = state.withLock { $0.brokers.connectWaitMilliseconds(broker, now: .now) }
        if wait > 0 { try cancellation.pause(milliseconds: wait) }
        let (timeout, limits) = state.withLock { state in
            let jitter = Double.random(in: -1...1)
            return (
                state.brokers.setupTimeoutMilliseconds(broker, jitter: jitter), state.brokers.versionLimits(broker)
            )
        }
        do throws(KafkaError) {
            let connection = try BrokerConnection(
                to: broker, configuration, setupTimeoutMilliseconds: timeout, limits: limits, cancellation)
            state.withLock { $0.brokers.connected(to: broker) }
            return connection
        } catch {
            if cancellation.isCancelled { throw .closed }
            state.withLock { $0.brokers.connectFailed(to: broker, now: .now, jitter: .random(in: -1...1)) }
            throw error
        }
    }

    private func run<R>(
        _ connection: BrokerConnection, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        defer { cancellation.remove(connection.canceller) }
        do throws(KafkaError) {
            let result = try body(connection)
            noteAnswers(connection)
            putBack(connection, cancellation)
            return result
        } catch {
            // After an error response the connection can be used again; after any other error it cannot.
            if Self.leavesConnectionUsable(error) {
                noteAnswers(connection)
                putBack(connection, cancellation)
            }
            if cancellation.isCancelled { throw .closed }
            throw error
        }
    }

    private static func leavesConnectionUsable(_ error: KafkaError) -> Bool {
        if case .code(let code, _, _) = error { code != .unsupportedVersion } else { false }
    }

    private func noteAnswers(_ connection: BrokerConnection) {
        let requests = connection.takeRequests()
        let throttledUntil = connection.throttledUntil
        state.withLock { state in
            if let throttledUntil { state.brokers.throttled(by: connection.broker, until: throttledUntil) }
            state.brokers.updateVersions(connection.broker) { limits in
                for request in requests { limits.requestAnswered(request.apiKey, version: request.version) }
            }
        }
    }

    /// Draws conclusions from a request that failed. Returns whether it is sent again in a lower version.
    private func adjustVersions(_ connection: BrokerConnection, _ error: KafkaError) -> Bool {
        // Then it is idle, or another call owns it.
        if Self.leavesConnectionUsable(error) { return false }
        guard let request = connection.takeRequests().last else { return false }
        let lowest = connection.versions.lowestVersion(of: request.apiKey)
        return state.withLock { state in
            state.brokers.updateVersions(connection.broker) { limits in
                if error.errorCode == .unsupportedVersion {
                    return limits.requestRefused(request.apiKey, version: request.version, lowest: lowest)
                }
                if error.isEndOfConnection, !request.isAnswered {
                    limits.connectionEnded(request.apiKey, version: request.version, lowest: lowest)
                }
                return false
            }
        }
    }

    /// What is known about the versions that a broker serves, for connections that are not the pool's.
    func updateVersions<R: Sendable>(
        of broker: SocketAddress, _ body: (inout VersionLimits) -> R
    ) -> R {
        state.withLock { $0.brokers.updateVersions(broker, body) }
    }

    private func takeIdle(_ broker: SocketAddress) -> BrokerConnection? {
        while true {
            let taken = state.withLock { state -> (expired: [Idle], idle: Idle?) in
                let expired = Self.removeExpired(&state.idle, configuration.connectionsMaxIdleMilliseconds)
                return (expired, state.idle[broker]?.popLast())
            }
            guard let idle = taken.idle else { return nil }
            if !idle.connection.isClosedByPeer { return idle.connection }
        }
    }

    private func putBack(_ connection: BrokerConnection, _ cancellation: Cancellation) {
        guard !cancellation.isCancelled, !connection.canceller.isCancelled else { return }
        let expired = state.withLock { state in
            if state.idle[connection.broker, default: []].count < Self.idlePerBrokerMax {
                state.idle[connection.broker, default: []].append(Idle(connection: connection, since: .now))
            }
            return Self.removeExpired(&state.idle, configuration.connectionsMaxIdleMilliseconds)
        }
        withExtendedLifetime(expired) {}
    }

    /// Removes the connections that were idle for too long; the caller releases them outside of the lock.
    private static func removeExpired(
        _ idle: inout [SocketAddress: [Idle]], _ idleMillisecondsMax: Int
    ) -> [Idle] {
        let now = MonotonicInstant.now
        var expired: [Idle] = []
        for broker in idle.keys {
            // The oldest come first.
            while let first = idle[broker]?.first, now.milliseconds(since: first.since) >= idleMillisecondsMax {
                expired.append(first)
                idle[broker]?.removeFirst()
            }
        }
        return expired
    }
}
