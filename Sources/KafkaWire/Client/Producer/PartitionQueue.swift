import KafkaProtocol
import WireCore

/// The unsettled batches of one partition: a state machine without network, clock or lock.
///
/// It keeps the order of the batches and assigns sequence numbers when they are taken for the first time (KIP-98). A
/// batch that is retried keeps its numbers and is sent before later batches that are not in flight yet, so that the
/// broker can distinguish a repetition from a gap. After a batch has failed, or the broker has lost the producer's
/// state, the queue waits until no batch is in flight and restarts at 0 in a new epoch (KIP-360).
struct PartitionQueue<Batch: Sendable>: Sendable {
    /// The outcome of a batch that was in flight.
    enum BatchResult: Equatable, Sendable {
        case stored
        case refused(KafkaErrorCode)
        /// The connection broke: it may be stored or not.
        case lost
    }

    /// The consequence of an outcome.
    enum Resolution: Equatable, Sendable {
        /// Removed from the queue: stored.
        case delivered
        /// Removed from the queue: it can never be stored.
        case failed(KafkaErrorCode)
        /// To be retried.
        case retry
        /// To be retried; the queue waits for the next epoch of the producer.
        case retryInNextEpoch
        /// To be retried; the queue waits for a new producer id.
        case retryWithNewProducer
        /// To be replaced by smaller ones with `replace`.
        case split
        /// The producer as a whole must end.
        case fatal(KafkaErrorCode)
    }

    /// A batch that was taken to be sent, with its sequence numbers.
    struct InFlightBatch: Sendable {
        let number: UInt64
        let batch: Batch
        let stamp: SequenceStamp
    }

    private struct Entry: Sendable {
        let number: UInt64
        let batch: Batch
        let recordCount: Int32
        var stamp: SequenceStamp?
        var isInFlight = false
        /// Whether an earlier attempt may have been stored: it had no response, or one that leaves it open.
        var mayBeStored = false
        /// The number of error responses, for the pause before the next attempt.
        var failedAttempts = 0
        /// The number of attempts without a response.
        var lostAttempts = 0
        var refusedSince: MonotonicInstant?
        var notBefore: MonotonicInstant?
    }

    /// Whether batches get sequence numbers.
    let isIdempotent: Bool
    /// Whether the batches belong to transactions: a new epoch begins between two transactions only, so that a batch
    /// fails which otherwise would be sent again in a new epoch.
    let isTransactional: Bool
    /// The number of attempts after the first one (`retries`).
    private let retriesMax: Int
    private var entries: [Entry] = []
    private var identity: ProducerIdentity?
    private var nextSequence: Int32 = 0
    private var mustRestart = false
    /// Whether the broker has stored a batch with this producer id and epoch. Until then only one may be in flight: a
    /// broker without state of a producer accepts any first sequence number, so a second batch could be stored before
    /// the first.
    private var isConfirmed = false
    private(set) var inFlightCount = 0

    init(isIdempotent: Bool, isTransactional: Bool = false, retriesMax: Int = .max) {
        self.isIdempotent = isIdempotent
        self.isTransactional = isTransactional
        self.retriesMax = retriesMax
    }

    var isEmpty: Bool { entries.isEmpty }
    var hasWaiting: Bool { entries.count > inFlightCount }
    var waitingCount: Int { entries.count - inFlightCount }
    /// The oldest batch.
    var first: Batch? { entries.first?.batch }
    /// The batches, in order.
    var batches: [Batch] { entries.map(\.batch) }

    mutating func append(_ batch: Batch, number: UInt64, recordCount: Int32) {
        entries.append(Entry(number: number, batch: batch, recordCount: recordCount))
    }

    // MARK: Taking

    /// Whether a batch that is appended now could be taken at once.
    func isOpen(to current: ProducerIdentity?, inFlightMax: Int) -> Bool {
        !hasWaiting && inFlightCount < limit(inFlightMax) && canStamp(with: current)
    }

    private func limit(_ inFlightMax: Int) -> Int { isIdempotent && !isConfirmed ? 1 : inFlightMax }

    /// The time at which the first waiting batch may be retried; nil if at once, or if none waits.
    var notBefore: MonotonicInstant? { entries.first { !$0.isInFlight }?.notBefore }

    /// The first waiting batch.
    var firstWaiting: Batch? { entries.first { !$0.isInFlight }?.batch }

    func batch(_ number: UInt64) -> Batch? { entries.first { $0.number == number }?.batch }

