import KafkaProtocol
import Testing

@testable import KafkaWire

/// The steps of a transactional producer, in both versions of the protocol.
@Suite struct TransactionMachineTests {
    private static let partition = TopicPartition("t", 0)
    private static let identity = ProducerIdentity(producerID: 7, epoch: 3)
    private static let offsets = TransactionOffsets(
        group: ConsumerGroupMetadata(groupID: "g"), offsets: [partition: OffsetAndMetadata(5)])
    private static let refused = KafkaError.code(.topicAuthorizationFailed, about: "writing to t-0")

    /// An initialized producer in a transaction.
    private static func begun(_ version: TransactionMachine.Version) throws -> TransactionMachine {
        var machine = TransactionMachine()
        try machine.initialize()
        #expect(machine.next(hasUnsettledBatches: false) == .initProducerID(raisesEpoch: false))
        #expect(machine.settle(.done(identity: identity)) == .adopt(identity))
        #expect(machine.state == .ready)
        try machine.begin(version)
        return machine
    }

    private static func refusal(_ code: KafkaErrorCode) -> TransactionMachine.Answer {
        .refused([code], message: nil)
    }

    private static func stateError(_ body: () throws(KafkaError) -> Void) -> Bool {
        do throws(KafkaError) {
            try body()
            return false
        } catch {
            if case .transactionState = error { return true }
            return false
        }
    }

    @Test func callsInAnotherOrderAreRefused() throws {
        var machine = TransactionMachine()
        #expect(Self.stateError { () throws(KafkaError) in try machine.begin(.one) })
        #expect(Self.stateError { () throws(KafkaError) in try machine.commit() })
        try machine.initialize()
        #expect(Self.stateError { () throws(KafkaError) in try machine.begin(.one) })
        #expect(machine.next(hasUnsettledBatches: false) != nil)
        #expect(machine.settle(.done(identity: Self.identity)) == .adopt(Self.identity))
        #expect(Self.stateError { () throws(KafkaError) in try machine.initialize() })
        #expect(Self.stateError { () throws(KafkaError) in try machine.send(Self.offsets) })
        #expect(Self.stateError { () throws(KafkaError) in _ = try machine.abort() })
        #expect(!machine.acceptsRecords)
        try machine.begin(.one)
        #expect(machine.acceptsRecords)
        #expect(Self.stateError { () throws(KafkaError) in try machine.begin(.one) })
    }

