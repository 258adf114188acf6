import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireTestSupport

/// Transactions of a real cluster, in the version that it has finalized: `CDCD_TEST_KAFKA=host:port` names a broker, of
/// Kafka 2.8 or later.
@Suite(.ownThreads, .enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"))
struct TransactionTests {
    @Test func onlyCommittedRecordsAreVisible() async throws {
        let topic = try ProducedTopic(partitions: 3)
        defer { topic.end() }
        let producer = try topic.transactionalProducer()
        var committed: [Int] = []
        for round in 0..<6 {
            let numbers = round * 100..<round * 100 + 100
            try producer.beginTransaction()
            let outcomes = try topic.write(numbers, with: producer)
            #expect(outcomes.count == 100 && outcomes.values.allSatisfy { $0.isSuccess })
            if round % 3 == 1 {
                try producer.abortTransactionAndWait()
            } else {
                try producer.commitTransactionAndWait()
                committed += Array(numbers)
            }
        }
        let visible = try topic.numbers(.readCommitted)
        for partition in 0..<topic.partitionCount {
            #expect(visible[partition] == committed.filter { Int32($0) % topic.partitionCount == partition })
        }
        #expect(try topic.numbers().values.joined().sorted() == Array(0..<600))
    }

    /// With version 2 each transaction has an epoch of its own (KIP-890).
    @Test func epochFollowsTheVersionOfTransactions() async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        // Kafka describes transactions since 3.0.
        guard !topic.isOld else { return }
        let producer = try topic.transactionalProducer()
        var epochs: [Int16] = []
        for number in 0..<3 {
            try producer.beginTransaction()
            try producer.sendAndWait(topic.record(number))
            let open = try topic.admin.describeTransactions([topic.name])[0].get()
            #expect(open.state == "Ongoing" && open.partitions == [TopicPartition(topic.name, 0)])
            epochs.append(open.producerEpoch)
            try producer.commitTransactionAndWait()
        }
        let step: Int16 = topic.transactionVersion >= 2 ? 1 : 0
        #expect(epochs == [epochs[0], epochs[0] + step, epochs[0] + 2 * step])
    }

    @Test func newerProducerFencesAnOlderOne() async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        let older = try topic.transactionalProducer()
        try older.beginTransaction()
        _ = try topic.write(0..<10, with: older)
        let newer = try topic.transactionalProducer()
        try newer.beginTransaction()
        _ = try topic.write(10..<20, with: newer)
        try newer.commitTransactionAndWait()
        let error = #expect(throws: KafkaError.self) { try older.commitTransactionAndWait() }
        #expect(error?.errorCode == .producerFenced)
        #expect(older.failure?.errorCode == .producerFenced)
        #expect(throws: KafkaError.self) { try older.append(topic.record(99)) { _ in } }
        #expect(try topic.inOrder(.readCommitted) == Array(10..<20))
    }

    /// A record of the older producer that is sent after the fencing.
    @Test func fencedProducerStoresNothing() async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        let older = try topic.transactionalProducer()
        try older.beginTransaction()
        _ = try topic.write(0..<10, with: older)
        let newer = try topic.transactionalProducer()
        let outcomes = try? topic.write(10..<20, with: older)
        #expect(outcomes?.values.contains(where: \.isSuccess) != true)
        #expect(throws: KafkaError.self) { try older.commitTransactionAndWait() }
        try newer.beginTransaction()
        _ = try topic.write(20..<30, with: newer)
        try newer.commitTransactionAndWait()
        #expect(try topic.inOrder(.readCommitted) == Array(20..<30))
    }

    @Test func refusedRecordForcesAnAbort() async throws {
        let topic = try ProducedTopic(configuration: [("cleanup.policy", "compact")])
        defer { topic.end() }
        let producer = try topic.transactionalProducer()
        func write(_ range: Range<Int>, keyless: Int? = nil) throws {
            for number in range {
                try producer.append(topic.record(number, key: number == keyless ? nil : "\(number)")) { _ in }
            }
        }
        for round in 0..<3 {
            try producer.beginTransaction()
            // The broker may have refused the record before the last one is appended.
            let error = #expect(throws: KafkaError.self) {
                try write(round * 30..<round * 30 + 10, keyless: round * 30 + 5)
                try producer.commitTransactionAndWait()
            }
            guard case .mustAbortTransaction(let cause) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(cause.errorCode == .invalidRecord)
            try producer.abortTransactionAndWait()
            try producer.beginTransaction()
            try write(round * 30 + 10..<round * 30 + 20)
            try producer.commitTransactionAndWait()
        }
        #expect(try topic.inOrder(.readCommitted) == Array(10..<20) + Array(40..<50) + Array(70..<80))
    }

    @Test func offsetsAreCommittedWithTheRecords() async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        let producer = try topic.transactionalProducer()
        let partition = TopicPartition(topic.name, 0)
        let group = ConsumerGroupMetadata(groupID: topic.name)
        for (round, isCommitted) in [true, false, true].enumerated() {
            try producer.beginTransaction()
            _ = try topic.write(round * 10..<round * 10 + 10, with: producer)
            try producer.sendOffsetsAndWait([partition: OffsetAndMetadata(Int64(round) * 10 + 1)], group: group)
            if isCommitted {
                try producer.commitTransactionAndWait()
            } else {
                try producer.abortTransactionAndWait()
            }
            #expect(try topic.committedOffset() == (round == 2 ? 21 : 1))
        }
        #expect(try topic.inOrder(.readCommitted) == Array(0..<10) + Array(20..<30))
        _ = topic.admin.deleteGroups([topic.name])
    }

    /// KIP-447: a member that has left its group cannot commit.
    @Test func offsetsOfAFormerMemberForceAnAbort() async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        let producer = try topic.transactionalProducer()
        let partition = TopicPartition(topic.name, 0)
        let former = ConsumerGroupMetadata(groupID: topic.name, generationID: 3, memberID: "former")
        try producer.beginTransaction()
        _ = try topic.write(0..<10, with: producer)
        let error = #expect(throws: KafkaError.self) {
            try producer.sendOffsetsAndWait([partition: OffsetAndMetadata(5)], group: former)
        }
        guard case .mustAbortTransaction = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try producer.abortTransactionAndWait()
        try producer.beginTransaction()
        _ = try topic.write(10..<20, with: producer)
        try producer.commitTransactionAndWait()
        #expect(try topic.inOrder(.readCommitted) == Array(10..<20))
    }

    /// What a program does next with a transaction that was open for too long.
    enum AfterExpiry: CaseIterable {
        case commit, abort, append, appendElsewhere, offsets
    }

    /// The coordinator aborts a transaction that was open for too long, with a new epoch. The errors are those of
    /// Java's producer 4.3.1, which ends where this one ends: with version 1 always, with version 2 (KIP-890) unless
    /// the transaction is aborted, or a record is refused before the coordinator is asked.
    @Test(arguments: AfterExpiry.allCases) func expiredTransactionCannotBeCommitted(_ next: AfterExpiry) async throws {
        let topic = try ProducedTopic(partitions: 2)
        defer { topic.end() }
        let producer = try topic.transactionalProducer { $0.transactionTimeoutMilliseconds = 1000 }
        try producer.beginTransaction()
        try producer.sendAndWait(topic.record(0))
        // The abort is visible by its marker.
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30_000)
        while try topic.openTransactions() > 0, MonotonicInstant.now < deadline {}
        let isNewVersion = topic.transactionVersion >= 2
        switch next {
        case .commit, .abort: break
        case .append, .appendElsewhere:
            let error = #expect(throws: KafkaError.self) {
                try producer.sendAndWait(topic.record(next == .append ? 2 : 1))
            }
            // Partitions are added by the coordinator before records are sent to them, in version 1.
            let isAdding = next == .appendElsewhere && !isNewVersion
            #expect(error?.errorCode == (isAdding ? .producerFenced : .invalidProducerEpoch), "\(next)")
        case .offsets:
            let error = #expect(throws: KafkaError.self) {
                try producer.sendOffsetsAndWait(
                    [TopicPartition(topic.name, 0): OffsetAndMetadata(5)],
                    group: ConsumerGroupMetadata(groupID: topic.name))
            }
            #expect(error?.errorCode == .producerFenced)
        }
        if next != .abort {
            let error = #expect(throws: KafkaError.self) { try producer.commitTransactionAndWait() }
            if next == .commit { #expect(error?.errorCode == (isNewVersion ? .invalidTxnState : .producerFenced)) }
        }
        let canContinue = isNewVersion && [.abort, .append, .appendElsewhere].contains(next)
        if canContinue {
            try producer.abortTransactionAndWait()
            try producer.beginTransaction()
            try producer.sendAndWait(topic.record(4))
            try producer.commitTransactionAndWait()
        } else {
            #expect(throws: KafkaError.self) { try producer.abortTransactionAndWait() }
            let isInvalid = next == .commit && isNewVersion
            #expect(producer.failure?.errorCode == (isInvalid ? .invalidTxnState : .producerFenced), "\(next)")
            #expect(throws: KafkaError.self) { try producer.beginTransaction() }
        }
        let newer = try topic.transactionalProducer()
        try newer.beginTransaction()
        try newer.sendAndWait(topic.record(6))
        try newer.commitTransactionAndWait()
        #expect(try topic.numbers(.readCommitted)[0] == (canContinue ? [4, 6] : [6]))
    }
}

extension ProducedTopic {
    /// The offset that the group with the topic's name has committed for the first partition. The coordinator of a
    /// group learns of the end of a transaction a little later than the producer.
    fileprivate func committedOffset() throws -> Int64? {
        let partition = TopicPartition(name, 0)
        while true {
            let offsets = try admin.listGroupOffsets([(name, [partition])], requireStable: true)[0].get()
            guard let offset = offsets.first?.offset else { return nil }
            if case .failure(.code(.unstableOffsetCommit, _, _)) = offset { continue }
            return try offset.get()?.offset
        }
    }

    /// The number of producers with an open transaction in the topic's first partition.
    fileprivate func openTransactions() throws -> Int {
        try admin.describeProducers([TopicPartition(name, 0)])[0].get().count { $0.transactionStartOffset != nil }
    }
}
