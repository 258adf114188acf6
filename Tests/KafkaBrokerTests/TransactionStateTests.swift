import KafkaProtocol
import Testing
import WireTestSupport

@testable import KafkaBroker

@Suite struct TransactionStateTests {
    private static let partition = TransactionState.Partition(topic: "t", index: 0)

    private func make(epoch: Int16 = 0, bumpsEpoch: Bool = false) -> TransactionState {
        var state = TransactionState(transactionalID: "x", producerID: 10, timeoutMilliseconds: 100, now: 1000)
        state.epoch = epoch
        state.bumpsEpoch = bumpsEpoch
        return state
    }

    private func initialize(
        _ state: inout TransactionState, expected: (producerID: Int64, epoch: Int16)? = nil, spare: Int64 = 99
    ) -> TransactionState.Outcome {
        state.initialize(expected: expected, timeoutMilliseconds: 100, spareProducerID: spare, now: 1000)
    }

    private func add(
        _ state: inout TransactionState, producerID: Int64 = 10, epoch: Int16 = 0, bumpsEpoch: Bool = false
    ) -> KafkaErrorCode {
        state.add([Self.partition], producerID: producerID, epoch: epoch, bumpsEpoch: bumpsEpoch, now: 1000).code
    }

    private func end(
        _ state: inout TransactionState, _ isCommit: Bool, producerID: Int64 = 10, epoch: Int16 = 0,
        bumpsEpoch: Bool = false
    ) -> TransactionState.Outcome {
        state.end(
            isCommit: isCommit, producerID: producerID, epoch: epoch, bumpsEpoch: bumpsEpoch, spareProducerID: 99,
            now: 1000)
    }

    @Test func firstProducerBeginsWithEpochZeroAndEachNextOneRaisesIt() {
        var state = make(epoch: -1)
        #expect(initialize(&state) == .init(producerID: 10, epoch: 0, mustStore: true))
        #expect(initialize(&state) == .init(producerID: 10, epoch: 1, mustStore: true))
        #expect(add(&state, epoch: 0) == .producerFenced)
        #expect(add(&state, producerID: 11, epoch: 1) == .invalidProducerIDMapping)
        #expect(add(&state, epoch: 1) == .none)
        #expect(state.phase == .ongoing && state.startedAt == 1000)
    }

    @Test func transactionIsCommittedThroughItsPhases() {
        var state = make()
        #expect(end(&state, true).code == .invalidTxnState)
        #expect(add(&state) == .none)
        #expect(end(&state, true) == .init(producerID: 10, epoch: 0, mustStore: true, mustEnd: true))
        #expect(state.phase == .prepareCommit)
        #expect(add(&state) == .concurrentTransactions)
        #expect(initialize(&state).code == .concurrentTransactions)
        #expect(end(&state, true).code == .concurrentTransactions)
        #expect(end(&state, false).code == .invalidTxnState)
        state.markersWritten(now: 1001)
        #expect(state.phase == .completeCommit && state.partitions.isEmpty && state.startedAt == 1000)
        // The response was lost.
        #expect(end(&state, true) == .init(producerID: 10, epoch: 0))
        #expect(end(&state, false).code == .invalidTxnState)
        #expect(add(&state) == .none)
    }

    @Test func onlyAddedPartitionsAndGroupsBelongToTheTransaction() {
        var state = make()
        func verify(_ partition: TransactionState.Partition?, _ groupID: String? = nil) -> KafkaErrorCode {
            state.verify(partition, groupID: groupID, producerID: 10, epoch: 0)
        }
        #expect(verify(Self.partition) == .invalidTxnState)
        #expect(add(&state) == .none)
        #expect(verify(Self.partition) == .none)
        #expect(verify(.init(topic: "t", index: 1)) == .invalidTxnState)
        #expect(verify(nil, "g") == .invalidTxnState)
        _ = state.add([], groupID: "g", producerID: 10, epoch: 0, bumpsEpoch: false, now: 1000)
        #expect(verify(nil, "g") == .none)
        #expect(state.verify(Self.partition, producerID: 10, epoch: 1) == .producerFenced)
    }

    /// The transaction of a producer that has disappeared is aborted, and the producer fenced, before the next one
    /// begins.
    @Test func newProducerAbortsTheTransactionOfTheOldOne() {
        var state = make()
        #expect(add(&state) == .none)
        let first = initialize(&state)
        #expect(first.code == .concurrentTransactions && first.mustStore && first.mustEnd)
        #expect(state.phase == .prepareAbort && state.epoch == 1)
        #expect(end(&state, true).code == .producerFenced)
        state.markersWritten(now: 1001)
        #expect(initialize(&state) == .init(producerID: 10, epoch: 2, mustStore: true))
    }

