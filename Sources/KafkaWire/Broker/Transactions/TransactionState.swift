import KafkaProtocol

/// The state of one transactional id (KIP-98; KIP-890 for transactions of version 2).
///
/// A state machine: requests and the time go in; the answer, and what must be written, comes out. The rules are those
/// of Kafka's `TransactionCoordinator` and `TransactionMetadata`.
///
/// ```
/// empty --add partitions--> ongoing --end, timeout or a new producer--> prepareCommit, prepareAbort
///   ^                          ^                                           | the markers are written
///   '-- a producer begins -----+-- add partitions ------------ completeCommit, completeAbort
/// ```
struct TransactionState: Equatable, Sendable {
    /// The raw values are those of Kafka's `TransactionState`.
    enum Phase: Int8, Sendable, CaseIterable {
        case empty = 0, ongoing, prepareCommit, prepareAbort, completeCommit, completeAbort

        /// The name in Kafka's tools.
        var name: String {
            switch self {
            case .empty: "Empty"
            case .ongoing: "Ongoing"
            case .prepareCommit: "PrepareCommit"
            case .prepareAbort: "PrepareAbort"
            case .completeCommit: "CompleteCommit"
            case .completeAbort: "CompleteAbort"
            }
        }

        var isPreparing: Bool { self == .prepareCommit || self == .prepareAbort }
        var isComplete: Bool { self == .completeCommit || self == .completeAbort }
    }

    struct Partition: Hashable, Sendable {
        var topic: String
        var index: Int32
    }

    let transactionalID: String
    var phase = Phase.empty
    var producerID: Int64
    /// -1 until the first producer was initialized.
    var epoch: Int16 = -1
    /// The epoch before the last one, which a producer may repeat whose response was lost; -1 if there is none.
    var lastEpoch: Int16 = -1
    /// The producer id before `producerID`; -1 if there is none.
    var previousProducerID: Int64 = -1
    /// The producer id that follows when the transaction is complete, because the epochs are exhausted; -1 if none
    /// does.
    var nextProducerID: Int64 = -1
    var timeoutMilliseconds: Int32
    var partitions: Set<Partition> = []
    var groupIDs: Set<String> = []
    /// When the last transaction began, in milliseconds since 1970; -1 if the producer has not begun any.
    var startedAt: Int64 = -1
    var updatedAt: Int64
    /// Whether the producer uses transactions of version 2, in which each transaction has an epoch of its own.
    var bumpsEpoch = false

    /// What follows from a request.
    struct Outcome: Equatable, Sendable {
        var code = KafkaErrorCode.none
        /// What the producer uses from now on.
        var producerID: Int64 = -1
        var epoch: Int16 = -1
        /// The state has changed, and must be stored before the answer is sent.
        var mustStore = false
        /// The transaction must be ended: markers are written, and then `markersWritten` is called.
        var mustEnd = false

        static func refused(_ code: KafkaErrorCode) -> Outcome { Outcome(code: code) }
    }

    /// The state of a new id, before its first producer is initialized.
    init(transactionalID: String, producerID: Int64, timeoutMilliseconds: Int32, now: Int64) {
        self.transactionalID = transactionalID
        self.producerID = producerID
        self.timeoutMilliseconds = timeoutMilliseconds
        updatedAt = now
    }

    /// The last epoch is only used for a marker that ends the transaction of a producer that must be fenced.
    static let epochMax = Int16.max - 1

    /// Whether the next producer needs another producer id.
    var isEpochExhausted: Bool { epoch >= Self.epochMax }

    private var nextEpoch: Int16 { epoch == .max ? .max : epoch + 1 }

    // MARK: InitProducerId

