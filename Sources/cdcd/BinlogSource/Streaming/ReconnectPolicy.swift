import WireCore

/// When to try to reach a server again, and when to give up.
///
/// A server that was away for less than 20 seconds is found within two seconds of its return; the longer it is away,
/// the rarer the attempts, so that hundreds of connectors do not hinder a server that starts.
struct ReconnectPolicy: Sendable {
    /// How long a server may be away: a day. Then somebody must look.
    static let awayMillisecondsMax = 24 * 60 * 60 * 1000
    static let delayMillisecondsMin = 20
    static let delayMillisecondsMax = 5000
    /// Up to here the delays double; beyond, they grow with the outage.
    private static let doublingMillisecondsMax = 250
    /// A delay is at most this part of the time that the server has been away.
    private static let awayPart = 10
    /// How often an outage that goes on is reported.
    private static let reportMilliseconds = 60_000
    /// How long the first attempts may take each.
    private static let attemptMillisecondsMin = 5000

    /// What follows a failed attempt.
    struct Retry: Hashable, Sendable {
        /// How long to wait before the next attempt.
        var delayMilliseconds: Int
        /// How long the server has been away.
        var awayMilliseconds: Int
        /// Whether to report the outage: at its first failure, and once a minute.
        var isReportDue: Bool
    }

    private let awayMillisecondsMax: Int
    private var awaySince: MonotonicInstant?
    private var reportedAt: MonotonicInstant?
    private var doublingMilliseconds = Self.delayMillisecondsMin

    init(awayMillisecondsMax: Int = Self.awayMillisecondsMax) { self.awayMillisecondsMax = awayMillisecondsMax }

    /// Whether the last attempt failed.
    var isAway: Bool { awaySince != nil }

    /// The connection is lost or was not made.
    ///
    /// - Parameter generator: spreads the attempts of many connectors: a delay is shortened by up to a quarter.
    /// - Returns: nil to give up.
    mutating func failed(at now: MonotonicInstant, using generator: inout some RandomNumberGenerator) -> Retry? {
        let since = awaySince ?? now
        awaySince = since
        let away = now.milliseconds(since: since)
        guard away < awayMillisecondsMax else { return nil }
        var delay = doublingMilliseconds
        if delay < Self.doublingMillisecondsMax {
            doublingMilliseconds = min(delay * 2, Self.doublingMillisecondsMax)
        } else {
            delay = min(max(delay, away / Self.awayPart), Self.delayMillisecondsMax)
        }
        let isReportDue = reportedAt.map { now.milliseconds(since: $0) >= Self.reportMilliseconds } ?? true
        if isReportDue { reportedAt = now }
        return Retry(
            delayMilliseconds: Int.random(in: (delay - delay / 4)...delay, using: &generator), awayMilliseconds: away,
            isReportDue: isReportDue)
    }

    mutating func failed(at now: MonotonicInstant) -> Retry? {
        var generator = SystemRandomNumberGenerator()
        return failed(at: now, using: &generator)
    }

    /// The connection does again what it is for.
    mutating func succeeded() { self = Self(awayMillisecondsMax: awayMillisecondsMax) }

    /// How long the next attempt may take in all: little at first, so that it does not miss the server's return, and
    /// later as long as the configuration allows, for a server that answers slowly.
    func attemptMilliseconds(at now: MonotonicInstant, configured: Int) -> Int {
        let away = awaySince.map { now.milliseconds(since: $0) } ?? 0
        return min(configured, max(Self.attemptMillisecondsMin, away))
    }
}
