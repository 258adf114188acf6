import WireCore

/// When the leader of the group creates a session key, with which workers sign requests to each other. A value without
/// clock or randomness.
struct SessionKeySchedule {
    /// How long to wait after a key could not be written, since each attempt may take long.
    private static let retryMilliseconds = 60_000
    private let lifetimeMilliseconds: Int
    /// Whether a key is being created or written.
    private(set) var isPending = false
    private(set) var nextCheck: MonotonicInstant?

    init(lifetimeMilliseconds: Int) { self.lifetimeMilliseconds = lifetimeMilliseconds }

    /// Whether a key has to be created now; the next call returns false until `written`.
    mutating func isDue(_ key: SessionKey?, at now: HerderTime) -> Bool {
        if isPending { return false }
        if let nextCheck, now.monotonic < nextCheck { return false }
        if let key, key.algorithm == "HmacSHA256" {
            let left = Int64(lifetimeMilliseconds) - (now.epochMilliseconds - key.createdMilliseconds)
            if left > 0 {
                nextCheck = now.monotonic.advanced(byMilliseconds: Int(clamping: left))
                return false
            }
        }
        isPending = true
        nextCheck = nil
        return true
    }

    /// A key was written, or could not be.
    mutating func written(hasFailed: Bool, at now: MonotonicInstant) {
        isPending = false
        nextCheck = hasFailed ? now.advanced(byMilliseconds: Self.retryMilliseconds) : nil
    }

    /// The config topic holds another key.
    mutating func keyChanged() { if !isPending { nextCheck = nil } }
}