    /// A producer begins to use the id.
    ///
    /// - Parameters:
    ///   - expected: the producer's id and epoch, if it continues after an error.
    ///   - spareProducerID: used if the epochs are exhausted.
    mutating func initialize(
        expected: (producerID: Int64, epoch: Int16)?, timeoutMilliseconds: Int32, spareProducerID: Int64, now: Int64
    ) -> Outcome {
        if let expected, epoch != -1, expected.producerID != producerID,
            expected.producerID != previousProducerID || expected.epoch < Self.epochMax
        {
            return .refused(.producerFenced)
        }
        switch phase {
        case .prepareCommit, .prepareAbort: return .refused(.concurrentTransactions)
        case .ongoing:
            // The producer before this one is fenced and its transaction aborted; this one tries again then.
            var outcome = fenceAndAbort(now: now, spareProducerID: spareProducerID)
            outcome.code = .concurrentTransactions
            return outcome
        case .empty, .completeCommit, .completeAbort: break
        }
        if isEpochExhausted, expected == nil || expected?.epoch == epoch {
            previousProducerID = producerID
            lastEpoch = expected == nil ? -1 : epoch
            producerID = spareProducerID
            epoch = 0
        } else if let expected, epoch != -1 {
            if expected.epoch == epoch {
                lastEpoch = epoch
                epoch += 1
            } else if expected.epoch != lastEpoch {
                return .refused(.producerFenced)
            }
        } else {
            lastEpoch = -1
            epoch += 1
        }
        phase = .empty
        self.timeoutMilliseconds = timeoutMilliseconds
        partitions = []
        groupIDs = []
        startedAt = -1
        updatedAt = now
        return Outcome(producerID: producerID, epoch: epoch, mustStore: true)
    }

    /// The producer is fenced by the next epoch, with which an abort of version 2 of transactions begins in any case: a
    /// producer of that version learns by its own abort that this one has ended, and continues. A producer that
    /// continues after the error with its epoch (KIP-360) gets the next one, until another producer begins.
    private mutating func fenceAndAbort(now: Int64, spareProducerID: Int64) -> Outcome {
        let fencedEpoch = epoch
        if !bumpsEpoch { epoch = nextEpoch }
        let outcome = prepare(.prepareAbort, now: now, spareProducerID: spareProducerID)
        lastEpoch = isEpochExhausted ? -1 : fencedEpoch
        return outcome
    }

    // MARK: Partitions and groups

    private func refusal(_ producerID: Int64, _ epoch: Int16) -> KafkaErrorCode? {
        if producerID != self.producerID { return .invalidProducerIDMapping }
        if epoch != self.epoch { return .producerFenced }
        return phase.isPreparing ? .concurrentTransactions : nil
    }

    /// Adds partitions, or a group whose offsets are committed, to the transaction, and begins it if there is none.
    mutating func add(
        _ added: [Partition], groupID: String? = nil, producerID: Int64, epoch: Int16, bumpsEpoch: Bool, now: Int64
    ) -> Outcome {
        if let code = refusal(producerID, epoch) { return .refused(code) }
        if phase == .ongoing, partitions.isSuperset(of: added), groupID.map(groupIDs.contains) ?? true {
            return Outcome(producerID: producerID, epoch: epoch)
        }
        if phase != .ongoing {
            phase = .ongoing
            startedAt = now
            partitions = []
            groupIDs = []
        }
        partitions.formUnion(added)
        if let groupID { groupIDs.insert(groupID) }
        self.bumpsEpoch = bumpsEpoch
        updatedAt = now
        return Outcome(producerID: producerID, epoch: epoch, mustStore: true)
    }

    /// Whether the producer may write to a partition or a group: these must have been added before.
    func verify(_ partition: Partition?, groupID: String? = nil, producerID: Int64, epoch: Int16) -> KafkaErrorCode {
        if let code = refusal(producerID, epoch) { return code }
        guard phase == .ongoing else { return .invalidTxnState }
        let isAdded = partition.map(partitions.contains) ?? groupID.map(groupIDs.contains) ?? false
        return isAdded ? .none : .invalidTxnState
    }

    // MARK: EndTxn