    @Test func partitionsAreAddedBeforeTheyAreWrittenToInVersion1() throws {
        var machine = try Self.begun(.one)
        let other = TopicPartition("s", 1)
        #expect(machine.use(Self.partition) == false)
        #expect(machine.use(other) == false)
        #expect(machine.next(hasUnsettledBatches: true) == .addPartitions([other, Self.partition]))
        #expect(machine.next(hasUnsettledBatches: true) == nil, "one request at a time")
        #expect(machine.settle(.done(identity: nil)) == .partitionsAdded([other, Self.partition]))
        #expect(machine.next(hasUnsettledBatches: true) == nil)
        try machine.commit()
        #expect(machine.next(hasUnsettledBatches: true) == nil, "batches are not settled")
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: true))
        #expect(machine.settle(.done(identity: nil)) == .none)
        #expect(machine.state == .ready)
    }

    @Test func brokersAddPartitionsInVersion2AndEachTransactionHasAnEpoch() throws {
        var machine = try Self.begun(.two)
        #expect(machine.use(Self.partition) == true)
        machine.batchSent()
        try machine.commit()
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: true))
        let next = ProducerIdentity(producerID: 7, epoch: 4)
        #expect(machine.settle(.done(identity: next)) == .adopt(next))
        #expect(machine.state == .ready)
    }

    @Test(arguments: [TransactionMachine.Version.one, .two])
    func transactionWithoutContentEndsWithoutARequest(_ version: TransactionMachine.Version) throws {
        var machine = try Self.begun(version)
        try machine.commit()
        #expect(machine.next(hasUnsettledBatches: false) == nil)
        #expect(machine.state == .ready)
        try machine.begin(version)
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: false) == nil)
        #expect(machine.state == .ready)
    }

    @Test func groupIsAddedOnceInVersion1() throws {
        var machine = try Self.begun(.one)
        try machine.send(Self.offsets)
        #expect(machine.next(hasUnsettledBatches: false) == .addOffsets(groupID: "g"))
        #expect(machine.settle(.done(identity: nil)) == .none)
        #expect(machine.next(hasUnsettledBatches: false) == .commitOffsets(Self.offsets))
        #expect(machine.settle(.done(identity: nil)) == .none)
        #expect(machine.offsets == nil)
        try machine.send(Self.offsets)
        #expect(machine.next(hasUnsettledBatches: false) == .commitOffsets(Self.offsets))
        #expect(machine.settle(.done(identity: nil)) == .none)
        try machine.commit()
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: true))
    }

    @Test func coordinatorThatMovesOrIsBusyIsAskedAgain() throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        let add = TransactionMachine.CoordinatorRequest.addPartitions([Self.partition])
        let answers: [(TransactionMachine.Answer, isShort: Bool)] = [
            (Self.refusal(.notCoordinator), false), (Self.refusal(.coordinatorLoadInProgress), false),
            (Self.refusal(.concurrentTransactions), true), (Self.refusal(.unknownTopicOrPartition), false),
            (.failed(.unreachable(brokers: [], lastError: "")), false), (.lost, false),
        ]
        for (answer, isShort) in answers {
            #expect(machine.next(hasUnsettledBatches: true) == add)
            #expect(machine.settle(answer) == .retry(isShort: isShort))
        }
        #expect(machine.next(hasUnsettledBatches: true) == add)
    }

    @Test func failedRecordAllowsOnlyAnAbort() throws {
        var machine = try Self.begun(.two)
        machine.batchSent()
        #expect(machine.batchFailed(Self.refused, leavesGap: true) == true)
        let isFirst = machine.batchFailed(.closed, leavesGap: false)
        #expect(!isFirst, "the first error is kept")
        #expect(throws: KafkaError.mustAbortTransaction(Self.refused)) { try machine.commit() }
        #expect(throws: KafkaError.mustAbortTransaction(Self.refused)) { try machine.send(Self.offsets) }
        #expect(machine.next(hasUnsettledBatches: false) == nil)
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: true) == nil, "batches in flight are awaited")
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: false))
        #expect(machine.settle(.done(identity: Self.identity)) == .adopt(Self.identity))
        #expect(machine.state == .ready && !machine.needsNewEpoch)
    }

    /// KIP-360: sequence numbers are missing, which a broker would refuse in the same epoch.
    @Test func abortRaisesTheEpochInVersion1IfABatchIsMissing() throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        _ = machine.next(hasUnsettledBatches: true)
        _ = machine.settle(.done(identity: nil))
        #expect(machine.batchFailed(Self.refused, leavesGap: true) == true)
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: false))
        #expect(machine.settle(.done(identity: nil)) == .none)
        #expect(machine.state == .aborting)
        #expect(machine.next(hasUnsettledBatches: false) == .initProducerID(raisesEpoch: true))
        #expect(machine.settle(.done(identity: Self.identity)) == .adopt(Self.identity))
        #expect(machine.state == .ready)
    }

    @Test func recordThatFailsWhileCommittingEndsTheCommit() throws {
        var machine = try Self.begun(.two)
        machine.batchSent()
        try machine.commit()
        #expect(machine.batchFailed(Self.refused, leavesGap: false) == true)
        #expect(machine.state == .mustAbort(Self.refused))
    }

    /// EndTxn for a transaction that the coordinator does not know would be an error.
    @Test func unknownOutcomeOfTheFirstRequestIsEndedByANewEpoch() throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        _ = machine.next(hasUnsettledBatches: true)
        #expect(machine.settle(.lost) == .retry(isShort: false))
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: false) == .initProducerID(raisesEpoch: true))
    }

    @Test func abortWaitsForTheRequestInFlight() throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        _ = machine.next(hasUnsettledBatches: true)
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: false) == nil)
        _ = machine.settle(.done(identity: nil))
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: false))
    }

    @Test(arguments: [KafkaErrorCode.producerFenced, .invalidProducerEpoch, .transactionalIDAuthorizationFailed])
    func fencedProducerFails(_ code: KafkaErrorCode) throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        _ = machine.next(hasUnsettledBatches: true)
        guard case .fail(let error) = machine.settle(Self.refusal(code)) else { return #expect(Bool(false)) }
        #expect(error.errorCode == (code == .invalidProducerEpoch ? .producerFenced : code))
        #expect(throws: error) { try machine.commit() }
        #expect(throws: error) { _ = try machine.abort() }
        #expect(machine.next(hasUnsettledBatches: false) == nil)
    }

    @Test func memberThatHasLeftTheGroupMustAbort() throws {
        for code in [KafkaErrorCode.illegalGeneration, .unknownMemberID, .fencedInstanceID, .groupAuthorizationFailed] {
            var machine = try Self.begun(.two)
            try machine.send(Self.offsets)
            #expect(machine.next(hasUnsettledBatches: false) == .commitOffsets(Self.offsets))
            guard case .mustAbort(let error) = machine.settle(Self.refusal(code)) else { return #expect(Bool(false)) }
            #expect(error.errorCode == code)
            // The broker has added the group's partition before it refused the offsets.
            #expect(try machine.abort() == true)
            #expect(machine.next(hasUnsettledBatches: false) == .end(commits: false))
        }
    }

    /// The most severe code decides: a partition that was not attempted is there because another one was refused.
    @Test func partitionsThatCannotBeAddedMustAbort() throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        _ = machine.next(hasUnsettledBatches: true)
        let codes: [KafkaErrorCode] = [.operationNotAttempted, .topicAuthorizationFailed]
        guard case .mustAbort = machine.settle(.refused(codes, message: nil)) else { return #expect(Bool(false)) }
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: false) == nil)
        #expect(machine.state == .ready, "the coordinator has no transaction")
    }

    @Test func coordinatorThatHasForgottenTheProducerGivesANewEpoch() throws {
        var machine = try Self.begun(.one)
        _ = machine.use(Self.partition)
        _ = machine.next(hasUnsettledBatches: true)
        _ = machine.settle(.done(identity: nil))
        try machine.commit()
        _ = machine.next(hasUnsettledBatches: false)
        guard case .mustAbort = machine.settle(Self.refusal(.invalidProducerIDMapping)) else {
            return #expect(Bool(false))
        }
        #expect(try machine.abort() == true)
        #expect(machine.next(hasUnsettledBatches: false) == .end(commits: false))
        #expect(machine.settle(Self.refusal(.invalidProducerIDMapping)) == .none)
        #expect(machine.next(hasUnsettledBatches: false) == .initProducerID(raisesEpoch: true))
    }

    /// KIP-890: the coordinator has ended the transaction, for example after its timeout.
    @Test func abortableErrorOfTheCoordinatorMustAbort() throws {
        var machine = try Self.begun(.two)
        machine.batchSent()
        try machine.commit()
        _ = machine.next(hasUnsettledBatches: false)
        guard case .mustAbort = machine.settle(Self.refusal(.transactionAbortable)) else {
            return #expect(Bool(false))
        }
    }
}
