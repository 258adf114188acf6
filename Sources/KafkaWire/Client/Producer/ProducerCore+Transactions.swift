import KafkaProtocol
import WireCore

/// The transactions of a producer: their machine, and the batches that depend on it.
extension ProducerCore {
    /// The threads that wait for a state of the transaction.
    mutating func takeTransactionWaiters() -> [WakeupSignal] {
        defer { transactionWaiters = [] }
        return transactionWaiters
    }

    // MARK: Calls of the program

    mutating func initializeTransactions() throws(KafkaError) { try transaction?.initialize() }

    mutating func beginTransaction() throws(KafkaError) {
        if let failure { throw failure }
        let version = transactionVersion >= 2 ? TransactionMachine.Version.two : .one
        try transaction?.begin(version)
    }

    mutating func sendOffsets(_ offsets: TransactionOffsets) throws(KafkaError) { try transaction?.send(offsets) }

    mutating func commitTransaction() throws(KafkaError) { try transaction?.commit() }

    mutating func abortTransaction() throws(KafkaError) -> Effects {
        var effects = Effects()
        if try transaction?.abort() == true { dropUnsentBatches(&effects) }
        release(&effects)
        return effects
    }

    // MARK: Batches

    /// A batch of the transaction has failed.
    mutating func failTransaction(_ error: KafkaError, _ partition: Partition, _ effects: inout Effects) {
        let leavesGap = partition.queue.awaitsNewEpoch(beyond: identity)
        guard transaction?.batchFailed(error, leavesGap: leavesGap) == true else { return }
        dropUnsentBatches(&effects)
        effects.wakeups += takeTransactionWaiters()
    }

    /// Fails the batches that no broker has.
    private mutating func dropUnsentBatches(_ effects: inout Effects) {
        for topic in topics { for partition in topic.partitions { dropUnsentBatches(partition, &effects) } }
    }

    mutating func dropUnsentBatches(_ partition: Partition, _ effects: inout Effects) {
        guard partition.hasWork, let transaction else { return }
        var error = KafkaError.transactionAborted
        if case .mustAbort(let cause) = transaction.state { error = .mustAbortTransaction(cause) }
        seal(partition)
        for batch in partition.queue.removeUnsent() { finish(partition, batch, .failure(error), &effects) }
    }

    // MARK: Requests

    /// A request to the coordinator, with the identity that it carries.
    struct TransactionRequest: Sendable {
        let request: TransactionMachine.CoordinatorRequest
        let identity: ProducerIdentity?
        let version: TransactionMachine.Version
    }

    /// The next request, and the threads to wake.
    mutating func nextTransactionRequest() -> (request: TransactionRequest?, wakeups: [WakeupSignal]) {
        let isAtRest = isAtRest
        guard failure == nil, let request = transaction?.next(hasUnsettledBatches: !isAtRest) else {
            // A transaction without content ends without a request.
            return (nil, takeTransactionWaiters())
        }
        return (
            TransactionRequest(request: request, identity: identity, version: transaction?.version ?? .one), []
        )
    }

    /// A request is answered.
    mutating func settle(
        _ answer: TransactionMachine.Answer, _ effects: inout Effects
    ) -> TransactionMachine.Consequence {
        let consequence = transaction?.settle(answer) ?? .none
        switch consequence {
        case .none, .retry: break
        case .adopt(let identity):
            adopt(identity)
            effects.wakeups += wakeAll()
        case .partitionsAdded(let partitions):
            for partition in partitions { added(partition, &effects) }
        case .mustAbort: dropUnsentBatches(&effects)
        case .fail(let error): effects.add(fail(error))
        }
        effects.wakeups += takeTransactionWaiters()
        release(&effects)
        return consequence
    }

    private func added(_ name: TopicPartition, _ effects: inout Effects) {
        guard let topic = topicsByName[name.topic], topic.partitions.indices.contains(Int(name.partition)) else {
            return
        }
        let partition = topic.partitions[Int(name.partition)]
        partition.addedToTransaction = transaction?.number ?? 0
        if let wakeup = list(partition, hasNews: true) { effects.wakeups.append(wakeup) }
    }
}
