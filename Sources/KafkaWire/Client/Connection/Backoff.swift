import KafkaProtocol

/// Pauses between attempts: they double up to a maximum, with a jitter of 20 %, so that clients do not retry in step
/// (KIP-580).
struct Backoff {
    private let firstMilliseconds: Int
    private let maxMilliseconds: Int
    private var nextMilliseconds: Int

    init(firstMilliseconds: Int, maxMilliseconds: Int) {
        self.firstMilliseconds = max(1, firstMilliseconds)
        self.maxMilliseconds = max(1, maxMilliseconds)
        nextMilliseconds = min(self.firstMilliseconds, self.maxMilliseconds)
    }

    init(_ configuration: KafkaClientConfiguration) {
        self.init(
            firstMilliseconds: configuration.retryBackoffMilliseconds,
            maxMilliseconds: configuration.retryBackoffMaxMilliseconds)
    }

    mutating func next(using generator: inout some RandomNumberGenerator) -> Int {
        let base = nextMilliseconds
        nextMilliseconds = min(base * 2, maxMilliseconds)
        let spread = base / 5
        return min(maxMilliseconds, base + Int.random(in: -spread...spread, using: &generator))
    }

    mutating func next() -> Int {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    mutating func reset() { nextMilliseconds = min(firstMilliseconds, maxMilliseconds) }
}
