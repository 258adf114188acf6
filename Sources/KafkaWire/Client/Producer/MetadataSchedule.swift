import WireCore

/// When a producer's metadata is requested although nothing requires it.
struct MetadataSchedule {
    private let ageMillisecondsMax: Int
    private var requestedAt: MonotonicInstant

    init(ageMillisecondsMax: Int, now: MonotonicInstant) {
        self.ageMillisecondsMax = ageMillisecondsMax
        requestedAt = now
    }

    /// Whether the metadata has reached its maximum age. It then counts as requested, also if there is no topic to
    /// request it for: otherwise a producer without topics would never wait again.
    mutating func isDue(now: MonotonicInstant) -> Bool {
        guard now.milliseconds(since: requestedAt) >= ageMillisecondsMax else { return false }
        requestedAt = now
        return true
    }

    mutating func didRequest(now: MonotonicInstant) { requestedAt = now }

    /// The time until it is due.
    func waitMilliseconds(now: MonotonicInstant) -> Int {
        max(0, ageMillisecondsMax - now.milliseconds(since: requestedAt))
    }
}
