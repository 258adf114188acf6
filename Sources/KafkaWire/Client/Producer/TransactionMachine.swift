import KafkaProtocol

/// What a transactional producer does and which request to its coordinators comes next (KIP-98, KIP-360, KIP-447,
/// KIP-890): a state machine without network, clock or lock.
///
/// Two versions of the protocol exist. In version 1 the partitions and groups of a transaction are added by requests of
/// their own (AddPartitionsToTxn, AddOffsetsToTxn) before they are written to, and the epoch stays. In version 2
/// (KIP-890, feature `transaction.version` 2) brokers add them when they are written to, and each transaction ends with
/// a new epoch, so that no late request can belong to another transaction.
struct TransactionMachine: Sendable {
    enum State: Equatable, Sendable {
        case uninitialized, initializing, ready, inTransaction, committing, aborting
        /// The transaction cannot be committed any more, for this reason; it must be aborted.
        case mustAbort(KafkaError)
        /// The producer cannot continue.
        case failed(KafkaError)
    }

    enum Version: Sendable { case one, two }

    enum CoordinatorRequest: Equatable, Sendable {
        /// - Parameter raisesEpoch: with the current id and epoch (KIP-360); otherwise for a new producer, which fences
        ///   older ones.
        case initProducerID(raisesEpoch: Bool)
        case addPartitions([TopicPartition])
        case addOffsets(groupID: String)
        case commitOffsets(TransactionOffsets)
        case end(commits: Bool)
    }

    /// The outcome of a request.
    enum Answer: Equatable, Sendable {
        /// - Parameter identity: the producer's identity from now on, if the response has one.
        case done(identity: ProducerIdentity?)
        /// The different error codes of the response, at least one.
        case refused([KafkaErrorCode], message: String?)
        /// No response; the request may have been processed.
        case lost
        /// The request cannot be sent, or the coordinator cannot be found.
        case failed(KafkaError)
    }

    /// What follows from an answer.
    enum Consequence: Equatable, Sendable {
        case none
        /// The request is to be repeated after a pause.
        ///
        /// - Parameter isShort: the previous transaction is still being completed.
        case retry(isShort: Bool)
        case adopt(ProducerIdentity)
        /// The partitions may be written to.
        case partitionsAdded([TopicPartition])
        /// No batch of the transaction is sent any more, unless it was sent before.
        case mustAbort(KafkaError)
        case fail(KafkaError)
    }

    private(set) var state = State.uninitialized
    private(set) var version = Version.one
    /// Counts the transactions.
    private(set) var number: UInt64 = 0
    /// Partitions that are to be added, in version 1.
    private var newPartitions: Set<TopicPartition> = []
    private var addedGroups: Set<String> = []
    private(set) var offsets: TransactionOffsets?
    private var request: CoordinatorRequest?
    /// Whether the coordinator has a transaction to end.
    private(set) var isStarted = false
    /// Whether the next transaction needs another epoch than this one.
    private(set) var needsNewEpoch = false

    // MARK: Calls of the program

    /// - Throws: `.transactionState` if the state does not allow it, or the reason for which the transaction must be
    ///   aborted. Likewise below.
    mutating func initialize() throws(KafkaError) {
        switch state {
        case .uninitialized: state = .initializing
        case .initializing: break
        default: throw refusal("initTransactions")
        }
    }

    /// - Parameter version: that of the cluster's feature.
    mutating func begin(_ version: Version) throws(KafkaError) {
        guard state == .ready else { throw refusal("beginTransaction") }
        state = .inTransaction
        self.version = version
        number += 1
    }

    /// A batch for a partition is opened that is not in the transaction. Returns whether it may be sent at once.
    mutating func use(_ partition: TopicPartition) -> Bool {
        guard version == .one else { return true }
        newPartitions.insert(partition)
        return false
    }

    /// A batch is sent: in version 2 its broker adds the partition.
    mutating func batchSent() { isStarted = true }

