import KafkaProtocol
import WireCore

/// The limits and policies of a fetching consumer.
struct FetchSettings: Equatable, Sendable {
    var maxBytes = 50 << 20
    var maxPartitionBytes = 1 << 20
    /// nil: a partition without a position is an error.
    var resetPolicy: PartitionState.Target? = .latest
    var usesCommittedOffsets = false
    var isolation = IsolationLevel.readUncommitted
    var checksCRCs = true
    /// How long a partition that is not found is looked for; nil is without a limit.
    var discoveryTimeoutMilliseconds: Int?
    var metadataMaxAgeMilliseconds = 300_000
    var backoffMilliseconds = 100
    var backoffMaxMilliseconds = 1000

    init() {}

    /// The client's ages and pauses.
    init(_ configuration: KafkaClientConfiguration) {
        metadataMaxAgeMilliseconds = configuration.metadataMaxAgeMilliseconds
        backoffMilliseconds = configuration.retryBackoffMilliseconds
        backoffMaxMilliseconds = configuration.retryBackoffMaxMilliseconds
    }
}

/// When the next attempt may begin after failed ones.
struct RetryTime: Equatable, Sendable {
    private(set) var at: MonotonicInstant?
    private var failures = 0

    mutating func failed(_ settings: FetchSettings, _ generator: inout SplitMix64, now: MonotonicInstant) {
        let backoff = ExponentialBackoff(
            firstMilliseconds: settings.backoffMilliseconds, maxMilliseconds: settings.backoffMaxMilliseconds)
        let pause = backoff.milliseconds(attempt: failures, jitter: .random(in: -1...1, using: &generator))
        failures += 1
        at = now.advanced(byMilliseconds: max(1, pause))
    }

    mutating func succeeded() { self = RetryTime() }

    func isDue(_ now: MonotonicInstant) -> Bool { at.map { $0 <= now } ?? true }
}

/// The errors of a fetching consumer.
struct FetchErrors: Equatable, Sendable {
    private var failures: [KafkaError] = []
    /// The error of the last job that failed and will be repeated.
    var last: KafkaError?

    /// An error for the program. It is not repeated before the program has received it.
    mutating func report(_ error: KafkaError) {
        if !failures.contains(error) { failures.append(error) }
    }

    /// An error of a job: of the next attempt if that may succeed, otherwise for the program.
    mutating func note(_ error: KafkaError) {
        if error.isRetriable { last = error } else if error != .closed { report(error) }
    }

    /// The partition has another position, or is not read any more: errors of the former position are obsolete.
    mutating func forget(_ partition: TopicPartition) {
        failures.removeAll { if case .consumer(let error) = $0 { error.partition == partition } else { false } }
    }

    var hasFailure: Bool { !failures.isEmpty }

    mutating func take() -> KafkaError? { failures.isEmpty ? nil : failures.removeFirst() }
}
