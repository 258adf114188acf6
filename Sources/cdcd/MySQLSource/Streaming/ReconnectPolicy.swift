import WireCore

/// When to try to reach the server again, and when to give up.
struct ReconnectPolicy: Sendable {
    /// How long a server that was reached once may be away: a day. Then somebody must look.
    static let awayMillisecondsMax = 24 * 60 * 60 * 1000
    /// How long a server may be away that this task has not reached yet.
    static let firstContactMillisecondsMax = 60 * 1000
    static let delayMillisecondsMin = 20
    static let delayMillisecondsMax = 250

    private let awayMillisecondsMax: Int
    private var awaySince: MonotonicInstant?
    private var delayMilliseconds = Self.delayMillisecondsMin
    private(set) var attemptCount = 0

    init(awayMillisecondsMax: Int = Self.awayMillisecondsMax) { self.awayMillisecondsMax = awayMillisecondsMax }

    /// The connection is lost or was not made.
    ///
    /// - Returns: how long to wait before the next attempt; nil to give up.
    mutating func failed(at now: MonotonicInstant) -> Int? {
        let since = awaySince ?? now
        awaySince = since
        attemptCount += 1
        guard now.milliseconds(since: since) < awayMillisecondsMax else { return nil }
        defer { delayMilliseconds = min(delayMilliseconds * 2, Self.delayMillisecondsMax) }
        return delayMilliseconds
    }

    /// Events arrive again.
    mutating func succeeded() {
        awaySince = nil
        attemptCount = 0
        delayMilliseconds = Self.delayMillisecondsMin
    }
}
