/// How much a client has used per second lately (Kafka's `Rate`, with its default windows).
///
/// The amounts of the last eleven seconds count, and are divided by at least ten: after an idle time a client may use
/// at once what it may use in ten seconds.
struct QuotaRate: Equatable, Sendable {
    /// `quota.window.size.seconds`.
    static let windowMilliseconds: Int64 = 1000
    /// `quota.window.num`.
    static let windowCount: Int64 = 11

    private struct Sample: Equatable {
        var start: Int64
        var amount: Double
    }

    private var samples: [Sample] = []

    /// Whether nothing that still counts was used.
    func isIdle(now: Int64) -> Bool { samples.allSatisfy { Self.isOver($0, now) } }

    private static func isOver(_ sample: Sample, _ now: Int64) -> Bool {
        now - sample.start >= windowCount * windowMilliseconds
    }

    /// - Parameter now: milliseconds.
    mutating func record(_ amount: Double, now: Int64) {
        samples.removeAll { Self.isOver($0, now) }
        if let last = samples.indices.last, now - samples[last].start < Self.windowMilliseconds {
            samples[last].amount += amount
        } else {
            samples.append(Sample(start: now, amount: amount))
        }
    }

    /// How long the client must pause, so that its rate falls to the quota.
    func throttleMilliseconds(quota: Double, now: Int64) -> Int64 {
        let counted = samples.filter { !Self.isOver($0, now) }
        guard let first = counted.first else { return 0 }
        let elapsed = now - first.start
        let missing = Self.windowCount - 1 - elapsed / Self.windowMilliseconds
        let milliseconds = Double(elapsed + max(0, missing) * Self.windowMilliseconds)
        let rate = counted.reduce(0) { $0 + $1.amount } / milliseconds * 1000
        guard rate > quota else { return 0 }
        return Int64(min((rate - quota) / quota * milliseconds, 3_600_000).rounded())
    }
}

/// The changes that a client may still make (Kafka's `TokenBucket`).
struct QuotaTokens: Equatable, Sendable {
    private var tokens: Double?
    private var updatedAt: Int64 = 0

    private mutating func refill(_ quota: Double, _ now: Int64) -> Double {
        let most = quota * Double(QuotaRate.windowCount)
        let present = min(most, (tokens ?? most) + quota * Double(max(0, now - updatedAt)) / 1000)
        (tokens, updatedAt) = (present, now)
        return present
    }

    mutating func take(_ amount: Double, quota: Double, now: Int64) { tokens = refill(quota, now) - amount }

    /// How long the client must wait for its next change; 0 if it may make it.
    mutating func throttleMilliseconds(quota: Double, now: Int64) -> Int64 {
        Int64(min(max(0, -refill(quota, now)) / quota * 1000, 3_600_000).rounded(.up))
    }
}
