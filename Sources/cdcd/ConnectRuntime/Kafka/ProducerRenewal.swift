import KafkaProtocol
import KafkaWire
import WireCore

/// When a store's producer is replaced, and its topic checked again. A value without I/O.
///
/// A producer with a fatal error cannot be used again. One whose records failed several times in a row may use a topic
/// that was deleted, or deleted and created again.
struct ProducerRenewal: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case use
        /// Check the topic and create another producer.
        case renew(reason: String)
        /// Not yet: the last attempt failed shortly before.
        case refuse(reason: String)
        case closed
    }

    private struct Refusal: Equatable, Sendable {
        var until: MonotonicInstant
        var reason: String
    }

    /// The number of consecutive failures after which the producer is replaced.
    static let failuresMax = 3
    /// The least time between two attempts, each of which may wait for brokers.
    static let pauseMilliseconds = 5000

    private var failureCount = 0
    private var lastError = ""
    private var isRecreated = false
    private(set) var isClosed = false
    private var refusal: Refusal?

    /// - Parameter failure: the producer's fatal error.
    func step(producerFailure failure: KafkaError?, now: MonotonicInstant) -> Step {
        if isClosed { return .closed }
        guard let reason = reason(failure) else { return .use }
        if let refusal, now < refusal.until { return .refuse(reason: refusal.reason) }
        return .renew(reason: reason)
    }

    private func reason(_ failure: KafkaError?) -> String? {
        if let failure { return "its producer has failed: \(failure)" }
        if isRecreated { return "it was deleted and created again" }
        if failureCount >= Self.failuresMax { return "\(failureCount) records in a row were not stored: \(lastError)" }
        return nil
    }

    /// A record is stored.
    mutating func stored() { failureCount = 0 }

    /// A record could not be stored.
    mutating func failed(_ error: KafkaError) {
        failureCount += 1
        lastError = "\(error)"
    }

    mutating func topicRecreated() { isRecreated = true }

    mutating func renewed() {
        failureCount = 0
        isRecreated = false
        refusal = nil
    }

    mutating func renewalFailed(_ reason: String, now: MonotonicInstant) {
        refusal = Refusal(until: now.advanced(byMilliseconds: Self.pauseMilliseconds), reason: reason)
    }

    mutating func close() { isClosed = true }
}
