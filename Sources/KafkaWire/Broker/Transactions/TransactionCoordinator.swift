import KafkaProtocol
import Synchronization
import WireCore

/// Runs the state machines of transactional ids: passes them requests and the time, stores their state, and writes the
/// markers that end transactions.
///
/// The lock is not held while markers are written: requests of that time get CONCURRENT_TRANSACTIONS, as with Kafka. A
/// transaction whose end was decided before the broker ended is completed when it starts again.
final class TransactionCoordinator: Sendable {
    private static let logger = Logger("cdcd.broker.TransactionCoordinator")

    private struct State: ~Copyable {
        var transactions: [String: TransactionState] = [:]
        var journal: Journal<TransactionJournalEntry>
    }

    private let state: Mutex<State>
    private let producerIDs: ProducerIDs
    private let epochs: CoordinatorEpochs
    private let topics: TopicRegistry
    private let groups: GroupCoordinator

    /// `transaction.max.timeout.ms`.
    static let timeoutMillisecondsMax: Int32 = 900_000

    init(
        directory: DataDirectory, producerIDs: ProducerIDs, epochs: CoordinatorEpochs, topics: TopicRegistry,
        groups: GroupCoordinator, flushesAlways: Bool
    ) throws(StorageError) {
        self.producerIDs = producerIDs
        self.epochs = epochs
        self.topics = topics
        self.groups = groups
        var transactions: [String: TransactionState] = [:]
        var journal = try Journal<TransactionJournalEntry>(
            TransactionJournalEntry.fileName, in: directory, flushesAlways: flushesAlways
        ) { entry in
            switch entry {
            case .state(let state): transactions[state.transactionalID] = state
            case .removed(let transactionalID): transactions[transactionalID] = nil
            }
        }
        try journal.rewrite(transactions.values.map { .state($0) })
        state = Mutex(State(transactions: transactions, journal: journal))
    }

    func synchronize() throws(StorageError) {
        try state.withLock { (state) throws(StorageError) in try state.journal.synchronize() }
    }

    // MARK: Requests

    /// InitProducerId with a transactional id.
    func initialize(
        _ transactionalID: String, timeoutMilliseconds: Int32, expected: (producerID: Int64, epoch: Int16)?
    ) -> TransactionState.Outcome {
        guard timeoutMilliseconds > 0, timeoutMilliseconds <= Self.timeoutMillisecondsMax else {
            return .refused(.invalidTransactionTimeout)
        }
        return change(transactionalID, creates: timeoutMilliseconds) { transaction, spareProducerID, now in
            transaction.initialize(
                expected: expected, timeoutMilliseconds: timeoutMilliseconds, spareProducerID: spareProducerID,
                now: now)
        }
    }

    /// AddPartitionsToTxn and AddOffsetsToTxn.
    func add(
        _ partitions: [TransactionState.Partition], groupID: String? = nil, to transactionalID: String,
        producerID: Int64, epoch: Int16, bumpsEpoch: Bool
    ) -> KafkaErrorCode {
        change(transactionalID) { transaction, _, now in
            transaction.add(
                partitions, groupID: groupID, producerID: producerID, epoch: epoch, bumpsEpoch: bumpsEpoch, now: now)
        }.code
    }

    /// Whether the producer may write to a partition, or commit offsets of a group.
    func verify(
        _ partition: TransactionState.Partition?, groupID: String? = nil, in transactionalID: String, producerID: Int64,
        epoch: Int16
    ) -> KafkaErrorCode {
        state.withLock { state in
            guard let transaction = state.transactions[transactionalID] else { return .invalidProducerIDMapping }
            return transaction.verify(partition, groupID: groupID, producerID: producerID, epoch: epoch)
        }
    }

    /// EndTxn. When this returns, the markers are written, unless that failed: then it is tried again later.
    func end(
        _ transactionalID: String, isCommit: Bool, producerID: Int64, epoch: Int16, bumpsEpoch: Bool
    ) -> TransactionState.Outcome {
        change(transactionalID) { transaction, spareProducerID, now in
            transaction.end(
                isCommit: isCommit, producerID: producerID, epoch: epoch, bumpsEpoch: bumpsEpoch,
                spareProducerID: spareProducerID, now: now)
        }
    }

    /// The current states, sorted by name.
    var transactions: [TransactionState] {
        state.withLock { Array($0.transactions.values) }.sorted { $0.transactionalID < $1.transactionalID }
    }

    func transaction(_ transactionalID: String) -> TransactionState? {
        state.withLock { $0.transactions[transactionalID] }
    }

    // MARK: Time