    @Test func transactionIsAbortedAfterItsTimeout() {
        var state = make()
        #expect(state.deadline == nil)
        #expect(add(&state) == .none)
        #expect(state.deadline == 1100)
        #expect(state.handleTimeout(now: 1099, spareProducerID: -1) == nil)
        #expect(state.handleTimeout(now: 1100, spareProducerID: -1)?.mustEnd == true)
        state.markersWritten(now: 1101)
        #expect(state.phase == .completeAbort)
        #expect(add(&state, epoch: 0) == .producerFenced)
    }

    /// A producer that continues after an error names the epoch that it had (KIP-360).
    @Test func producerRaisesItsOwnEpoch() {
        var state = make(epoch: 3)
        #expect(initialize(&state, expected: (10, 3)) == .init(producerID: 10, epoch: 4, mustStore: true))
        // The response was lost.
        #expect(initialize(&state, expected: (10, 3)) == .init(producerID: 10, epoch: 4, mustStore: true))
        #expect(initialize(&state, expected: (10, 2)).code == .producerFenced)
        #expect(initialize(&state, expected: (11, 4)).code == .producerFenced)
    }

    /// As Kafka 4.3, with both versions of transactions: the producer whose transaction was aborted continues with the
    /// epoch that it had, unless another producer has begun.
    @Test(arguments: [false, true], [false, true]) func fencedProducerContinuesUnlessAnotherHasBegun(
        bumpsEpoch: Bool, hasTimedOut: Bool
    ) {
        var state = make(epoch: 3)
        #expect(add(&state, epoch: 3, bumpsEpoch: bumpsEpoch) == .none)
        if hasTimedOut {
            #expect(state.handleTimeout(now: 1100, spareProducerID: -1)?.mustEnd == true)
        } else {
            // The producer itself, which does not wait for the end of its abort.
            #expect(initialize(&state, expected: (10, 3)).code == .concurrentTransactions)
        }
        state.markersWritten(now: 1101)
        for _ in 0..<2 {
            #expect(initialize(&state, expected: (10, 3)) == .init(producerID: 10, epoch: 4, mustStore: true))
        }
        #expect(initialize(&state) == .init(producerID: 10, epoch: 5, mustStore: true))
        #expect(initialize(&state, expected: (10, 3)).code == .producerFenced)
    }

    @Test func exhaustedEpochsGiveANewProducerID() {
        var state = make(epoch: TransactionState.epochMax)
        let expected = (producerID: Int64(10), epoch: TransactionState.epochMax)
        #expect(initialize(&state, expected: expected) == .init(producerID: 99, epoch: 0, mustStore: true))
        #expect(initialize(&state, expected: expected) == .init(producerID: 99, epoch: 0, mustStore: true))
        #expect(add(&state, epoch: TransactionState.epochMax) == .invalidProducerIDMapping)
    }

    // MARK: Transactions of version 2

    @Test func eachTransactionOfVersion2HasItsOwnEpoch() {
        var state = make()
        #expect(add(&state, bumpsEpoch: true) == .none)
        let first = end(&state, true, bumpsEpoch: true)
        #expect(first == .init(producerID: 10, epoch: 1, mustStore: true, mustEnd: true))
        #expect(end(&state, true, bumpsEpoch: true).code == .concurrentTransactions)
        state.markersWritten(now: 1001)
        // The response was lost.
        #expect(end(&state, true, bumpsEpoch: true) == .init(producerID: 10, epoch: 1))
        #expect(end(&state, false, bumpsEpoch: true).code == .invalidTxnState)
        #expect(add(&state, epoch: 0, bumpsEpoch: true) == .producerFenced)
        #expect(add(&state, epoch: 1, bumpsEpoch: true) == .none)
    }

    @Test func transactionOfVersion2WithoutRecordsCanBeAborted() {
        var state = make()
        #expect(end(&state, true, bumpsEpoch: true).code == .invalidTxnState)
        #expect(end(&state, false, bumpsEpoch: true).epoch == 1)
        state.markersWritten(now: 1001)
        #expect(end(&state, false, epoch: 1, bumpsEpoch: true).epoch == 2)
        state.markersWritten(now: 1002)
        #expect(end(&state, true, epoch: 2, bumpsEpoch: true).code == .invalidTxnState)
    }

    /// As Kafka 4.3: the producer may not commit; its abort succeeds, and it continues with the next epoch.
    @Test func producerOfVersion2ContinuesAfterTheTimeoutOfItsTransaction() {
        var state = make()
        #expect(add(&state, bumpsEpoch: true) == .none)
        #expect(state.handleTimeout(now: 1100, spareProducerID: -1)?.mustEnd == true)
        #expect(state.phase == .prepareAbort && state.epoch == 1)
        state.markersWritten(now: 1101)
        #expect(add(&state, epoch: 0, bumpsEpoch: true) == .producerFenced)
        #expect(end(&state, true, bumpsEpoch: true).code == .invalidTxnState)
        #expect(end(&state, false, bumpsEpoch: true) == .init(producerID: 10, epoch: 1))
        #expect(add(&state, epoch: 1, bumpsEpoch: true) == .none)
    }

