import WireCore

/// The state that REST shows for a connector or a task, with the worker and the group generation that set it.
struct StatusRecord: Sendable, Equatable {
    enum State: String, Sendable {
        case unassigned = "UNASSIGNED"
        case running = "RUNNING"
        case paused = "PAUSED"
        case stopped = "STOPPED"
        case failed = "FAILED"
        case restarting = "RESTARTING"
    }

    var state: State
    /// The reason for the state, to be read by users.
    var trace: String?
    var workerID: String
    /// Of the group, when the state was written.
    var generation: Int64
    /// The plugin's; since Connect 4.1.
    var version: String?

    var json: JSONObject {
        [
            "state": .string(state.rawValue), "trace": trace.map(JSONValue.string) ?? .null,
            "worker_id": .string(workerID), "generation": .integer(generation),
            "version": version.map(JSONValue.string) ?? .null,
        ]
    }

    init(state: State, trace: String? = nil, workerID: String, generation: Int64, version: String?) {
        self.state = state
        self.trace = trace
        self.workerID = workerID
        self.generation = generation
        self.version = version
    }

    /// Returns nil if the object is not a status. Ignores members of other versions.
    init?(_ object: JSONObject) {
        guard let state = object["state"]?.stringValue.flatMap(State.init(rawValue:)),
            let workerID = object["worker_id"]?.stringValue, let generation = object["generation"]?.integerValue
        else { return nil }
        self.init(
            state: state, trace: object["trace"]?.stringValue, workerID: workerID, generation: generation,
            version: object["version"]?.stringValue)
    }
}
