import ConnectData

/// Whether a task's offsets can be committed. A value without I/O.
///
/// While they cannot, records are still delivered, but all since the last commit are repeated after a restart.
struct CommitHealth: Equatable, Sendable {
    /// The number of consecutive failures after which the task's state shows them. A change of a partition's leader
    /// causes fewer.
    static let failuresMax = 3

    /// Failures since the last success.
    private(set) var failureCount = 0
    /// Why nothing is committed; nil before `failuresMax` failures in a row.
    private(set) var interruption: String?

    /// Whether the last failure is logged: the first few are, and then one of twelve.
    var isWorthLogging: Bool { failureCount <= Self.failuresMax || failureCount % 12 == 0 }

    /// How long to wait before the next try: from `firstMilliseconds` up to five seconds.
    func retryMilliseconds(firstMilliseconds: Int) -> Int {
        min(firstMilliseconds << min(max(0, failureCount - 1), 12), max(firstMilliseconds, 5000))
    }

    /// A commit was stored, or failed with `error`. Returns the task's new condition; nil if it does not change.
    mutating func committed(_ error: String?) -> TaskControl.Condition? {
        guard let error else {
            failureCount = 0
            defer { interruption = nil }
            return interruption == nil ? nil : .running
        }
        failureCount += 1
        guard failureCount >= Self.failuresMax else { return nil }
        let isFirst = interruption == nil
        let reason = "Offsets cannot be committed, so that records would be repeated after a restart: \(error)"
        interruption = reason
        return isFirst ? .interrupted(reason: reason) : nil
    }
}
