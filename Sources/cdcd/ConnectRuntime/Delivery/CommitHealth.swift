import ConnectData

/// Whether a task's offsets can be committed. A value without I/O.
///
/// Records are delivered all the same, but would be repeated after a restart, more of them each minute.
struct CommitHealth: Equatable, Sendable {
    /// The number of failures in a row from which on the state shows them: a broker that changes its leader takes less.
    static let failuresMax = 3

    /// Failures since the last success.
    private(set) var failureCount = 0
    /// Why nothing is committed; nil before `failuresMax` failures in a row.
    private(set) var interruption: String?

    /// Whether the failure that came last is worth a line of the log: the first few, and then one in a while.
    var isWorthLogging: Bool { failureCount <= Self.failuresMax || failureCount % 12 == 0 }

    /// How long to wait before the next try: from `firstMilliseconds` up to five seconds.
    func retryMilliseconds(firstMilliseconds: Int) -> Int {
        min(firstMilliseconds << min(max(0, failureCount - 1), 12), max(firstMilliseconds, 5000))
    }

    /// A commit is stored, or failed with `error`. Returns what the task's state becomes, nil if it stays.
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