    mutating func send(_ offsets: TransactionOffsets) throws(KafkaError) {
        guard state == .inTransaction, self.offsets == nil else { throw refusal("sendOffsets") }
        self.offsets = offsets
    }

    mutating func commit() throws(KafkaError) {
        switch state {
        case .inTransaction: state = .committing
        case .committing: break
        default: throw refusal("commitTransaction")
        }
    }

    /// Returns whether the batches that have not been sent are to be dropped.
    mutating func abort() throws(KafkaError) -> Bool {
        switch state {
        case .inTransaction, .mustAbort:
            state = .aborting
            newPartitions = []
            offsets = nil
            return true
        case .aborting: return false
        default: throw refusal("abortTransaction")
        }
    }

    var acceptsRecords: Bool { if case .inTransaction = state { true } else { false } }

    /// Whether batches that have not been sent are dropped, since the transaction can only be aborted.
    var dropsUnsentBatches: Bool {
        switch state {
        case .aborting, .mustAbort: true
        case .uninitialized, .initializing, .ready, .inTransaction, .committing, .failed: false
        }
    }

    /// The error of a call that the state does not allow.
    func refusal(_ operation: String) -> KafkaError {
        switch state {
        case .failed(let error): error
        case .mustAbort(let error): .mustAbortTransaction(error)
        case .uninitialized: .transactionState(operation: operation, state: "initTransactions has not been called")
        case .initializing: .transactionState(operation: operation, state: "initTransactions has not completed")
        case .ready:
            .transactionState(operation: operation, state: "the producer is ready, and no transaction has begun")
        case .inTransaction: .transactionState(operation: operation, state: "a transaction has begun")
        case .committing: .transactionState(operation: operation, state: "the transaction is being committed")
        case .aborting: .transactionState(operation: operation, state: "the transaction is being aborted")
        }
    }

    // MARK: Batches

    /// A batch of the transaction has failed. Returns true if the transaction must be aborted from now on.
    ///
    /// - Parameter leavesGap: it has sequence numbers, which are missing now.
    mutating func batchFailed(_ error: KafkaError, leavesGap: Bool) -> Bool {
        if leavesGap { needsNewEpoch = true }
        switch state {
        case .inTransaction, .committing:
            mustAbort(error)
            return true
        default: return false
        }
    }

    // MARK: Requests

    /// The next request. Only one is in flight at a time.
    ///
    /// - Parameter hasUnsettledBatches: the transaction ends when all batches are settled.
    mutating func next(hasUnsettledBatches: Bool) -> CoordinatorRequest? {
        guard request == nil else { return nil }
        request = due(hasUnsettledBatches: hasUnsettledBatches)
        return request
    }

    private mutating func due(hasUnsettledBatches: Bool) -> CoordinatorRequest? {
        switch state {
        case .initializing: return .initProducerID(raisesEpoch: false)
        case .inTransaction, .committing:
            if !newPartitions.isEmpty { return .addPartitions(newPartitions.sorted()) }
            if let offsets {
                let isAdded = version == .two || addedGroups.contains(offsets.group.groupID)
                return isAdded ? .commitOffsets(offsets) : .addOffsets(groupID: offsets.group.groupID)
            }
            guard state == .committing, !hasUnsettledBatches else { return nil }
            if isStarted { return .end(commits: true) }
        case .aborting:
            guard !hasUnsettledBatches else { return nil }
            if isStarted { return .end(commits: false) }
            if needsNewEpoch { return .initProducerID(raisesEpoch: true) }
        case .uninitialized, .ready, .mustAbort, .failed: return nil
        }
        complete()
        return nil
    }

    private mutating func complete() {
        state = .ready
        newPartitions = []
        addedGroups = []
        offsets = nil
        isStarted = false
        needsNewEpoch = false
    }

    private mutating func mustAbort(_ error: KafkaError) {
        state = .mustAbort(error)
        newPartitions = []
        offsets = nil
    }

