/// When a token is replaced before it expires. The rules and defaults are those of Kafka's clients
/// (`sasl.login.refresh.*`, KIP-255).
public struct OAuthTokenRefresh: Sendable, Equatable {
    /// The part of a token's lifetime after which it is replaced, 0.5 to 1.0
    /// (`sasl.login.refresh.window.factor`).
    public var windowFactor = 0.8
    /// The maximum random addition to `windowFactor`, 0 to 0.25 (`sasl.login.refresh.window.jitter`).
    public var windowJitter = 0.05
    /// The minimum time before a token is replaced (`sasl.login.refresh.min.period.seconds`).
    public var minPeriodSeconds: Int64 = 60
    /// The minimum time from the replacement of a token to its end (`sasl.login.refresh.buffer.seconds`).
    public var bufferSeconds: Int64 = 300

    /// Kafka's defaults.
    public init() {}

    /// The time at which a token should be replaced, in milliseconds since the epoch.
    ///
    /// - Parameters:
    ///   - issuedAt: in milliseconds since the epoch; nil if it is not known.
    ///   - end: in milliseconds since the epoch.
    ///   - random: in 0 ... 1, for the jitter.
    func time(from issuedAt: Int64?, to end: Int64, nowMilliseconds now: Int64, random: Double) -> Int64 {
        let start = issuedAt ?? now
        let factor = windowFactor + windowJitter * random
        func part(from start: Int64) -> Int64 {
            let (lifetime, isTooLarge) = end.subtractingReportingOverflow(start)
            guard !isTooLarge, lifetime > 0 else { return start }
            return start + (Int64(exactly: (Double(lifetime) * factor).rounded(.down)) ?? lifetime)
        }
        // Both limits are ignored if the rest of the lifetime is too short for them.
        let (minPeriod, buffer) = (minPeriodSeconds * 1000, bufferSeconds * 1000)
        guard now + minPeriod + buffer <= end else { return part(from: now) }
        return max(min(part(from: start), end - buffer), now + minPeriod)
    }
}
