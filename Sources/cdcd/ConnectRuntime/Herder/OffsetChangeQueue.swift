import ConnectData
import WireCore

/// Requests to change the offsets of stopped connectors. Each waits until the connector's tasks have ended; then the
/// connector checks the offsets, and they are written. Nothing of the connector starts meanwhile. A value without I/O.
struct OffsetChangeQueue {
    enum Outcome {
        case action(HerderAction)
        /// The request has ended, and the connector may start.
        case complete(RequestID, connector: ExactName, Result<HerderAnswer, HerderError>)
    }

    private struct Request {
        let id: RequestID
        let connector: String
        let changes: [RequestedOffset]?
    }

    private enum Phase {
        /// The plugin has to return by the deadline. Afterwards its result is ignored.
        case checking(until: MonotonicInstant)
        case writing(isComplete: Bool)
    }

    private let checkMilliseconds: Int
    private var waiting: [Request] = []
    private var current: [RequestID: (connector: String, phase: Phase)] = [:]

    /// - Parameter checkMilliseconds: how long the plugin's `alterOffsets` may take.
    init(checkMilliseconds: Int) { self.checkMilliseconds = checkMilliseconds }

    func isChanging(_ connector: String) -> Bool { current.values.contains { $0.connector.isExactly(connector) } }

    /// When `abandonOverdue` has to be called next.
    var nextDeadline: MonotonicInstant? {
        current.values.compactMap { if case .checking(let until) = $0.phase { until } else { nil } }.min()
    }

    mutating func add(_ id: RequestID, _ connector: String, _ changes: [RequestedOffset]?) {
        waiting.append(Request(id: id, connector: connector, changes: changes))
    }

    /// Begins the requests that can be carried out, and refuses those that cannot.
    ///
    /// - Parameters:
    ///   - refusal: why the worker may not change anything now.
    ///   - hasTasks: whether tasks of a connector have not ended.
    mutating func advance(
        refusal: HerderError?, _ view: ConfigView, at now: MonotonicInstant, hasTasks: (String) -> Bool
    ) -> [HerderAction] {
        var actions: [HerderAction] = []
        let requests = waiting
        waiting = []
        for request in requests {
            let name = request.connector
            if let error = refusal ?? Self.error(name, view) {
                actions.append(.complete(request.id, .failure(error)))
            } else if hasTasks(name) || isChanging(name) {
                waiting.append(request)
            } else {
                current[request.id] = (name, .checking(until: now.advanced(byMilliseconds: checkMilliseconds)))
                actions.append(.checkOffsets(request.id, connector: name, request.changes))
            }
        }
        return actions
    }

    private static func error(_ name: String, _ view: ConfigView) -> HerderError? {
        if view.connectors[name] == nil { return .notFound("Connector \(name) not found") }
        if view.targetState(of: name) == .stopped, view.tasks(of: name).isEmpty { return nil }
        return .badRequest(
            "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified "
                + "connector by issuing a 'PUT' request to the '/connectors/\(name)/stop' endpoint")
    }

    /// The plugin returned. Returns nil if the request was abandoned or dropped before.
    ///
    /// - Parameter refusal: why the worker may not write the offsets now.
    mutating func checked(
        _ id: RequestID, _ result: Result<OffsetCheck, HerderError>, refusal: HerderError?
    ) -> Outcome? {
        guard let (connector, phase) = current[id], case .checking = phase else { return nil }
        if let refusal { return end(id, .failure(refusal)) }
        switch result {
        case .success(let check):
            current[id] = (connector, .writing(isComplete: check.isComplete))
            return .action(.writeOffsets(id, connector: connector, check.changes))
        case .failure(let error): return end(id, .failure(error))
        }
    }

    /// The offsets are written. Returns nil if the request was dropped before.
    mutating func written(_ id: RequestID, failure: String?) -> Outcome? {
        guard case .writing(let isComplete) = current[id]?.phase else { return nil }
        return end(id, failure.map { .failure(.failed($0)) } ?? .success(.offsetsChanged(isComplete: isComplete)))
    }

    /// Ends the requests whose plugin has not returned in time.
    mutating func abandonOverdue(at now: MonotonicInstant) -> [Outcome] {
        let overdue = current.filter {
            if case .checking(let until) = $0.value.phase { until <= now } else { false }
        }
        return overdue.keys.sorted().compactMap { id in
            end(id, .failure(.failed(
                "The connector's alterOffsets did not return within \(checkMilliseconds) ms. Check the systems that it "
                    + "connects to, then send the request again")))
        }
    }

    private mutating func end(_ id: RequestID, _ result: Result<HerderAnswer, HerderError>) -> Outcome? {
        current.removeValue(forKey: id).map { .complete(id, connector: ExactName($0.connector), result) }
    }

    /// Drops all requests that wait, and those in progress with `andCurrent`. Returns them.
    mutating func drop(andCurrent: Bool) -> [RequestID] {
        let ids = waiting.map(\.id) + (andCurrent ? current.keys.sorted() : [])
        waiting = []
        if andCurrent { current = [:] }
        return ids
    }
}
