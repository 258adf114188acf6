import KafkaProtocol
import WireCore

/// Everything of a consumer that its threads share.
struct ConsumerState: Sendable {
    /// A rebalance step: the group's thread sets it, the polling thread handles it.
    struct PendingStep: Sendable {
        let step: RebalanceStep
        var isTaken = false
        var isDone = false
    }

    /// What the polling thread must react to.
    enum Event: Sendable {
        case closed
        case woken
        case cancelled
        case step(RebalanceStep)
        case failure(KafkaError)
        case records
    }

    struct PendingCommit: Sendable {
        let offsets: OffsetsToCommit
        let completion: (@Sendable (KafkaError?) -> Void)?
    }

    var fetch: FetchMachine
    var changeCount = 0
    /// Whether polls end. Positions can still be committed until `isClosed`.
    var isClosing = false
    var isClosed = false
    /// The threads that fetch, and those of them without a job.
    var workers = 0
    var idleWorkers = 0

    // MARK: Polling

    var isPolling = false
    /// Whether the group's thread waits for a poll.
    var isExpired = false
    /// The beginning or end of the last poll.
    var lastPoll: MonotonicInstant
    var isWoken = false
    var isTaskCancelled = false
    var waiter: CheckedContinuation<Void, Never>?
    /// Returned by the last poll; its memory counts until the next one.
    var inUse: [FetchedRecords] = []
    /// The records that a sequence returns one by one.
    var cursor: RecordCursor?

    // MARK: Group

    var subscription: ConsumerSubscription?
    var memberID = ""
    /// The generation or member epoch; -1: not a member.
    var generation: Int32 = -1
    var step: PendingStep?
    var failure: KafkaError?
    var isRejoinWanted = false
    /// Whether the group's thread has not seen the subscription yet.
    var isSubscriptionNew = false
    /// Whether the group's thread must end.
    var isLeaving = false
    var commits: [PendingCommit] = []
    var isCommitting = false
    var nextAutoCommit: MonotonicInstant?
    var autoCommitted: [TopicPartition: FetchPosition] = [:]

    init(_ fetch: FetchMachine, now: MonotonicInstant) {
        self.fetch = fetch
        lastPoll = now
    }

    func member(of groupID: String, _ instanceID: String?) -> ConsumerGroupMetadata {
        ConsumerGroupMetadata(
            groupID: groupID, generationID: generation, memberID: memberID, groupInstanceID: instanceID)
    }

    /// Counts another thread if one is missing for a job that can begin now.
    mutating func prepareWorker() -> Bool {
        guard !isClosed, idleWorkers == 0, fetch.hasJob(now: .now) else { return false }
        workers += 1
        idleWorkers += 1
        return true
    }

    /// The task that waits for an event, if there is one.
    mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
        guard hasEvent else { return nil }
        defer { waiter = nil }
        return waiter
    }

    mutating func endWorker() {
        workers -= 1
        idleWorkers -= 1
    }

    /// Whether `nextEvent` returns an event.
    var hasEvent: Bool {
        isClosing || isWoken || isTaskCancelled || step?.isTaken == false || failure != nil
            || fetch.errors.hasFailure || fetch.hasRecords
    }

    mutating func nextEvent() -> Event? {
        if isClosing { return .closed }
        if isTaskCancelled {
            isTaskCancelled = false
            return .cancelled
        }
        if isWoken {
            isWoken = false
            return .woken
        }
        if let pending = step, !pending.isTaken {
            step?.isTaken = true
            return .step(pending.step)
        }
        if let failure { return .failure(failure) }
        if let failure = fetch.takeFailure() { return .failure(failure) }
        return fetch.hasRecords ? .records : nil
    }

    /// The ids of the topics that are read, as far as they are known.
    var topicIDs: [String: KafkaUUID] {
        var ids: [String: KafkaUUID] = [:]
        for (partition, state) in fetch.partitions where state.topicID != .zero { ids[partition.topic] = state.topicID }
        return ids
    }

    /// The positions after what the program has received.
    var consumedPositions: [TopicPartition: FetchPosition] {
        let positions = fetch.partitions.compactMapValues(\.consumed)
        guard let rest = cursor?.positions, !rest.isEmpty else { return positions }
        return positions.merging(rest.filter { positions[$0.key] != nil }) { $1 }
    }

    /// Records of a sequence that was left are read again.
    mutating func leaveCursor() {
        for (partition, position) in cursor?.positions ?? [:] { _ = fetch.seek(partition, to: position) }
        cursor = nil
    }
}

/// What a consumer is subscribed to.
struct ConsumerSubscription: Sendable {
    enum TopicChoice: Sendable {
        case names(Set<String>)
        /// The names are chosen here.
        case matching(@Sendable (String) -> Bool)
        /// The names are chosen by the coordinator (KIP-848).
        case pattern(String)
    }

    let topics: TopicChoice
    let listener: (any RebalanceListener)?
}
