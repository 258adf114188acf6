import KafkaProtocol
import WireCore

/// A producer's id and epoch, as the cluster gave it (InitProducerId) and as it was raised since.
struct ProducerIdentity: Equatable, Sendable {
    var producerID: Int64
    var epoch: Int16

    /// The same producer in the next epoch; nil where the epochs are used up and a new id is needed.
    ///
    /// An idempotent producer raises its epoch itself; brokers then expect sequences from 0 (KIP-360).
    var nextEpoch: ProducerIdentity? {
        epoch == .max ? nil : ProducerIdentity(producerID: producerID, epoch: epoch + 1)
    }
}

/// One partition's batches on their way: a machine without network, clock or lock.
///
/// It keeps the order of the batches and stamps them with sequence numbers when they are taken for the first time
/// (KIP-98). A batch that must go again keeps its stamp, and nothing behind it that is not yet under way goes
/// first; so the broker can tell a repetition from a gap. Where a batch is given up, or the broker has lost track,
/// the queue waits until nothing is under way, and begins again at 0 in a new epoch (KIP-360).
struct PartitionQueue<Batch: Sendable>: Sendable {
    /// What became of a batch that was under way.
    enum Outcome: Equatable, Sendable {
        case stored
        case refused(KafkaErrorCode)
        /// The connection broke: it may be stored or not.
        case lost
    }

    /// What is to be done about it.
    enum Verdict: Equatable, Sendable {
        /// It left the queue: done.
        case delivered
        /// It left the queue: it can never be stored.
        case failed(KafkaErrorCode)
        /// It waits to be taken again.
        case retry
        /// It waits, and so does the queue, for the next epoch of the producer.
        case retryInNextEpoch
        /// It waits, and so does the queue, for a new producer id.
        case retryWithNewProducer
        /// It waits; put smaller ones in its place with `replace`.
        case split
        /// The producer as a whole must end.
        case fatal(KafkaErrorCode)
    }

