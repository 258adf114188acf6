import ConnectData
import WireCore

/// Requests to change the offsets of stopped connectors. Each waits until the connector's tasks have ended, and nothing
/// of the connector starts while its offsets are written. A value without I/O.
struct OffsetChangeQueue {
    private var waiting: [(id: RequestID, connector: String, changes: [PartitionOffset]?)] = []
    private var writing: [RequestID: ExactName] = [:]

    func isWriting(_ connector: String) -> Bool { writing.values.contains(ExactName(connector)) }

    mutating func add(_ id: RequestID, _ connector: String, _ changes: [PartitionOffset]?) {
        waiting.append((id, connector, changes))
    }

    /// Begins the requests that can be carried out, and refuses those that cannot.
    ///
    /// - Parameters:
    ///   - refusal: why the worker may not change anything now.
    ///   - hasTasks: whether tasks of a connector have not ended.
    mutating func advance(refusal: HerderError?, _ view: ConfigView, hasTasks: (String) -> Bool) -> [HerderAction] {
        var actions: [HerderAction] = []
        let requests = waiting
        waiting = []
        for request in requests {
            let name = request.connector
            if let error = refusal ?? Self.error(name, view) {
                actions.append(.complete(request.id, .failure(error)))
            } else if hasTasks(name) || isWriting(name) {
                waiting.append(request)
            } else {
                writing[request.id] = ExactName(name)
                actions.append(.changeOffsets(request.id, connector: name, request.changes))
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

    /// - Returns: the connector whose offsets were written; nil if the request was dropped before.
    mutating func ended(_ id: RequestID) -> ExactName? { writing.removeValue(forKey: id) }

    /// Drops all requests that wait, and those in progress with `andCurrent`. Returns them.
    mutating func drop(andCurrent: Bool) -> [RequestID] {
        let ids = waiting.map(\.id) + (andCurrent ? writing.keys.sorted() : [])
        waiting = []
        if andCurrent { writing = [:] }
        return ids
    }
}
