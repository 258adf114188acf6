import KafkaProtocol

/// Intervals that double with each attempt up to a maximum, with a jitter of 20 %, so that clients do not act in step
/// (KIP-580).
struct ExponentialBackoff: Equatable, Sendable {
    let firstMilliseconds: Int
    let maxMilliseconds: Int
    private static let jitterPercent = 20

    /// The interval of the attempt with this number, from 0.
    ///
    /// - Parameter jitter: a random number from -1 to 1.
    func milliseconds(attempt: Int, jitter: Double) -> Int {
        let (first, limit) = (max(0, firstMilliseconds), max(0, maxMilliseconds))
        var interval = min(first, limit)
        for _ in 0..<max(0, attempt) where interval > 0 && interval < limit { interval = min(interval * 2, limit) }
        let spread = Double(interval) * Double(Self.jitterPercent) / 100
        return min(limit, interval + Int((spread * min(1, max(-1, jitter))).rounded()))
    }
}

/// Pauses between attempts of one operation.
struct Backoff {
    private let backoff: ExponentialBackoff
    private var attempt = 0

    init(firstMilliseconds: Int, maxMilliseconds: Int) {
        backoff = ExponentialBackoff(
            firstMilliseconds: max(1, firstMilliseconds), maxMilliseconds: max(1, maxMilliseconds))
    }

    init(_ configuration: KafkaClientConfiguration) {
        self.init(
            firstMilliseconds: configuration.retryBackoffMilliseconds,
            maxMilliseconds: configuration.retryBackoffMaxMilliseconds)
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Int {
        defer { attempt += 1 }
        return backoff.milliseconds(attempt: attempt, jitter: .random(in: -1...1, using: &generator))
    }

    mutating func next() -> Int {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    mutating func reset() { attempt = 0 }
}
