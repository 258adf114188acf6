import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

@Suite(.serialized, .ownThreads) struct KafkaConsumerTests {
    private static func configuration(
        _ group: String? = "g", _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration(groupID: group)
        configuration.offsetReset = .earliest
        configuration.heartbeatIntervalMilliseconds = 50
        configuration.sessionTimeoutMilliseconds = 10_000
        change(&configuration)
        return configuration
    }

    /// Polls until `count` records were returned.
    private static func read(_ consumer: KafkaConsumer, _ count: Int) throws -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while records.count < count, MonotonicInstant.now < deadline {
            records += try consumer.poll(timeoutMilliseconds: 1000)
        }
        #expect(records.count == count)
        return records
    }

    private static func write(_ cluster: Cluster, _ topic: String, _ range: Range<Int>, partition: Int32 = 0) throws {
        let producer = KafkaProducer(cluster.client)
        let handle = try producer.topic(topic)
        for index in range { try producer.append("\(index)", to: handle, partition: partition) }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func assignedPartitionsAreReadWithoutAGroup() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        try Self.write(cluster, "t", 0..<10)
        try Self.write(cluster, "t", 10..<15, partition: 1)
        let consumer = KafkaConsumer(cluster.client, Self.configuration(nil))
        try consumer.assign([TopicPartition("t", 0), TopicPartition("t", 1)])
        let records = try Self.read(consumer, 15)
        for partition in [Int32(0), 1] {
            let own = records.filter { $0.partition == partition }
            #expect(own.map(\.offset) == Array(0..<Int64(own.count)))
            #expect(own.allSatisfy { $0.topic == "t" })
        }
        #expect(try consumer.position(of: TopicPartition("t", 1)) == 5)
        #expect(consumer.lag(of: TopicPartition("t", 0)) == 0)
        #expect(throws: KafkaError.self) { try consumer.commit() }
        #expect(try consumer.poll(timeoutMilliseconds: 10).isEmpty)
        consumer.close()
        #expect(throws: KafkaError.closed) { try consumer.poll(timeoutMilliseconds: 10) }
    }

    @Test func numberOfRecordsIsLimited() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try Self.write(cluster, "t", 0..<25)
        let consumer = KafkaConsumer(cluster.client, Self.configuration(nil) { $0.maxPollRecords = 10 })
        try consumer.assign([TopicPartition("t", 0)])
        var counts: [Int] = []
        while counts.reduce(0, +) < 25 {
            let count = try consumer.poll(timeoutMilliseconds: 10_000).count
            if count > 0 { counts.append(count) }
        }
        #expect(counts == [10, 10, 5])
    }

    @Test func committedOffsetsAreResumed() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try Self.write(cluster, "t", 0..<10)
        let partition = TopicPartition("t", 0)
        let first = KafkaConsumer(cluster.client, Self.configuration { $0.isAutoCommitEnabled = false })
        try first.assign([partition])
        #expect(try first.committed([partition]).isEmpty)
        _ = try Self.read(first, 10)
        try first.commit([partition: OffsetAndMetadata(4, metadata: "note")])
        #expect(try first.committed([partition])[partition]?.metadata == "note")
        first.close()
        let second = KafkaConsumer(cluster.client, Self.configuration { $0.isAutoCommitEnabled = false })
        try second.assign([partition])
        #expect(try Self.read(second, 6).first?.offset == 4)
        try second.commit()
        #expect(try second.committed([partition])[partition]?.offset == 10)
        second.close()
    }

    @Test func commitsInTheBackgroundAreReportedInOrder() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let partition = TopicPartition("t", 0)
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.isAutoCommitEnabled = false })
        try consumer.assign([partition])
        let done = Monitor<[Int]>([])
        for offset in 1...5 {
            try consumer.commitInBackground([partition: OffsetAndMetadata(Int64(offset))]) { error in
                #expect(error == nil)
                done.update { $0.append(offset) }
            }
        }
        // A commit that waits comes after those before it.
        try consumer.commit([partition: OffsetAndMetadata(6)])
        #expect(done.withLock { $0 } == [1, 2, 3, 4, 5])
        #expect(try consumer.committed([partition])[partition]?.offset == 6)
        consumer.close()
    }

    @Test func memberReadsItsTopicsAndCommitsAtTheEnd() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 3)
        for partition in 0..<3 { try Self.write(cluster, "t", 0..<4, partition: Int32(partition)) }
        let consumer = KafkaConsumer(cluster.client, Self.configuration())
        try consumer.subscribe(to: ["t"])
        #expect(throws: KafkaError.self) { try consumer.assign([TopicPartition("t", 0)]) }
        _ = try Self.read(consumer, 12)
        #expect(consumer.assignment == Set((0..<3).map { TopicPartition("t", $0) }))
        let metadata = try consumer.groupMetadata
        #expect(metadata.groupID == "g" && metadata.generationID >= 1 && !metadata.memberID.isEmpty)
        consumer.close()
        #expect(try KafkaAdmin(cluster.client).describeGroup("g").members.isEmpty)
        let next = KafkaConsumer(cluster.client, Self.configuration())
        try next.subscribe(to: ["t"])
        try Self.write(cluster, "t", 4..<5, partition: 1)
        #expect(try Self.read(next, 1).map(\.offset) == [4])
        next.close()
    }

    /// Records which calls a member received.
    private final class Changes: RebalanceListener {
        let all = Mutex<[String]>([])

        func partitionsRevoked(_ partitions: [TopicPartition], of consumer: KafkaConsumer) {
            all.withLock { $0.append("revoked \(partitions.map(\.partition))") }
        }

        func partitionsAssigned(_ partitions: [TopicPartition], to consumer: KafkaConsumer) {
            all.withLock { $0.append("assigned \(partitions.map(\.partition))") }
        }

        func partitionsLost(_ partitions: [TopicPartition], of consumer: KafkaConsumer) {
            all.withLock { $0.append("lost \(partitions.map(\.partition))") }
        }
    }

    /// Two members poll in turn until both have a part of the four partitions.
    private static func share(_ first: KafkaConsumer, _ second: KafkaConsumer) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while MonotonicInstant.now < deadline {
            _ = try first.poll(timeoutMilliseconds: 20)
            _ = try second.poll(timeoutMilliseconds: 20)
            if first.assignment.count == 2, second.assignment.count == 2 { break }
        }
        #expect(first.assignment.count == 2 && second.assignment.count == 2)
        #expect(first.assignment.isDisjoint(with: second.assignment))
    }

    @Test func eagerMembersRevokeEverythingForARebalance() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 4)
        let changes = Changes()
        let first = KafkaConsumer(cluster.client, Self.configuration())
        try first.subscribe(to: ["t"], listener: changes)
        while first.assignment.count < 4 { _ = try first.poll(timeoutMilliseconds: 100) }
        let second = KafkaConsumer(cluster.client, Self.configuration())
        try second.subscribe(to: ["t"])
        try Self.share(first, second)
        second.close()
        while first.assignment.count < 4 { _ = try first.poll(timeoutMilliseconds: 100) }
        first.close()
        // Which half it is depends on the member ids.
        let calls = changes.all.withLock { $0 }
            .map { $0.replacing("[0, 1]", with: "half").replacing("[2, 3]", with: "half") }
        #expect(
            calls == [
                "assigned [0, 1, 2, 3]", "revoked [0, 1, 2, 3]", "assigned half", "revoked half",
                "assigned [0, 1, 2, 3]", "revoked [0, 1, 2, 3]",
            ])
    }

    @Test func cooperativeMembersRevokeWhatMoves() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 4)
        let changes = Changes()
        let configuration = Self.configuration { $0.assignors = [.cooperativeSticky] }
        let first = KafkaConsumer(cluster.client, configuration)
        try first.subscribe(to: ["t"], listener: changes)
        while first.assignment.count < 4 { _ = try first.poll(timeoutMilliseconds: 100) }
        let second = KafkaConsumer(cluster.client, configuration)
        try second.subscribe(to: ["t"])
        try Self.share(first, second)
        second.close()
        while first.assignment.count < 4 { _ = try first.poll(timeoutMilliseconds: 100) }
        let calls = changes.all.withLock { $0 }.filter { !$0.hasSuffix("[]") }
        #expect(calls == ["assigned [0, 1, 2, 3]", "revoked [2, 3]", "assigned [2, 3]"])
        first.close()
    }

    @Test func memberThatDoesNotPollLeavesAndComesBack() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let changes = Changes()
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.maxPollIntervalMilliseconds = 300 })
        try consumer.subscribe(to: ["t"], listener: changes)
        while consumer.assignment.isEmpty { _ = try consumer.poll(timeoutMilliseconds: 100) }
        let admin = KafkaAdmin(cluster.client)
        while try !admin.describeGroup("g").members.isEmpty {}
        #expect(throws: KafkaError.self) { try consumer.commit([TopicPartition("t", 0): OffsetAndMetadata(1)]) }
        while changes.all.withLock({ $0.count }) < 3 { _ = try consumer.poll(timeoutMilliseconds: 20) }
        #expect(changes.all.withLock { $0 } == ["assigned [0]", "lost [0]", "assigned [0]"])
        consumer.close()
    }

    @Test func heartbeatsGoOnWhileTheProgramProcesses() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let consumer = KafkaConsumer(cluster.client, Self.configuration())
        try consumer.subscribe(to: ["t"])
        while consumer.assignment.isEmpty { _ = try consumer.poll(timeoutMilliseconds: 100) }
        let counts = cluster.countRequests()
        while counts[.heartbeat] < 3 {}
        #expect(consumer.assignment.count == 1)
        consumer.close()
    }

    @Test func namesAreChosenByACondition() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        for name in ["a1", "a2", "b1"] { try cluster.makeTopic(name) }
        let consumer = KafkaConsumer(
            cluster.client, Self.configuration { $0.metadataMaxAgeMilliseconds = 100 })
        try consumer.subscribe(matching: { $0.hasPrefix("a") })
        while consumer.assignment.count < 2 { _ = try consumer.poll(timeoutMilliseconds: 100) }
        #expect(consumer.assignment == [TopicPartition("a1", 0), TopicPartition("a2", 0)])
        try cluster.makeTopic("a3")
        while consumer.assignment.count < 3 { _ = try consumer.poll(timeoutMilliseconds: 100) }
        #expect(throws: KafkaError.self) { try consumer.subscribe(toPattern: "a.*") }
        consumer.close()
    }

    @Test func addedPartitionsAreAssigned() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.metadataMaxAgeMilliseconds = 100 })
        try consumer.subscribe(to: ["t"])
        while consumer.assignment.count < 1 { _ = try consumer.poll(timeoutMilliseconds: 100) }
        var request = CreatePartitionsRequest()
        request.topics = [CreatePartitionsRequest.CreatePartitionsTopic()]
        request.topics[0].name = "t"
        request.topics[0].count = 3
        request.topics[0].assignments = nil
        request.timeoutMilliseconds = 1000
        _ = try cluster.client.withAnyBroker(cluster.client.cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        while consumer.assignment.count < 3 { _ = try consumer.poll(timeoutMilliseconds: 100) }
        consumer.close()
    }

    @Test func topicThatIsCreatedLaterIsAssigned() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.allowsTopicCreation = false })
        try consumer.subscribe(to: ["t", "u"])
        while consumer.assignment.count < 1 { _ = try consumer.poll(timeoutMilliseconds: 100) }
        try cluster.makeTopic("u")
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while consumer.assignment.count < 2, MonotonicInstant.now < deadline {
            _ = try consumer.poll(timeoutMilliseconds: 100)
        }
        #expect(consumer.assignment == [TopicPartition("t", 0), TopicPartition("u", 0)])
        consumer.close()
    }

    @Test func positionsAreSetByOffsetEndAndTime() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try cluster.produce(
            TestBatches.make((0..<10).map { (nil, "\($0)") }, firstTimestamp: 1000), to: "t", partition: 0)
        let partition = TopicPartition("t", 0)
        let consumer = KafkaConsumer(cluster.client, Self.configuration(nil))
        try consumer.assign([partition])
        _ = try Self.read(consumer, 10)
        try consumer.seek(partition, to: 7)
        #expect(try Self.read(consumer, 3).map(\.offset) == [7, 8, 9])
        try consumer.seekToBeginning([partition])
        #expect(try consumer.position(of: partition) == 0)
        try consumer.seekToEnd([partition])
        #expect(try consumer.position(of: partition) == 10)
        try consumer.seek([partition], toTimestampMilliseconds: 1004)
        #expect(try consumer.position(of: partition) == 4)
        try consumer.seek([partition], toTimestampMilliseconds: 9999)
        #expect(try consumer.position(of: partition) == 10)
        #expect(try consumer.beginningOffsets(of: [partition]) == [partition: 0])
        #expect(try consumer.endOffsets(of: [partition]) == [partition: 10])
        let found = try consumer.offsets(of: [partition], atTimestampMilliseconds: 1006)
        #expect(found[partition]?.offset == 6 && found[partition]?.timestampMilliseconds == 1006)
        #expect(try consumer.offsets(of: [partition], atTimestampMilliseconds: 9999).isEmpty)
        #expect(throws: KafkaError.self) { try consumer.seek(TopicPartition("t", 9), to: 0) }
        consumer.close()
    }

    @Test func pausedPartitionsAreNotReturned() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        let (a, b) = (TopicPartition("t", 0), TopicPartition("t", 1))
        let consumer = KafkaConsumer(cluster.client, Self.configuration(nil))
        try consumer.assign([a, b])
        try consumer.pause([a])
        try Self.write(cluster, "t", 0..<3)
        try Self.write(cluster, "t", 0..<3, partition: 1)
        #expect(try Self.read(consumer, 3).allSatisfy { $0.partition == 1 })
        #expect(try consumer.poll(timeoutMilliseconds: 50).isEmpty && consumer.paused == [a])
        try consumer.resume([a])
        #expect(try Self.read(consumer, 3).allSatisfy { $0.partition == 0 })
        consumer.close()
    }

    @Test func missingPositionIsAnErrorWithoutAPolicy() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let partition = TopicPartition("t", 0)
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.offsetReset = .none })
        try consumer.assign([partition])
        #expect(throws: KafkaError.consumer(.noCommittedOffset(partition))) {
            while true { _ = try consumer.poll(timeoutMilliseconds: 1000) }
        }
        try consumer.seek(partition, to: 99)
        #expect(throws: KafkaError.consumer(.offsetOutOfRange(partition, offset: 99))) {
            while true { _ = try consumer.poll(timeoutMilliseconds: 1000) }
        }
        try consumer.seek(partition, to: 0)
        try Self.write(cluster, "t", 0..<1)
        _ = try Self.read(consumer, 1)
        consumer.close()
    }

    @Test func invalidNamesOfTopicsAreErrors() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let consumer = KafkaConsumer(cluster.client, Self.configuration())
        defer { consumer.close() }
        try consumer.subscribe(to: ["t", "a b"])
        #expect(throws: KafkaError.code(.invalidTopicException, about: "topic a b")) {
            while true { _ = try consumer.poll(timeoutMilliseconds: 1000) }
        }
    }

    @Test func waitingPollIsWoken() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let consumer = KafkaConsumer(cluster.client, Self.configuration(nil))
        try consumer.assign([TopicPartition("t", 0)])
        startThread(named: "waker") { consumer.wakeup() }
        #expect(throws: KafkaError.consumer(.woken)) { try consumer.poll(timeoutMilliseconds: 60_000) }
        #expect(try consumer.poll(timeoutMilliseconds: 0).isEmpty)
        startThread(named: "closer") { consumer.close() }
        #expect(throws: KafkaError.closed) { try consumer.poll(timeoutMilliseconds: 60_000) }
    }

    @Test func readingContinuesAfterLostConnections() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try Self.write(cluster, "t", 0..<2000)
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.maxPollRecords = 300 })
        try consumer.subscribe(to: ["t"])
        var offsets: [Int64] = []
        while offsets.count < 2000 {
            offsets += try consumer.poll(timeoutMilliseconds: 1000).map(\.offset)
            cluster.cutConnections()
        }
        #expect(offsets == Array(0..<2000))
        consumer.close()
    }

    // MARK: Sequences

    @Test func taskIteratesOverTheRecordsOfASubscription() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try Self.write(cluster, "t", 0..<700)
        let consumer = KafkaConsumer(cluster.client, Self.configuration())
        try consumer.subscribe(to: ["t"], listener: Changes())
        var offsets: [Int64] = []
        for try await record in consumer.records {
            offsets.append(record.offset)
            if offsets.count == 700 { break }
        }
        #expect(offsets == Array(0..<700))
        consumer.close()
    }

    /// The record in hand is covered, those that the task has not received are not.
    @Test func commitInTheLoopCoversWhatTheTaskHasReceived() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try Self.write(cluster, "t", 0..<50)
        let partition = TopicPartition("t", 0)
        let consumer = KafkaConsumer(cluster.client, Self.configuration { $0.isAutoCommitEnabled = false })
        try consumer.subscribe(to: ["t"])
        for try await record in consumer.records where record.offset == 20 { break }
        #expect(consumer.consumedOffsets[partition]?.offset == 21)
        try consumer.commit()
        #expect(try consumer.committed([partition])[partition]?.offset == 21)
        // The rest of what was polled comes again.
        #expect(try Self.read(consumer, 29).first?.offset == 21)
        consumer.close()
    }

    @Test func cancelledTaskEndsAndTheConsumerGoesOn() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let consumer = KafkaConsumer(cluster.client, Self.configuration(nil))
        try consumer.assign([TopicPartition("t", 0)])
        let isWaiting = ThreadCompletion()
        let reading = ThreadExecutor.start {
            isWaiting.finish()
            for try await _ in consumer.records {}
        }
        isWaiting.wait()
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        try Self.write(cluster, "t", 0..<1)
        #expect(try Self.read(consumer, 1).count == 1)
        consumer.close()
    }

    private final class Events: KafkaClientObserver {
        let fetched = Mutex<[KafkaFetchEvent]>([])
        let names = Mutex<Set<String>>([])
        func recordsFetched(_ records: KafkaFetchEvent) { fetched.withLock { $0.append(records) } }
        func groupJoined(group: String, generation: Int32, partitionCount: Int, milliseconds: Int) { add("joined") }
        func groupHeartbeat(group: String, milliseconds: Int) { add("heartbeat") }
        func partitionsAssigned(_ partitions: [TopicPartition], group: String) { add("assigned") }
        func partitionsRevoked(_ partitions: [TopicPartition], group: String) { add("revoked") }
        func offsetsCommitted(group: String, partitionCount: Int, milliseconds: Int) { add("committed") }
        private func add(_ name: String) { names.withLock { _ = $0.insert(name) } }
    }

    @Test func observerReceivesTheEventsOfAConsumer() throws {
        let events = Events()
        let cluster = try Cluster { $0.observer = events }
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try Self.write(cluster, "t", 0..<5)
        let consumer = KafkaConsumer(cluster.client, Self.configuration())
        try consumer.subscribe(to: ["t"])
        _ = try Self.read(consumer, 5)
        while !events.names.withLock({ $0.contains("heartbeat") }) { _ = try consumer.poll(timeoutMilliseconds: 10) }
        consumer.close()
        #expect(events.names.withLock { $0 } == ["joined", "heartbeat", "assigned", "revoked", "committed"])
        let fetched = events.fetched.withLock { $0 }
        #expect(fetched.map(\.recordCount).reduce(0, +) == 5)
        #expect(fetched.last?.nextOffset == 5 && fetched.last?.highWatermark == 5)
    }
}
