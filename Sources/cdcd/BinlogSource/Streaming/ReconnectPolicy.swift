import WireCore

/// Determines when to retry a server that cannot be reached, and when to give up.
///
/// A server that was unavailable for less than 20 seconds is found within two seconds of its return; with a longer
/// outage, attempts become rarer, so that hundreds of connectors do not overload a server that starts.
struct ReconnectPolicy: Sendable {
    /// The maximum duration of an outage: a day. Then an operator must intervene.
    static let awayMillisecondsMax = 24 * 60 * 60 * 1000
    static let delayMillisecondsMin = 20
    static let delayMillisecondsMax = 5000
    /// Up to this delay the delays double; beyond it they grow with the outage.
    private static let doublingMillisecondsMax = 250
    /// The maximum delay as a fraction of the outage's duration.
    private static let awayPart = 10
    /// The interval of reports of an outage.
    private static let reportMilliseconds = 60_000
    /// The maximum duration of each of the first attempts.
    private static let attemptMillisecondsMin = 5000

    /// The next step after a failed attempt.
    struct Retry: Hashable, Sendable {
        /// The delay before the next attempt.
        var delayMilliseconds: Int
        /// The duration of the outage.
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

    /// The connection is lost or could not be established.
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

    /// The connection works again.
    mutating func succeeded() { self = Self(awayMillisecondsMax: awayMillisecondsMax) }

    /// The maximum duration of the next attempt: short at first, so that it does not miss the server's return, and
    /// later as long as the configuration allows, for a server that responds slowly.
    func attemptMilliseconds(at now: MonotonicInstant, configured: Int) -> Int {
        let away = awaySince.map { now.milliseconds(since: $0) } ?? 0
        return min(configured, max(Self.attemptMillisecondsMin, away))
    }
}