    /// Whether `take` would return the first waiting batch, apart from its pause.
    func canTake(_ current: ProducerIdentity?, inFlightMax: Int) -> Bool {
        hasWaiting && inFlightCount < limit(inFlightMax) && canStamp(with: current)
    }

    private func canStamp(with current: ProducerIdentity?) -> Bool {
        guard isIdempotent else { return true }
        guard let current else { return false }
        if mustRestart { return settlesOldEpoch || (inFlightCount == 0 && current != identity) }
        // Batches that already have a number in the old epoch are settled in that epoch first.
        return identity == current || entries.contains { $0.stamp != nil } == false || hasStampedWaiting
    }

    private var hasStampedWaiting: Bool { entries.first { !$0.isInFlight }?.stamp != nil }

    /// Whether the first waiting batch must be settled in the old epoch, since it may be stored: in a new epoch it
    /// would be stored twice. If it is not stored, no later one is either.
    private var settlesOldEpoch: Bool {
        guard let first = entries.first(where: { !$0.isInFlight }) else { return false }
        return first.stamp != nil && first.mayBeStored
    }

    /// Marks the first waiting batch as in flight and returns it; nil if none may be sent.
    mutating func take(
        _ current: ProducerIdentity?, now: MonotonicInstant, inFlightMax: Int
    ) -> InFlightBatch? {
        guard inFlightCount < limit(inFlightMax), let index = entries.firstIndex(where: { !$0.isInFlight }) else {
            return nil
        }
        if let notBefore = entries[index].notBefore, now < notBefore { return nil }
        guard canStamp(with: current) else { return nil }
        if isIdempotent, let current, !(mustRestart && settlesOldEpoch) { adopt(current) }
        if isIdempotent, entries[index].stamp == nil, let identity {
            entries[index].stamp = SequenceStamp(
                producerID: identity.producerID, producerEpoch: identity.epoch, baseSequence: nextSequence)
            nextSequence = Self.sequence(nextSequence, after: entries[index].recordCount)
        }
        entries[index].isInFlight = true
        entries[index].notBefore = nil
        inFlightCount += 1
        let entry = entries[index]
        return InFlightBatch(number: entry.number, batch: entry.batch, stamp: entry.stamp ?? .none)
    }

    /// Changes to the producer's current epoch unless batches of the old one are unsettled.
    private mutating func adopt(_ current: ProducerIdentity) {
        guard current != identity else { return }
        if mustRestart {
            for index in entries.indices { entries[index].stamp = nil }
        } else if entries.contains(where: { $0.stamp != nil }) {
            return
        }
        mustRestart = false
        identity = current
        isConfirmed = false
        nextSequence = 0
    }

    /// Sequences wrap from Int32.max to 0.
    static func sequence(_ first: Int32, after count: Int32) -> Int32 {
        let (sum, overflow) = first.addingReportingOverflow(count)
        return overflow ? sum & .max : sum
    }

    // MARK: Finishing

    /// Settles a batch that was taken. Numbers that are not in flight are ignored: their batch has already failed.
    mutating func finish(_ number: UInt64, _ outcome: BatchResult, retryAt: MonotonicInstant? = nil) -> Resolution? {
        guard let index = entries.firstIndex(where: { $0.number == number && $0.isInFlight }) else { return nil }
        entries[index].isInFlight = false
        inFlightCount -= 1
        switch outcome {
        case .stored: return delivered(index)
        case .lost:
            entries[index].mayBeStored = true
            entries[index].lostAttempts += 1
            return hasRetries(index) ? .retry : fail(index, .networkException)
        case .refused(let code): return refuse(index, code, retryAt)
        }
    }

