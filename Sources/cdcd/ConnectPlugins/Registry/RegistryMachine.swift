import HTTPWire

/// Decides which server of a registry gets a request, when the request is sent again, and when it has failed, without
/// I/O.
///
/// The server that answered last is asked first. An answer that announces a temporary failure is awaited at the same
/// server, with growing pauses; then, and at once if a server cannot be reached, the next one is asked. As Confluent's
/// `RestService` and `RetryExecutor`, except that a server that cannot be reached is not tried several times in a row:
/// the task waits for the registry as a whole.
struct RegistryMachine: Equatable {
    struct Settings: Hashable, Sendable {
        /// How often a request is repeated after an answer that announces a temporary failure.
        var retriesMax = 3
        var firstPauseMillisecondsMax = 1000
        var pauseMillisecondsMax = 20000
        /// Whether a pause is a random part of its maximum.
        var spreadsPauses = true
        /// Further status codes that are temporary failures.
        var statusesRetried: Set<Int> = [408, 429, 500, 502, 503, 504]
    }

    /// How an attempt ended.
    enum Outcome: Equatable {
        case answered(status: Int)
        /// - Parameter isRetriable: whether the server could not be reached or did not answer.
        case failed(isRetriable: Bool)
    }

    enum Action: Equatable {
        case send(server: Int)
        case pause(milliseconds: Int)
        /// The last outcome is the result.
        case finish
        /// No server can be reached now, or all announce a temporary failure.
        case unavailable
    }

    private enum State: Equatable {
        case idle
        case sending
        case pausing
    }

    let settings: Settings
    let serverCount: Int
    /// The server that the next request is sent to first.
    private(set) var server: Int
    private var state = State.idle
    private var retries = 0
    private var failedServers = 0

    /// - Parameters:
    ///   - serverCount: at least 1.
    ///   - firstServer: below `serverCount`.
    init(settings: Settings, serverCount: Int, firstServer: Int = 0) {
        precondition(serverCount > 0 && firstServer < serverCount)
        self.settings = settings
        self.serverCount = serverCount
        server = firstServer
    }

    mutating func begin() -> Action {
        precondition(state == .idle)
        (retries, failedServers) = (0, 0)
        state = .sending
        return .send(server: server)
    }

    /// - Parameter random: any number; it spreads the pauses of many clients.
    mutating func ended(_ outcome: Outcome, random: UInt64) -> Action {
        precondition(state == .sending)
        switch outcome {
        case .answered(let status) where !settings.statusesRetried.contains(status): return finish(.finish)
        case .failed(isRetriable: false): return finish(.finish)
        case .answered:
            guard retries < settings.retriesMax else { return nextServer() }
            state = .pausing
            defer { retries += 1 }
            return .pause(milliseconds: pause(random))
        case .failed(isRetriable: true): return nextServer()
        }
    }

    mutating func pauseEnded() -> Action {
        precondition(state == .pausing)
        state = .sending
        return .send(server: server)
    }

    /// The wait was interrupted: there is no result.
    mutating func cancel() { state = .idle }

    private mutating func nextServer() -> Action {
        server = (server + 1) % serverCount
        failedServers += 1
        retries = 0
        guard failedServers < serverCount else { return finish(.unavailable) }
        return .send(server: server)
    }

    private mutating func finish(_ action: Action) -> Action {
        state = .idle
        return action
    }

    /// At most a limit that doubles with each retry.
    private func pause(_ random: UInt64) -> Int {
        let first = max(0, settings.firstPauseMillisecondsMax)
        let doubled = first.multipliedReportingOverflow(by: 1 << min(retries, 30))
        let limit = min(doubled.overflow ? Int.max : doubled.partialValue, max(0, settings.pauseMillisecondsMax))
        guard settings.spreadsPauses, limit > 0 else { return limit }
        return Int(random % UInt64(limit)) + 1
    }
}
