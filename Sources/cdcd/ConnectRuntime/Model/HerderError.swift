/// The reason for which the herder refuses a request or fails to carry it out. REST maps it to an HTTP status.
enum HerderError: Error, Equatable, Sendable {
    case badRequest(String)
    case notFound(String)
    /// The request contradicts what exists.
    case conflict(String)
    /// The worker is not a member of its group at the moment, so it may change nothing.
    case outsideGroup(reason: String)
    /// Another worker leads the group and has to carry the request out; its REST URL.
    case notLeader(url: String)
    case failed(String)
    /// The request did not end in time; the stage that was in progress.
    case timedOut(WorkerStage)
    case shuttingDown
}

extension HerderError: CustomStringConvertible {
    /// Connect's texts, which REST answers as they are.
    var description: String {
        switch self {
        case .badRequest(let message), .notFound(let message), .conflict(let message), .failed(let message): message
        // Connect's text while no member leads the group; clients retry.
        case .outsideGroup(let reason):
            "Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway. \(reason)."
        case .notLeader(let url): "Cannot complete request because this worker does not lead its group; the leader is \(url)"
        case .timedOut(let stage): "Request timed out. \(stage.summary)."
        case .shuttingDown: "The worker is shutting down."
        }
    }
}
