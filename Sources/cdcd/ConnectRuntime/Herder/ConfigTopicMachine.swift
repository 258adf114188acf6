import WireCore

/// What the herder writes to the config topic, one write at a time, and when it reads the topic. A value without I/O.
///
/// The records of a request are determined after those of the request before it were read back, so that they reflect
/// its effect.
struct ConfigTopicMachine {
    enum Outcome {
        case action(HerderAction)
        case complete(RequestID, Result<HerderAnswer, HerderError>)
        /// The task configurations that an instance returned are committed, or why they are not.
        case published(ConnectorRun, failure: String?)
        case sessionKeyWritten(failure: String?)
    }

    private enum Pending {
        case request(RequestID, ConfigRequest)
        case taskConfigs(ConnectorRun, [ConnectorConfig])
        case sessionKey(SessionKey)
    }

    private enum Current {
        case storing(RequestID, name: String, isNew: Bool)
        case request(RequestID, HerderAnswer)
        case taskConfigs(ConnectorRun)
        case sessionKey
    }

    private static let readRetryMilliseconds = 1000

    private let topic: String
    private(set) var view: ConfigView
    private var pending: [Pending] = []
    private var current: Current?
    /// Requests that are answered once the write in progress, and that of a session key, has ended.
    private var pings: [RequestID] = []
    /// Since when the topic may hold records that the view does not.
    private var staleSince: MonotonicInstant?
    private var isReading = false
    private var nextRead: MonotonicInstant?
    /// Whether nothing may start before the topic was read.
    private(set) var isReadRequired = false

    private var sessionKeys: SessionKeySchedule?

    init(_ settings: HerderSettings, view: ConfigView) {
        topic = settings.configTopic
        self.view = view
        sessionKeys = settings.sessionKeyLifetimeMilliseconds.map { SessionKeySchedule(lifetimeMilliseconds: $0) }
    }

    /// What is in progress, for requests that time out.
    var stage: String? {
        if current != nil { return "writing to the config topic \(topic)" }
        return isReading ? "reading the config topic \(topic)" : nil
    }

    /// When `advance` has to be called next.
    func nextDeadline(mayWrite: Bool) -> MonotonicInstant? {
        let read = current == nil && !isReading && staleSince != nil ? nextRead : nil
        return [read, mayWrite ? sessionKeys?.nextCheck : nil].compactMap { $0 }.min()
    }

    // MARK: Reading

    /// Other workers may have written until now; nothing may start before the topic was read.
    mutating func requireRead(since now: MonotonicInstant) { (staleSince, isReadRequired, nextRead) = (now, true, nil) }

    mutating func read(_ new: ConfigView, startedAt: MonotonicInstant) {
        (view, isReading) = (new, false)
        guard staleSince.map({ startedAt >= $0 }) ?? true else { return }
        (staleSince, isReadRequired, nextRead) = (nil, false, nil)
    }

    mutating func readFailed(at now: MonotonicInstant) {
        isReading = false
        nextRead = now.advanced(byMilliseconds: Self.readRetryMilliseconds)
    }

    // MARK: Writing

    mutating func add(_ id: RequestID, _ request: ConfigRequest) { pending.append(.request(id, request)) }
    mutating func add(_ run: ConnectorRun, _ configs: [ConnectorConfig]) { pending.append(.taskConfigs(run, configs)) }
    mutating func add(_ key: SessionKey) { pending.append(.sessionKey(key)) }
    mutating func add(ping id: RequestID) { pings.append(id) }
    /// The topic holds another key.
    mutating func sessionKeyChanged() { sessionKeys?.keyChanged() }