    /// Commits or aborts the transaction.
    ///
    /// - Parameters:
    ///   - bumpsEpoch: the request is one of version 2 of transactions.
    ///   - spareProducerID: used if the epochs are exhausted.
    mutating func end(
        isCommit: Bool, producerID: Int64, epoch: Int16, bumpsEpoch: Bool, spareProducerID: Int64, now: Int64
    ) -> Outcome {
        let isVersion2 = self.bumpsEpoch
        // The response to the same request was lost: the epoch, or the producer id, has changed since.
        let hasOverflowed = isVersion2 && previousProducerID == producerID && epoch == Self.epochMax && self.epoch == 0
        let isRepeated = hasOverflowed || isVersion2 && producerID == self.producerID && self.epoch == epoch &+ 1
        guard producerID == self.producerID || hasOverflowed else { return .refused(.invalidProducerIDMapping) }
        let isCurrent = epoch == self.epoch
        let isValid = phase.isPreparing ? (isVersion2 ? isRepeated : isCurrent)
            : isCurrent || isRepeated && phase.isComplete
        guard isValid else { return .refused(.producerFenced) }
        let target: Phase = isCommit ? .prepareCommit : .prepareAbort
        let done: Phase = isCommit ? .completeCommit : .completeAbort
        let answer = Outcome(producerID: self.producerID, epoch: self.epoch)
        switch phase {
        case .ongoing: break
        case .prepareCommit, .prepareAbort:
            return .refused(phase == target ? .concurrentTransactions : .invalidTxnState)
        case .completeCommit, .completeAbort:
            if isVersion2, !isRepeated {
                // An abort without anything written in the transaction.
                guard !isCommit else { return .refused(.invalidTxnState) }
                break
            }
            return phase == done ? answer : .refused(.invalidTxnState)
        case .empty:
            guard bumpsEpoch, !isCommit else { return .refused(.invalidTxnState) }
        }
        self.bumpsEpoch = bumpsEpoch
        return prepare(target, now: now, spareProducerID: spareProducerID)
    }

    private mutating func prepare(_ target: Phase, now: Int64, spareProducerID: Int64) -> Outcome {
        if phase != .ongoing {
            partitions = []
            groupIDs = []
            startedAt = now
        }
        phase = target
        updatedAt = now
        var answer = Outcome(producerID: producerID, epoch: epoch, mustStore: true, mustEnd: true)
        guard bumpsEpoch else { return answer }
        if epoch >= Self.epochMax { nextProducerID = spareProducerID }
        lastEpoch = min(epoch, Self.epochMax)
        epoch = nextEpoch
        answer.producerID = nextProducerID == -1 ? producerID : nextProducerID
        answer.epoch = nextProducerID == -1 ? epoch : 0
        return answer
    }

    /// The markers of all partitions are written, and the groups have the offsets.
    mutating func markersWritten(now: Int64) {
        guard phase.isPreparing else { return }
        phase = phase == .prepareCommit ? .completeCommit : .completeAbort
        if nextProducerID != -1 {
            previousProducerID = producerID
            producerID = nextProducerID
            nextProducerID = -1
            epoch = 0
        }
        partitions = []
        groupIDs = []
        updatedAt = now
    }

    // MARK: Time

    /// When the transaction is aborted because its producer has not ended it; nil outside of a transaction.
    var deadline: Int64? { phase == .ongoing ? startedAt &+ Int64(timeoutMilliseconds) : nil }

    /// Aborts the transaction if its time has passed, and fences its producer. Returns nil if it has not passed.
    mutating func handleTimeout(now: Int64, spareProducerID: Int64) -> Outcome? {
        guard let deadline, deadline <= now else { return nil }
        return fenceAndAbort(now: now, spareProducerID: spareProducerID)
    }

    /// Whether the id is forgotten (`transactional.id.expiration.ms`).
    func isExpired(now: Int64) -> Bool {
        (phase == .empty || phase.isComplete) && now - updatedAt > 604_800_000
    }
}