    mutating func settle(_ answer: Answer) -> Consequence {
        guard let request else { return .none }
        self.request = nil
        switch answer {
        case .done(let identity): return done(request, identity)
        case .lost:
            // Whether the coordinator has begun a transaction is not known: an epoch more ends it in any case.
            if case .addPartitions = request, !isStarted { needsNewEpoch = true }
            if case .addOffsets = request, !isStarted { needsNewEpoch = true }
            if case .commitOffsets = request, version == .two { isStarted = true }
            return .retry(isShort: false)
        case .refused(let codes, let message): return refused(request, codes, message)
        case .failed(let error):
            if error.isRetriable { return .retry(isShort: false) }
            let isOfGroup = error.errorCode == .groupAuthorizationFailed
            return isOfGroup ? abortable(error, request) : fail(error)
        }
    }

    private mutating func done(_ request: CoordinatorRequest, _ identity: ProducerIdentity?) -> Consequence {
        switch request {
        case .initProducerID:
            complete()
        case .addPartitions(let partitions):
            isStarted = true
            newPartitions.subtract(partitions)
            return .partitionsAdded(partitions)
        case .addOffsets(let groupID):
            isStarted = true
            addedGroups.insert(groupID)
        case .commitOffsets:
            isStarted = true
            offsets = nil
        case .end(let commits):
            isStarted = false
            // A response of version 2 has the next epoch.
            if identity != nil { needsNewEpoch = false }
            if commits || !needsNewEpoch { complete() }
        }
        return identity.map { .adopt($0) } ?? .none
    }

    private mutating func refused(
        _ request: CoordinatorRequest, _ codes: [KafkaErrorCode], _ message: String?
    ) -> Consequence {
        // A broker of version 2 may have added the group before it refused the offsets.
        if case .commitOffsets = request, version == .two { isStarted = true }
        let reactions = codes.map { Self.reaction(to: $0, request) }
        func error(_ reaction: Reaction) -> KafkaError {
            let code = zip(codes, reactions).first { $0.1 == reaction }?.0 ?? .unknownServerError
            // Some coordinators answer a producer that is fenced with the older code.
            return code == .invalidProducerEpoch
                ? .code(.producerFenced, about: request.what) : .code(code, about: request.what, message: message)
        }
        if reactions.contains(.fail) { return fail(error(.fail)) }
        if reactions.contains(.retry) { return .retry(isShort: codes.contains(.concurrentTransactions)) }
        if reactions.contains(.abortInNewEpoch) {
            needsNewEpoch = true
            return abortable(error(.abortInNewEpoch), request)
        }
        return abortable(error(.abort), request)
    }

    private mutating func abortable(_ error: KafkaError, _ request: CoordinatorRequest) -> Consequence {
        switch state {
        case .inTransaction, .committing:
            mustAbort(error)
            return .mustAbort(error)
        case .aborting:
            // The coordinator has no such transaction any more; a new epoch is all that is needed.
            guard needsNewEpoch, case .end = request else { return fail(error) }
            isStarted = false
            return .none
        case .mustAbort: return .none
        case .uninitialized, .initializing, .ready, .failed: return fail(error)
        }
    }

    private mutating func fail(_ error: KafkaError) -> Consequence {
        state = .failed(error)
        return .fail(error)
    }
}

extension TransactionMachine.CoordinatorRequest {
    /// What it does, for errors.
    var what: String {
        switch self {
        case .initProducerID: "initializing the transactional producer"
        case .addPartitions(let partitions):
            "adding \(partitions.map(\.description).joined(separator: ", ")) to the transaction"
        case .addOffsets(let groupID): "adding group \(groupID) to the transaction"
        case .commitOffsets(let offsets): "committing offsets of group \(offsets.group.groupID) in the transaction"
        case .end(let commits): commits ? "committing the transaction" : "aborting the transaction"
        }
    }
}
