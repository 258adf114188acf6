/// A request to restart a connector, its tasks, or those of them that have failed.
struct RestartRequest: Equatable, Sendable {
    var connector: String
    var includesTasks: Bool
    var onlyFailed: Bool
}
