import KafkaProtocol
import Synchronization
import WireCore

/// Transactions (KIP-98): records, also of several partitions, and offsets of a consumer group become visible to
/// `read_committed` consumers together, or not at all. For a producer with `ProducerConfiguration.transactionalID`.
///
///     try await producer.initTransactions()
///     try await producer.transaction {
///         _ = try await producer.send(KafkaRecord(topic: "paid", key: "42", value: "10.00"))
///         try await producer.sendOffsets([TopicPartition("orders", 0): OffsetAndMetadata(1001)], group: group)
///     }
///
/// If a record cannot be stored, the transaction cannot be committed any more: `KafkaError.mustAbortTransaction` is
/// thrown until it is aborted. Every other error that is not retriable ends the producer, for example
/// PRODUCER_FENCED, if a newer producer has the same transactional id.
///
/// The functions whose names end in `AndWait` block the thread; the others suspend the task. Each waits at most
/// `blockMillisecondsMax` and then throws `.timedOut`; the operation continues, and the same call waits for it again.
extension KafkaProducer {
    // MARK: Asynchronous functions

    /// Registers the transactional id: fences older producers that have it, and completes their transactions.
    public func initTransactions() async throws {
        try await onBlockingThread { () throws(KafkaError) in try self.initTransactionsAndWait() }
    }

    /// Adds offsets of a consumer group to the transaction; they are committed with it.
    public func sendOffsets(
        _ offsets: [TopicPartition: OffsetAndMetadata], group: ConsumerGroupMetadata
    ) async throws {
        try await onBlockingThread { () throws(KafkaError) in try self.sendOffsetsAndWait(offsets, group: group) }
    }

    /// Sends the remaining records, and commits the transaction if all are stored.
    public func commitTransaction() async throws {
        try await onBlockingThread { () throws(KafkaError) in try self.commitTransactionAndWait() }
    }

    /// Aborts the transaction. Records that have not been sent fail with `.transactionAborted`.
    public func abortTransaction() async throws {
        try await onBlockingThread { () throws(KafkaError) in try self.abortTransactionAndWait() }
    }

    /// Begins a transaction, commits it after `body`, and aborts it if that throws.
    public func transaction<R>(_ body: () async throws -> R) async throws -> R {
        try beginTransaction()
        do {
            let result = try await body()
            try await commitTransaction()
            return result
        } catch {
            // The error that led here is the one to report.
            try? await abortTransaction()
            throw error
        }
    }

    private func onBlockingThread(_ body: @escaping @Sendable () throws(KafkaError) -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            blockingAppends.add {
                do throws(KafkaError) {
                    try body()
                    continuation.resume()
                } catch { continuation.resume(throwing: error) }
            }
        }
    }

    // MARK: For threads

    /// As `initTransactions`; blocks the thread.
    public func initTransactionsAndWait() throws(KafkaError) {
        try engine.core.withLock { (core) throws(KafkaError) in try core.initializeTransactions() }
        try awaitTransaction("initTransactions") { $0.state == .ready }
    }

    /// Begins a transaction. Does not wait.
    public func beginTransaction() throws(KafkaError) {
        guard configuration.transactionalID != nil else { throw Self.notTransactional }
        try engine.core.withLock { (core) throws(KafkaError) in try core.beginTransaction() }
    }

    /// As `sendOffsets`; blocks the thread.
    public func sendOffsetsAndWait(
        _ offsets: [TopicPartition: OffsetAndMetadata], group: ConsumerGroupMetadata
    ) throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        try engine.core.withLock { (core) throws(KafkaError) in
            try core.sendOffsets(TransactionOffsets(group: group, offsets: offsets))
        }
        try awaitTransaction("sendOffsets") { $0.offsets == nil }
    }

    /// As `commitTransaction`; blocks the thread.
    public func commitTransactionAndWait() throws(KafkaError) {
        try engine.core.withLock { (core) throws(KafkaError) in try core.commitTransaction() }
        flush()
        try awaitTransaction("commitTransaction") { $0.state == .ready }
    }

    /// As `abortTransaction`; blocks the thread.
    public func abortTransactionAndWait() throws(KafkaError) {
        let effects = try engine.core.withLock { (core) throws(KafkaError) in try core.abortTransaction() }
        engine.apply(effects)
        try awaitTransaction("abortTransaction") { $0.state == .ready }
    }

    /// Ends the transaction that is open, if any: aborts it unless it is being committed.
    func endOpenTransaction(timeoutMilliseconds: Int) {
        let effects = engine.core.withLock { core -> ProducerCore.Effects? in
            switch core.transaction?.state {
            case .committing: ProducerCore.Effects()
            // An error means that none is open.
            default: try? core.abortTransaction()
            }
        }
        guard let effects, configuration.transactionalID != nil else { return }
        engine.apply(effects)
        // The coordinator aborts it after the transaction timeout otherwise.
        try? awaitTransaction("close", limitMilliseconds: timeoutMilliseconds) { $0.state == .ready }
    }

    private static let notTransactional = KafkaError.transactionState(
        operation: "a transaction", state: "the producer has no transactional id")

    private func awaitTransaction(
        _ operation: String, until isReached: (TransactionMachine) -> Bool
    ) throws(KafkaError) {
        try awaitTransaction(operation, limitMilliseconds: configuration.blockMillisecondsMax, until: isReached)
    }

    /// Waits until the machine fulfils a condition, or cannot any more.
    private func awaitTransaction(
        _ operation: String, limitMilliseconds: Int?, until isReached: (TransactionMachine) -> Bool
    ) throws(KafkaError) {
        engine.wakeTransaction()
        let started = MonotonicInstant.now
        let wakeup = WakeupSignal()
        while true {
            let outcome = engine.core.withLock { core -> Result<Bool, KafkaError> in
                if let failure = core.failure { return .failure(failure) }
                guard let transaction = core.transaction else { return .failure(Self.notTransactional) }
                if case .mustAbort = transaction.state { return .failure(transaction.refusal(operation)) }
                if isReached(transaction) { return .success(true) }
                core.transactionWaiters.append(wakeup)
                return .success(false)
            }
            if try outcome.get() { return }
            let passed = MonotonicInstant.now.milliseconds(since: started)
            let left = limitMilliseconds.map { $0 - passed }
            if let left, left <= 0 {
                engine.core.withLock { $0.transactionWaiters.removeAll { $0 === wakeup } }
                throw .timedOut(what: operation, milliseconds: passed, lastError: nil)
            }
            wakeup.wait(milliseconds: left)
        }
    }
}