    @Test func newProducerOfVersion2RaisesTheEpochOnceForTheAbort() {
        var state = make(epoch: 1)
        #expect(add(&state, epoch: 1, bumpsEpoch: true) == .none)
        #expect(initialize(&state).code == .concurrentTransactions)
        state.markersWritten(now: 1001)
        #expect(initialize(&state) == .init(producerID: 10, epoch: 3, mustStore: true))
        #expect(initialize(&state, expected: (10, 1)).code == .producerFenced)
    }

    @Test func version2ContinuesWithANewProducerIDWhenEpochsAreExhausted() {
        let last = TransactionState.epochMax
        var state = make(epoch: last, bumpsEpoch: true)
        #expect(add(&state, epoch: last, bumpsEpoch: true) == .none)
        let ended = end(&state, true, epoch: last, bumpsEpoch: true)
        #expect(ended == .init(producerID: 99, epoch: 0, mustStore: true, mustEnd: true))
        // The marker has the last epoch of the old id.
        #expect(state.producerID == 10 && state.epoch == .max)
        state.markersWritten(now: 1001)
        #expect(state.producerID == 99 && state.epoch == 0)
        #expect(end(&state, true, epoch: last, bumpsEpoch: true) == .init(producerID: 99, epoch: 0))
        #expect(add(&state, producerID: 99, epoch: 0, bumpsEpoch: true) == .none)
    }

    // MARK: Simulation

    /// A producer as a client knows itself.
    private struct Producer {
        var producerID: Int64 = -1
        var epoch: Int16 = -1
        /// What it has asked for and got no answer to.
        var pendingEnd: Bool?
    }

    /// Producers that share an id, with lost responses, timeouts and crashes between the phases: at most one of them
    /// can write, an answered end is what the markers say, and each transaction has one result.
    @Test(arguments: [false, true]) func randomRequestsKeepTheInvariants(_ bumpsEpoch: Bool) {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var state = TransactionState(transactionalID: "x", producerID: 1, timeoutMilliseconds: 50, now: 0)
            state.bumpsEpoch = bumpsEpoch
            if Bool.random(using: &random) { state.epoch = TransactionState.epochMax - 3 }
            var spare: Int64 = 1
            var producers = [Producer(), Producer(), Producer()]
            var highest: [Int64: Int16] = [:]
            /// The result of the transaction that is being ended.
            var result: Bool?
            for step in 0..<200 {
                let now = Int64(step) * 10
                spare += 1
                let index = Int.random(in: 0..<producers.count, using: &random)
                var producer = producers[index]
                let isLost = Int.random(in: 0..<4, using: &random) == 0
                let before = state
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    let outcome = state.initialize(
                        expected: nil, timeoutMilliseconds: 50, spareProducerID: spare, now: now)
                    if outcome.mustEnd { result = false }
                    if outcome.code == .none {
                        // All others are fenced from now on.
                        for other in producers where other.producerID == outcome.producerID {
                            #expect(other.epoch < outcome.epoch, "seed \(seed), step \(step)")
                        }
                        producer = Producer()
                        if !isLost { (producer.producerID, producer.epoch) = (outcome.producerID, outcome.epoch) }
                    }
                case 1:
                    let outcome = state.add(
                        [Self.partition], producerID: producer.producerID, epoch: producer.epoch,
                        bumpsEpoch: bumpsEpoch, now: now)
                    if outcome.code == .none {
                        #expect(producer.producerID == state.producerID, "seed \(seed)")
                        #expect(producer.epoch == state.epoch, "seed \(seed)")
                    } else {
                        #expect(state == before, "seed \(seed), step \(step)")
                    }
                case 2, 3:
                    let isCommit = producer.pendingEnd ?? Bool.random(using: &random)
                    let outcome = state.end(
                        isCommit: isCommit, producerID: producer.producerID, epoch: producer.epoch,
                        bumpsEpoch: bumpsEpoch, spareProducerID: spare, now: now)
                    if outcome.mustEnd { result = isCommit }
                    guard outcome.code == .none else {
                        if !outcome.mustStore { #expect(state == before, "seed \(seed), step \(step)") }
                        break
                    }
                    #expect(result == isCommit || result == nil, "seed \(seed), step \(step)")
                    producer.pendingEnd = isLost ? isCommit : nil
                    guard bumpsEpoch, !isLost else { break }
                    (producer.producerID, producer.epoch) = (outcome.producerID, outcome.epoch)
                case 4:
                    if state.handleTimeout(now: now, spareProducerID: spare)?.mustEnd == true { result = false }
                default:
                    guard state.phase.isPreparing else { break }
                    #expect(state.phase == (result == true ? .prepareCommit : .prepareAbort), "seed \(seed)")
                    state.markersWritten(now: now)
                    #expect(state.phase.isComplete && state.partitions.isEmpty, "seed \(seed)")
                }
                producers[index] = producer
                #expect(state.epoch >= highest[state.producerID] ?? -1, "seed \(seed), step \(step)")
                highest[state.producerID] = state.epoch
            }
        }
    }
}