    /// A batch that was taken to be sent, and the sequence that it is sent with.
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
        /// Whether an earlier try may have been stored: it was not answered, or in a way that leaves it open.
        var mayBeStored = false
        var failedAttempts = 0
        var notBefore: MonotonicInstant?
    }

    /// Whether batches are stamped; otherwise they go as they are.
    let isIdempotent: Bool
    private var entries: [Entry] = []
    private var identity: ProducerIdentity?
    private var nextSequence: Int32 = 0
    private var mustBeginAgain = false
    /// Whether the broker has stored a batch of this identity. Until then only one may be under way: a broker that
    /// knows nothing of a producer takes any first sequence number, so a second batch could be stored before the
    /// first.
    private var isConfirmed = false
    private(set) var inFlightCount = 0

    init(isIdempotent: Bool) { self.isIdempotent = isIdempotent }

    var isEmpty: Bool { entries.isEmpty }
    var hasWaiting: Bool { entries.count > inFlightCount }
    /// The batches, in order.
    var batches: [Batch] { entries.map(\.batch) }

    mutating func append(_ batch: Batch, number: UInt64, recordCount: Int32) {
        entries.append(Entry(number: number, batch: batch, recordCount: recordCount))
    }

    // MARK: Taking

    /// Whether a batch that is put at the end now could be taken at once.
    func isOpen(to current: ProducerIdentity?, inFlightMax: Int) -> Bool {
        !hasWaiting && inFlightCount < limit(inFlightMax) && canStamp(with: current)
    }

    private func limit(_ inFlightMax: Int) -> Int { isIdempotent && !isConfirmed ? 1 : inFlightMax }

    /// When the first waiting batch may go again; nil: at once, or none waits.
    var notBefore: MonotonicInstant? { entries.first { !$0.isInFlight }?.notBefore }

    /// The first waiting batch.
    var firstWaiting: Batch? { entries.first { !$0.isInFlight }?.batch }

    func batch(_ number: UInt64) -> Batch? { entries.first { $0.number == number }?.batch }

    /// Whether `take` would give the first waiting batch, apart from its pause.
    func canTake(_ current: ProducerIdentity?, inFlightMax: Int) -> Bool {
        hasWaiting && inFlightCount < limit(inFlightMax) && canStamp(with: current)
    }

    private func canStamp(with current: ProducerIdentity?) -> Bool {
        guard isIdempotent else { return true }
        guard let current else { return false }
        if mustBeginAgain { return settlesOldEpoch || (inFlightCount == 0 && current != identity) }
        // Batches that already have a number in the old epoch are settled in it first.
        return identity == current || entries.contains { $0.stamp != nil } == false || hasStampedWaiting
    }

    private var hasStampedWaiting: Bool { entries.first { !$0.isInFlight }?.stamp != nil }

    /// Whether the first waiting batch must show in the old epoch whether it is stored: in a new one it would be
    /// stored twice. Where it turns out that it is not, nothing behind it is either.
    private var settlesOldEpoch: Bool {
        guard let first = entries.first(where: { !$0.isInFlight }) else { return false }
        return first.stamp != nil && first.mayBeStored
    }

    /// The first waiting batch, from now on under way; nil where none may go.
    mutating func take(
        _ current: ProducerIdentity?, now: MonotonicInstant, inFlightMax: Int
    ) -> InFlightBatch? {
        guard inFlightCount < limit(inFlightMax), let index = entries.firstIndex(where: { !$0.isInFlight }) else {
            return nil
        }
        if let notBefore = entries[index].notBefore, now < notBefore { return nil }
        guard canStamp(with: current) else { return nil }
        if isIdempotent, let current, !(mustBeginAgain && settlesOldEpoch) { adopt(current) }
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

    /// Goes over to the producer's present epoch where nothing stands in the way.
    private mutating func adopt(_ current: ProducerIdentity) {
        guard current != identity else { return }
        if mustBeginAgain {
            for index in entries.indices { entries[index].stamp = nil }
        } else if entries.contains(where: { $0.stamp != nil }) {
            return
        }
        mustBeginAgain = false
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

    /// Settles a batch that was taken. Numbers that are not under way are ignored: their batch was given up.
    mutating func finish(_ number: UInt64, _ outcome: Outcome, retryAt: MonotonicInstant? = nil) -> Verdict? {
        guard let index = entries.firstIndex(where: { $0.number == number && $0.isInFlight }) else { return nil }
        entries[index].isInFlight = false
        inFlightCount -= 1
        switch outcome {
        case .stored: return delivered(index)
        case .lost:
            entries[index].mayBeStored = true
            return .retry
        case .refused(let code): return refuse(index, code, retryAt)
        }
    }

    private mutating func refuse(_ index: Int, _ code: KafkaErrorCode, _ retryAt: MonotonicInstant?) -> Verdict {
        switch code {
        case .none, .duplicateSequenceNumber:
            // It is stored already: an answer to an earlier try was lost.
            return delivered(index)
        case .outOfOrderSequenceNumber where isIdempotent, .unknownProducerID where isIdempotent:
            entries[index].mayBeStored = false
            // Explained where an earlier batch is unsettled or the queue begins again anyway.
            if index > 0 || mustBeginAgain { return .retry }
            mustBeginAgain = true
            return .retryInNextEpoch
        case .invalidProducerEpoch where isIdempotent, .invalidProducerIDMapping where isIdempotent:
            entries[index].mayBeStored = false
            if mustBeginAgain { return .retry }
            mustBeginAgain = true
            return .retryWithNewProducer
        case .producerFenced, .clusterAuthorizationFailed:
            return .fatal(code)
        case .messageTooLarge where entries[index].recordCount > 1: return .split
        case .recordListTooLarge where entries[index].recordCount > 1: return .split
        default:
            guard code.isRetriable else { return giveUp(index, code) }
            // Some of these say that it is stored, though not as safely as was demanded.
            entries[index].mayBeStored = true
            entries[index].failedAttempts += 1
            entries[index].notBefore = retryAt
            return .retry
        }
    }

    /// How often a batch was refused already, for the pause before its next try.
    func failedAttempts(_ number: UInt64) -> Int { entries.first { $0.number == number }?.failedAttempts ?? 0 }

    private mutating func delivered(_ index: Int) -> Verdict {
        if let stamp = entries[index].stamp, let identity, stamp.producerID == identity.producerID,
            stamp.producerEpoch == identity.epoch
        {
            isConfirmed = true
        }
        return remove(index, .delivered)
    }

    private mutating func remove(_ index: Int, _ verdict: Verdict) -> Verdict {
        entries.remove(at: index)
        return verdict
    }

    /// A numbered batch that is never stored leaves a gap, which only a new epoch closes.
    private mutating func giveUp(_ index: Int, _ code: KafkaErrorCode) -> Verdict {
        if isIdempotent, entries[index].stamp != nil { mustBeginAgain = true }
        return remove(index, .failed(code))
    }

    /// Whether the producer must be given a new epoch before this queue goes on.
    func awaitsNewEpoch(beyond current: ProducerIdentity?) -> Bool { mustBeginAgain && identity == current }

    /// Puts smaller batches in the place of one that waits; together they have its records and its sequence numbers.
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

    /// Takes out the waiting batches that `isExpired` names, and gives them back.
    mutating func removeWaiting(where isExpired: (Batch) -> Bool) -> [Batch] {
        var removed: [Batch] = []
        entries.removeAll { entry in
            guard !entry.isInFlight, isExpired(entry.batch) else { return false }
            if isIdempotent, entry.stamp != nil { mustBeginAgain = true }
            removed.append(entry.batch)
            return true
        }
        return removed
    }

    /// Takes out everything, also what is under way.
    mutating func removeAll() -> [Batch] {
        defer {
            entries = []
            inFlightCount = 0
        }
        return batches
    }
}