    private mutating func refuse(_ index: Int, _ code: KafkaErrorCode, _ retryAt: MonotonicInstant?) -> Resolution {
        switch code {
        case .none, .duplicateSequenceNumber:
            // Stored by an earlier attempt whose response was lost.
            return delivered(index)
        case .outOfOrderSequenceNumber where isIdempotent, .unknownProducerID where isIdempotent:
            entries[index].mayBeStored = false
            // Expected if an earlier batch is unsettled or the queue restarts in any case.
            if index > 0 || mustRestart { return .retry }
            if isTransactional { return fail(index, code) }
            mustRestart = true
            return .retryInNextEpoch
        case .invalidProducerIDMapping where isTransactional, .transactionalIDAuthorizationFailed:
            return .fatal(code)
        case .invalidProducerEpoch where isTransactional: return fail(index, code)
        case .invalidProducerEpoch where isIdempotent, .invalidProducerIDMapping where isIdempotent:
            entries[index].mayBeStored = false
            if mustRestart { return .retry }
            mustRestart = true
            return .retryWithNewProducer
        case .producerFenced, .clusterAuthorizationFailed:
            return .fatal(code)
        case .messageTooLarge where entries[index].recordCount > 1: return .split
        case .recordListTooLarge where entries[index].recordCount > 1: return .split
        default:
            guard code.isRetriable else { return fail(index, code) }
            // Some of these errors mean that it is stored on fewer replicas than required.
            entries[index].mayBeStored = true
            entries[index].failedAttempts += 1
            guard hasRetries(index) else { return fail(index, code) }
            entries[index].notBefore = retryAt
            return .retry
        }
    }

    /// Refusals that follow from an earlier batch do not count.
    private func hasRetries(_ index: Int) -> Bool {
        entries[index].failedAttempts + entries[index].lostAttempts <= retriesMax
    }

    /// The number of error responses to a batch, for the pause before its next attempt.
    func failedAttempts(_ number: UInt64) -> Int { entries.first { $0.number == number }?.failedAttempts ?? 0 }

    /// Notes an error response to a waiting batch. Returns the time of the first one.
    mutating func refusedSince(_ number: UInt64, now: MonotonicInstant) -> MonotonicInstant? {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return nil }
        let since = entries[index].refusedSince ?? now
        entries[index].refusedSince = since
        return since
    }

    /// The waiting batches are sent to another broker, which has not refused them.
    mutating func endPauses() {
        for index in entries.indices { entries[index].notBefore = nil }
    }

    private mutating func delivered(_ index: Int) -> Resolution {
        if let stamp = entries[index].stamp, let identity, stamp.producerID == identity.producerID,
            stamp.producerEpoch == identity.epoch
        {
            isConfirmed = true
        }
        return remove(index, .delivered)
    }

    private mutating func remove(_ index: Int, _ verdict: Resolution) -> Resolution {
        entries.remove(at: index)
        return verdict
    }

    /// A batch with sequence numbers that is never stored leaves a gap, which only a new epoch closes.
    private mutating func fail(_ index: Int, _ code: KafkaErrorCode) -> Resolution {
        if isIdempotent, entries[index].stamp != nil { mustRestart = true }
        return remove(index, .failed(code))
    }

    /// Whether the producer needs a new epoch before this queue continues.
    func awaitsNewEpoch(beyond current: ProducerIdentity?) -> Bool { mustRestart && identity == current }

    /// Replaces a waiting batch by smaller ones that together have its records and its sequence numbers.
    mutating func replace(_ number: UInt64, with parts: [(batch: Batch, number: UInt64, recordCount: Int32)]) {
        guard let index = entries.firstIndex(where: { $0.number == number && !$0.isInFlight }) else { return }
        var stamp = entries[index].stamp
        let replacements = parts.map { part in
            var entry = Entry(number: part.number, batch: part.batch, recordCount: part.recordCount)
            entry.stamp = stamp
            if let base = stamp?.baseSequence {
                stamp?.baseSequence = Self.sequence(base, after: part.recordCount)
            }
            return entry
        }
        entries.replaceSubrange(index...index, with: replacements)
    }

    /// Removes and returns the waiting batches for which `isExpired` returns true.
    mutating func removeWaiting(where isExpired: (Batch) -> Bool) -> [Batch] {
        var removed: [Batch] = []
        entries.removeAll { entry in
            guard !entry.isInFlight, isExpired(entry.batch) else { return false }
            if isIdempotent, entry.stamp != nil { mustRestart = true }
            removed.append(entry.batch)
            return true
        }
        return removed
    }

    /// Removes and returns the waiting batches that need not be sent when a transaction is aborted: no broker has them,
    /// or the queue waits for the next epoch.
    mutating func removeUnsent() -> [Batch] {
        var removed: [Batch] = []
        entries.removeAll { entry in
            guard !entry.isInFlight, entry.stamp == nil || mustRestart else { return false }
            removed.append(entry.batch)
            return true
        }
        return removed
    }

    /// Removes and returns all batches, also those in flight.
    mutating func removeAll() -> [Batch] {
        defer {
            entries = []
            inFlightCount = 0
        }
        return batches
    }
}
