import Synchronization

/// The fetch sessions of a broker, for all connections.
final class FetchSessionRegistry: Sendable {
    private let sessions = Mutex(FetchSessions())

    func withLock<Result>(_ body: (inout FetchSessions) -> sending Result) -> sending Result {
        sessions.withLock { body(&$0) }
    }

    /// What a session reads, for interceptors.
    func entries(of sessionID: Int32) -> [RequestEntry] {
        sessions.withLock { $0.keys(ofSession: sessionID) }.map {
            RequestEntry(topic: $0.topic, topicID: $0.topicID, partition: $0.partition)
        }
    }
}
