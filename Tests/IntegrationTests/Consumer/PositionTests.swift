import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireTestSupport

/// Positions and committed offsets of consumers of a real cluster; `CDCD_TEST_KAFKA=host:port` names a broker, of
/// Kafka 2.8 or later.
@Suite(.ownThreads, .enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"))
struct PositionTests {
    @Test func offsetsAreCommittedAndFetched() async throws {
        let topic = try ConsumedTopic()
        defer { topic.end() }
        let partition = topic.partitions[0]
        try topic.write(0..<10)
        let consumer = topic.consumer(group: topic.name) { $0.isAutoCommitEnabled = false }
        try consumer.assign([partition])
        #expect(try consumer.committed([partition]).isEmpty)
        #expect(try topic.read(consumer, 10) == Array(0..<10))
        try consumer.commit()
        // The leader epoch of the last record that was read.
        #expect(try consumer.committed([partition]) == [partition: OffsetAndMetadata(10, leaderEpoch: 0)])
        let marked = OffsetAndMetadata(4, leaderEpoch: 0, metadata: "ä note")
        try consumer.commit([partition: marked])
        #expect(try consumer.committed([partition]) == [partition: marked])
        let done = ThreadCompletion()
        try consumer.commitInBackground([partition: OffsetAndMetadata(6)]) { error in
            #expect(error == nil)
            done.finish()
        }
        done.wait()
        #expect(try consumer.committed([partition]) == [partition: OffsetAndMetadata(6)])
        let next = topic.consumer(group: topic.name) { $0.isAutoCommitEnabled = false }
        try next.assign([partition])
        #expect(try topic.read(next, 4) == Array(6..<10))
        // The longest text that brokers keep by default has 4096 bytes.
        let long = OffsetAndMetadata(1, metadata: String(repeating: "x", count: 5000))
        let error = #expect(throws: KafkaError.self) { try next.commit([partition: long]) }
        #expect(error?.errorCode == .offsetMetadataTooLarge)
    }

    @Test func automaticCommitsAreResumed() async throws {
        let topic = try ConsumedTopic()
        defer { topic.end() }
        try topic.write(0..<10)
        let first = topic.consumer(group: topic.name) { $0.autoCommitIntervalMilliseconds = 50 }
        try first.subscribe(to: [topic.name])
        #expect(try topic.read(first, 10) == Array(0..<10))
        while try first.committed(topic.partitions)[topic.partitions[0]]?.offset != 10 {
            _ = try first.poll(timeoutMilliseconds: 20)
        }
        try topic.write(10..<15)
        #expect(try topic.read(first, 5) == Array(10..<15))
        first.close()
        let second = topic.consumer(group: topic.name)
        try second.subscribe(to: [topic.name])
        try topic.write(15..<20)
        #expect(try topic.read(second, 5) == Array(15..<20))
    }

    @Test func positionsAreSetByOffsetEndAndTime() async throws {
        let topic = try ConsumedTopic(partitions: 2)
        defer { topic.end() }
        let (a, b) = (topic.partitions[0], topic.partitions[1])
        let hour: Int64 = 3_600_000
        let now = WallTime.now.epochMilliseconds
        try topic.write(0..<10, timestampMilliseconds: now - 2 * hour)
        try topic.write(10..<20, timestampMilliseconds: now)
        let consumer = topic.consumer()
        try consumer.assign([a, b])
        #expect(try topic.read(consumer, 20).sorted() == Array(0..<20))
        #expect(try consumer.beginningOffsets(of: [a, b]) == [a: 0, b: 0])
        #expect(try consumer.endOffsets(of: [a, b]) == [a: 10, b: 10])
        let found = try consumer.offsets(of: [a, b], atTimestampMilliseconds: now - hour)
        #expect(found[a]?.offset == 5 && found[a]?.timestampMilliseconds == now && found[a]?.leaderEpoch == 0)
        #expect(try consumer.offsets(of: [a], atTimestampMilliseconds: now + hour).isEmpty)
        try consumer.seek(a, to: 8)
        #expect(try topic.read(consumer, 2) == [16, 18])
        try consumer.seek(a, to: OffsetAndMetadata(7, leaderEpoch: 0))
        #expect(try topic.read(consumer, 3) == [14, 16, 18])
        try consumer.seekToBeginning([b])
        #expect(try consumer.position(of: b) == 0)
        #expect(try topic.read(consumer, 10) == Array(stride(from: 1, to: 20, by: 2)))
        try consumer.seek([a, b], toTimestampMilliseconds: now - hour)
        #expect(try topic.read(consumer, 10).sorted() == Array(10..<20))
        try consumer.seekToEnd([a])
        #expect(try consumer.position(of: a) == 10 && consumer.lag(of: a) == 0)
        // Paused partitions keep their positions.
        try consumer.pause([a])
        try topic.write(20..<30)
        #expect(try topic.read(consumer, 5) == [21, 23, 25, 27, 29])
        try consumer.resume([a])
        #expect(try topic.read(consumer, 5) == [20, 22, 24, 26, 28])
    }

    @Test func resetPolicyGivesThePositionWhereThereIsNone() async throws {
        let topic = try ConsumedTopic()
        defer { topic.end() }
        let partition = topic.partitions[0]
        let hour: Int64 = 3_600_000
        let now = WallTime.now.epochMilliseconds
        try topic.write(0..<4, timestampMilliseconds: now - 2 * hour)
        try topic.write(4..<8, timestampMilliseconds: now)
        func position(_ reset: ConsumerConfiguration.OffsetReset, group: String) throws -> Int64 {
            let consumer = topic.consumer(group: group) { $0.offsetReset = reset }
            try consumer.assign([partition])
            return try consumer.position(of: partition)
        }
        #expect(try position(.earliest, group: "\(topic.name)-1") == 0)
        #expect(try position(.latest, group: "\(topic.name)-2") == 8)
        #expect(try position(.byDuration(milliseconds: Int(hour)), group: "\(topic.name)-3") == 4)
        #expect(try position(.byDuration(milliseconds: 1), group: "\(topic.name)-4") == 8)
        #expect(throws: KafkaError.consumer(.noCommittedOffset(partition))) {
            try position(.none, group: "\(topic.name)-5")
        }
        // Positions that do not exist, before and after the records.
        #expect(try topic.admin.deleteRecords([(partition: partition, before: 2)])[0].get() == 2)
        let consumer = topic.consumer()
        try consumer.assign([partition])
        try consumer.seek(partition, to: 0)
        #expect(try topic.read(consumer, 6) == Array(2..<8))
        try consumer.seek(partition, to: 99)
        #expect(try topic.read(consumer, 6) == Array(2..<8))
        let strict = topic.consumer { $0.offsetReset = .none }
        try strict.assign([partition])
        try strict.seek(partition, to: 99)
        #expect(throws: KafkaError.consumer(.offsetOutOfRange(partition, offset: 99))) {
            while true { _ = try strict.poll(timeoutMilliseconds: 1000) }
        }
        try strict.seek(partition, to: 7)
        #expect(try topic.read(strict, 1) == [7])
    }

    @Test func recordsOfAbortedAndOpenTransactionsAreLeftOut() async throws {
        let topic = try ConsumedTopic()
        defer { topic.end() }
        let partition = topic.partitions[0]
        var configuration = ProducerConfiguration()
        configuration.transactionalID = topic.name
        let producer = KafkaProducer(topic.client, configuration)
        defer { producer.close(timeoutMilliseconds: 5000) }
        try producer.initTransactionsAndWait()
        for round in 0..<4 {
            try producer.beginTransaction()
            for number in 0..<5 { try producer.sendAndWait(topic.record(round * 5 + number)) }
            if round == 1 { try producer.abortTransactionAndWait() }
            if round == 0 || round == 2 { try producer.commitTransactionAndWait() }
        }
        let committed = topic.consumer { $0.isolationLevel = .readCommitted }
        try committed.assign([partition])
        #expect(try topic.read(committed, 10) == Array(0..<5) + Array(10..<15))
        #expect(try committed.poll(timeoutMilliseconds: 100).isEmpty)
        // The records and the end of each transaction have an offset.
        #expect(try committed.endOffsets(of: [partition]) == [partition: 18])
        #expect(try committed.position(of: partition) == 18 && committed.lag(of: partition) == 0)
        let all = topic.consumer()
        try all.assign([partition])
        #expect(try topic.read(all, 20) == Array(0..<20))
        #expect(try all.endOffsets(of: [partition]) == [partition: 23])
        try producer.commitTransactionAndWait()
        #expect(try topic.read(committed, 5) == Array(15..<20))
    }

    /// The offsets of a transaction are those of the group when it is committed.
    @Test func offsetsOfATransactionAreOfTheGroup() async throws {
        let topic = try ConsumedTopic()
        defer { topic.end() }
        try topic.write(0..<10)
        let consumer = topic.consumer(group: topic.name) { $0.isAutoCommitEnabled = false }
        try consumer.subscribe(to: [topic.name])
        _ = try topic.read(consumer, 10)
        var configuration = ProducerConfiguration()
        configuration.transactionalID = topic.name
        let producer = KafkaProducer(topic.client, configuration)
        defer { producer.close(timeoutMilliseconds: 5000) }
        try producer.initTransactionsAndWait()
        for isCommitted in [false, true] {
            try producer.beginTransaction()
            try producer.sendOffsetsAndWait(consumer.consumedOffsets, group: try consumer.groupMetadata)
            if isCommitted {
                try producer.commitTransactionAndWait()
            } else {
                try producer.abortTransactionAndWait()
            }
            let offset = try consumer.committed(topic.partitions)[topic.partitions[0]]?.offset
            #expect(offset == (isCommitted ? 10 : nil))
        }
    }

    /// The positions of the former topic mean nothing: without this rule, as in the Java client, the first records of
    /// the new topic would be skipped.
    @Test(arguments: TopicUse.allCases)
    func topicThatIsCreatedAgainIsReadFromItsBeginning(_ use: TopicUse) async throws {
        let resets = PositionResets()
        let topic = try ConsumedTopic(observer: resets)
        defer { topic.end() }
        guard !topic.isOld else { return }
        try topic.write(0..<10)
        let consumer = topic.consumer(group: use == .assigned ? nil : topic.name) {
            $0.metadataMaxAgeMilliseconds = 1000
            $0.autoCommitIntervalMilliseconds = 100
            $0.allowsTopicCreation = false
            if use == .consumerGroup { $0.groupProtocol = .consumer }
        }
        if use == .assigned {
            try consumer.assign(topic.partitions)
        } else {
            try consumer.subscribe(to: [topic.name])
        }
        #expect(try topic.read(consumer, 10) == Array(0..<10))
        try topic.createAgain()
        try topic.write(100..<120)
        var numbers: [Int] = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        func isComplete() -> Bool { Set(numbers).count == 20 && (use != .assigned || !resets.all.isEmpty) }
        while !isComplete(), MonotonicInstant.now < deadline {
            numbers += try consumer.poll(timeoutMilliseconds: 200).map(ConsumedTopic.number)
        }
        #expect(Set(numbers) == Set(100..<120))
        // In a group the partitions may be revoked and assigned again before the new topic is noticed.
        let events = resets.all
        #expect(
            events.allSatisfy { $0.cause == .topicRecreated && $0.formerOffset == 10 && $0.offset == nil }, "\(events)")
        if use == .assigned { #expect(events.count == 1) }
    }

    enum TopicUse: CaseIterable { case assigned, classicGroup, consumerGroup }
}

/// The events of positions that were not valid any more.
final class PositionResets: KafkaClientObserver {
    private let events = Mutex<[KafkaPositionEvent]>([])

    var all: [KafkaPositionEvent] { events.withLock { $0 } }

    func positionReset(_ position: KafkaPositionEvent) { events.withLock { $0.append(position) } }
}