    /// Begins the next read or write.
    ///
    /// - Parameters:
    ///   - refusal: why the worker may not write at the moment.
    ///   - isCurrent: whether an instance is its connector's current one.
    mutating func advance(
        refusal: HerderError?, at now: HerderTime, isCurrent: (ConnectorRun) -> Bool
    ) -> [Outcome] {
        var outcomes = answeredPings()
        while current == nil, !pending.isEmpty {
            switch pending.removeFirst() {
            case .request(let id, let request):
                do throws(HerderError) {
                    if let refusal { throw refusal }
                    let records: [ConfigRecord]
                    (records, current) = try decide(id, request)
                    outcomes.append(.action(.write(records)))
                } catch {
                    outcomes.append(.complete(id, .failure(error)))
                }
            case .taskConfigs(let run, let configs):
                guard isCurrent(run) else { continue }
                let records = TaskConfigUpdate.records(run.name, configs, in: view)
                if records.isEmpty { outcomes.append(.published(run, failure: nil)) } else if let refusal {
                    outcomes.append(.published(run, failure: refusal.description))
                } else {
                    current = .taskConfigs(run)
                    outcomes.append(.action(.write(records)))
                }
            case .sessionKey(let key):
                if let refusal {
                    sessionKeys?.written(hasFailed: true, at: now.monotonic)
                    outcomes.append(.sessionKeyWritten(failure: refusal.description))
                    continue
                }
                current = .sessionKey
                outcomes.append(.action(.write([ConfigRecord.session(key)])))
            }
        }
        if staleSince != nil, !isReading, current == nil, nextRead.map({ $0 <= now.monotonic }) ?? true {
            (isReading, nextRead) = (true, nil)
            outcomes.append(.action(.readConfigs))
        }
        let key = view.sessionKey
        if refusal == nil, sessionKeys?.isDue(key, at: now) == true { outcomes.append(.action(.createSessionKey)) }
        return outcomes + answeredPings()
    }

    private mutating func answeredPings() -> [Outcome] {
        guard current == nil, sessionKeys?.isPending != true else { return [] }
        defer { pings = [] }
        return pings.map { .complete($0, .success(.done)) }
    }

    /// The end of the current write. Returns nil if there was none, or it was dropped.
    mutating func written(_ failure: String?, at now: MonotonicInstant) -> Outcome? {
        defer { current = nil }
        // Some records may have been written, or all of them and only the response is lost.
        if failure != nil { staleSince = now }
        let message = failure.map { "Failed to write to the config topic \(topic): \($0)" }
        func result(_ answer: HerderAnswer) -> Result<HerderAnswer, HerderError> {
            message.map { .failure(.failed($0)) } ?? .success(answer)
        }
        switch current {
        case .storing(let id, let name, let isNew):
            return .complete(id, result(.stored(isNew: isNew, tasks: view.tasks(of: name))))
        case .request(let id, let answer): return .complete(id, result(answer))
        case .taskConfigs(let run): return .published(run, failure: message)
        case .sessionKey:
            sessionKeys?.written(hasFailed: failure != nil, at: now)
            return .sessionKeyWritten(failure: message)
        case nil: return nil
        }
    }

    /// Drops everything that waits, and the write in progress with `andCurrent`. Returns the requests among it.
    mutating func drop(andCurrent: Bool) -> [RequestID] {
        var ids = pending.compactMap { if case .request(let id, _) = $0 { id } else { nil } }
        ids += pings
        (pending, pings) = ([], [])
        (staleSince, nextRead) = (nil, nil)
        guard andCurrent else { return ids }
        switch current {
        case .storing(let id, _, _), .request(let id, _): ids.append(id)
        case .taskConfigs, .sessionKey, nil: break
        }
        current = nil
        return ids
    }

    private func decide(_ id: RequestID, _ request: ConfigRequest) throws(HerderError) -> ([ConfigRecord], Current) {
        func require(_ name: String, _ message: String) throws(HerderError) {
            guard view.connectors[name] != nil else { throw .notFound(message) }
        }
        switch request {
        case .putConnector(let name, let config, let initialState, let mayReplace):
            let isNew = view.connectors[name] == nil
            guard isNew || mayReplace else { throw .conflict("Connector \(name) already exists") }
            let state = initialState.map { [ConfigRecord.targetState(name, $0)] } ?? []
            return (state + [ConfigRecord.connector(name, config)], .storing(id, name: name, isNew: isNew))
        case .deleteConnector(let name):
            try require(name, "Connector \(name) not found")
            return ([ConfigRecord.connector(name, nil), ConfigRecord.targetState(name, nil)], .request(id, .done))
        case .setTargetState(let name, let state):
            try require(name, "Unknown connector \(name)")
            return ([ConfigRecord.targetState(name, state)], .request(id, .done))
        case .stopConnector(let name):
            try require(name, "Unknown connector \(name)")
            return (
                [ConfigRecord.commit(name, tasks: 0), ConfigRecord.targetState(name, .stopped)], .request(id, .done))
        case .setLoggerLevel(let name, let level):
            return ([ConfigRecord.loggerLevel(name, level)], .request(id, .done))
        case .restart(let restart, let statuses):
            try require(restart.connector, "Unknown connector: \(restart.connector)")
            guard let plan = RestartPlan(restart, statuses) else {
                throw .notFound("Status for connector \(restart.connector) not found")
            }
            return ([ConfigRecord.restart(restart)], .request(id, .restarting(plan)))
        }
    }
}