    /// Aborts transactions whose time has passed, completes those whose markers could not be written, and forgets ids
    /// that are not used any longer.
    func handleTimeouts(now: Int64) {
        let (due, unfinished, expired) = state.withLock { state in
            (
                state.transactions.values.filter { ($0.deadline ?? .max) <= now }.map(\.transactionalID),
                state.transactions.values.filter(\.phase.isPreparing),
                state.transactions.values.filter { $0.isExpired(now: now) }.map(\.transactionalID)
            )
        }
        for transaction in unfinished where isUnfinishedSince(transaction, now: now) { complete(transaction) }
        for transactionalID in due {
            let outcome = change(transactionalID) { transaction, spareProducerID, now in
                transaction.handleTimeout(now: now, spareProducerID: spareProducerID) ?? .init()
            }
            if outcome.mustEnd { Self.logger.info("Aborted the transaction of \(transactionalID) after its timeout") }
        }
        for transactionalID in expired {
            state.withLock { state in
                guard state.transactions[transactionalID]?.isExpired(now: now) == true,
                    Self.append(.removed(transactionalID: transactionalID), &state)
                else { return }
                state.transactions[transactionalID] = nil
            }
        }
    }

    /// Whether no request is writing the markers at the moment.
    private func isUnfinishedSince(_ transaction: TransactionState, now: Int64) -> Bool {
        now - transaction.updatedAt >= 1000
    }

    // MARK: Changes

    /// Changes a transactional id's state and stores it. If the transaction has to be ended, ends it.
    ///
    /// - Parameter creates: the timeout of a new id; nil refuses an id that does not exist.
    private func change(
        _ transactionalID: String, creates timeoutMilliseconds: Int32? = nil,
        _ body: (inout TransactionState, _ spareProducerID: Int64, _ now: Int64) -> TransactionState.Outcome
    ) -> TransactionState.Outcome {
        let now = WallTime.now.epochMilliseconds
        var ending: TransactionState?
        let outcome = state.withLock { state -> TransactionState.Outcome in
            do throws(StorageError) {
                var transaction: TransactionState
                if let known = state.transactions[transactionalID] {
                    transaction = known
                } else if let timeoutMilliseconds {
                    transaction = TransactionState(
                        transactionalID: transactionalID, producerID: try producerIDs.next(),
                        timeoutMilliseconds: timeoutMilliseconds, now: now)
                } else {
                    return .refused(.invalidProducerIDMapping)
                }
                let spareProducerID = transaction.isEpochExhausted ? try producerIDs.next() : -1
                let outcome = body(&transaction, spareProducerID, now)
                guard outcome.mustStore else { return outcome }
                guard Self.append(.state(transaction), &state) else { return .refused(.coordinatorNotAvailable) }
                state.transactions[transactionalID] = transaction
                if outcome.mustEnd { ending = transaction }
                return outcome
            } catch {
                Self.logger.error("No producer id can be allocated: \(error)")
                return .refused(.coordinatorNotAvailable)
            }
        }
        if let ending { complete(ending) }
        return outcome
    }

    private static func append(_ entry: TransactionJournalEntry, _ state: inout State) -> Bool {
        do throws(StorageError) {
            try state.journal.append([entry])
        } catch {
            logger.error("The journal of transactions cannot be written: \(error)")
            return false
        }
        guard state.journal.shouldRewrite else { return true }
        do throws(StorageError) {
            try state.journal.rewrite(state.transactions.values.map { .state($0) })
            // The transaction that was just appended may not be in the table yet.
            try state.journal.append([entry])
        } catch {
            logger.error("The compaction of the journal of transactions failed; the file keeps growing: \(error)")
            state.journal.postponeRewrite()
        }
        return true
    }

    // MARK: Markers

    /// Writes the markers of a transaction whose end is stored, and makes the groups' offsets valid.
    private func complete(_ transaction: TransactionState) {
        let isCommit = transaction.phase == .prepareCommit
        let marker = TransactionMarker(
            isCommit: isCommit, coordinatorEpoch: epochs.epoch(of: transaction.transactionalID))
        do throws(StorageError) {
            for partition in transaction.partitions {
                let topic = topics.topic(named: partition.topic)
                // A topic that was deleted meanwhile has no records any longer.
                guard let log = topic?.partition(partition.index) else { continue }
                let code = try log.append(marker, producerID: transaction.producerID, epoch: transaction.epoch)
                if code == .none { continue }
                let name = "\(partition.topic)-\(partition.index)"
                Self.logger.warn("\(name) refuses the marker of \(transaction.transactionalID): \(code)")
                // The next coordinator ends the transaction.
                if code == .transactionCoordinatorFenced { return }
            }
        } catch {
            Self.logger.error("A transaction of \(transaction.transactionalID) cannot be ended yet: \(error)")
            return
        }
        guard groups.endTransaction(producerID: transaction.producerID, isCommit: isCommit) else { return }
        state.withLock { state in
            guard var current = state.transactions[transaction.transactionalID], current == transaction else { return }
            current.markersWritten(now: WallTime.now.epochMilliseconds)
            // If this fails, the markers are written again after a restart, which changes nothing.
            _ = Self.append(.state(current), &state)
            state.transactions[transaction.transactionalID] = current
        }
    }
}
