import Dispatch
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import KafkaWire

@Suite(.serialized) struct TopicReaderTests {
    /// Brokers get new topics from the controller with a delay, so waiting may help.
    @Test func missingTopicIsWaitedForAndNamed() throws {
        let cluster = try Cluster { $0.apiTimeoutMilliseconds = 200 }
        defer { cluster.end() }
        let error = #expect(throws: KafkaError.self) { try TopicReader(cluster.client, topic: "none") }
        #expect(error?.isRetriable == true)
        #expect(error?.description.contains("topic none") == true)
        #expect(error?.description.contains("UNKNOWN_TOPIC_OR_PARTITION") == true)
    }

    @Test func pollReturnsRecordsWrittenWhileItWaits() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        let reader = try TopicReader(cluster.client, topic: "t")
        #expect(reader.partitions == [0, 1])
        #expect(try reader.poll(maxWaitMilliseconds: 0).isEmpty)
        let producer = KafkaProducer(cluster.client)
        try producer.send("t", partition: 1, key: nil, value: [1])
        let records = try reader.poll(maxWaitMilliseconds: 10_000)
        #expect(records.map(\.value) == [[1]])
        #expect(reader.positions == [0: 0, 1: 1])
        try producer.send("t", partition: 0, key: nil, value: [2])
        #expect(try reader.endOffsets() == [0: 1, 1: 1])
        try reader.seekAll(to: .latest)
        #expect(try reader.poll(maxWaitMilliseconds: 0).isEmpty)
        try reader.seekAll(to: .earliest)
        var values: [[UInt8]?] = []
        try reader.readToEnd { values.append($0.value) }
        #expect(Set(values) == [[1], [2]])
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func waitingPollCanBeCancelled() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let reader = try TopicReader(cluster.client, topic: "t")
        startThread(named: "canceller") { reader.cancel() }
        #expect(throws: KafkaError.closed) {
            while true { _ = try reader.poll(maxWaitMilliseconds: 60_000) }
        }
    }

    @Test func readingContinuesAfterLostConnections() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        let topic = try producer.topic("t")
        for index in 0..<2000 { try producer.append("\(index)", to: topic) }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        let reader = try TopicReader(cluster.client, topic: "t")
        cluster.cutConnections()
        var numbers: [Int] = []
        try reader.readToEnd { record in
            numbers.append(record.text.flatMap { Int($0) } ?? -1)
            if numbers.count % 700 == 0 { cluster.cutConnections() }
        }
        #expect(numbers == Array(0..<2000))
        producer.abort()
    }

    /// A batch whose records are not in its codec fails only its own partition, and the error names the codec.
    @Test func recordsOfOnePartitionAreReturnedWhenAnotherFails() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        try cluster.produce(TestBatches.make([("a", "1"), ("b", "2")]), to: "t", partition: 0)
        let batch = try TestBatches.make([("c", "3")])
        try cluster.produce(batch, to: "t", partition: 1)
        // The broker would refuse it, and does not look at it again.
        try cluster.overwriteLog(of: "t", partition: 1, with: TestBatches.altered(batch) { $0[22] = 4 })
        let reader = try TopicReader(cluster.client, topic: "t")
        var values: [String?] = []
        let error = #expect(throws: KafkaError.self) {
            while true { values += try reader.poll(maxWaitMilliseconds: 1000).map(\.text) }
        }
        #expect(error?.description.contains("broken zstd data") == true)
        #expect(values == ["1", "2"])
        #expect(reader.positions == [0: 2, 1: 0])
    }

    /// An error that the caller throws is not treated as a failed fetch.
    @Test func errorOfTheCallerEndsReadToEnd() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        try cluster.produce(TestBatches.make([("a", "1"), ("b", "2"), ("c", "3")]), to: "t", partition: 0)
        let failure = KafkaError.timedOut(what: "the caller's own request", milliseconds: 1, lastError: nil)
        var values: [String?] = []
        #expect(throws: failure) {
            try TopicReader(cluster.client, topic: "t").readToEnd { record in
                values.append(record.text)
                if values.count == 2 { throw failure }
            }
        }
        #expect(values == ["1", "2"])
    }

    @Test func positionBeyondTheEndIsMovedToTheEnd() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let reader = try TopicReader(cluster.client, topic: "t")
        reader.seek(partition: 0, to: 99)
        #expect(try reader.poll(maxWaitMilliseconds: 0).isEmpty)
        #expect(reader.positions == [0: 0])
    }

    @Test func groupsFormAndMembersAreRemoved() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let admin = KafkaAdmin(cluster.client)
        let membership = GroupMembership(cluster.client, GroupConfiguration(groupID: "g", protocolType: "connect"))
        let generation = try membership.join(protocols: [("compatible", [1]), ("default", [2])]) { name, members in
            #expect(name == "compatible")
            #expect(members.map(\.metadata) == [[1]])
            return [members[0].memberID: [7]]
        }
        #expect(generation.isLeader)
        #expect(generation.assignment == [7])
        #expect(try membership.heartbeat() == .stable)
        #expect(try admin.describeGroup("g").members.map(\.memberID) == [generation.memberID])
        cluster.cutConnections()
        #expect(try membership.heartbeat() == .stable)
        try admin.removeMembers(group: "g", [.memberID(generation.memberID)]).get()
        #expect(try membership.heartbeat() == .fenced)
        let second = try membership.join(protocols: [("default", [2])]) { _, members in [members[0].memberID: []] }
        #expect(second.memberID != generation.memberID)
        try membership.leave()
        #expect(try admin.describeGroup("g").members.isEmpty)
    }

    /// With the timeout of other requests, a heartbeat would return after the session has expired.
    @Test func heartbeatTimesOutWithinItsInterval() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let membership = GroupMembership(
            cluster.client,
            GroupConfiguration(groupID: "g", protocolType: "connect", heartbeatIntervalMilliseconds: 50))
        _ = try membership.join(protocols: [("default", [])]) { _, members in [members[0].memberID: []] }
        cluster.silenceBroker()
        let started = MonotonicInstant.now
        let error = #expect(throws: KafkaError.self) { try membership.heartbeat() }
        #expect(error?.isRetriable == true)
        let limit = cluster.client.configuration.requestTimeoutMilliseconds / 2
        #expect(MonotonicInstant.now.milliseconds(since: started) < limit)
    }

    /// The queried broker may get a new topic later than the broker that created it.
    @Test func topicCreatedLaterIsWaitedFor() throws {
        let cluster = try Cluster { $0.apiTimeoutMilliseconds = 5000 }
        defer { cluster.end() }
        let admin = KafkaAdmin(cluster.client)
        let found = Mutex<Result<[ConfigEntry], KafkaError>?>(nil)
        let (isAsking, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        startThread(named: "describes") {
            isAsking.signal()
            let result = Result { () throws(KafkaError) in try admin.topicConfiguration("late") }
            found.withLock { $0 = result }
            isDone.signal()
        }
        isAsking.wait()
        try admin.createTopics([
            NewTopic(name: "late", partitions: 1, configuration: [("cleanup.policy", "compact")])
        ]).get()
        isDone.wait()
        let entries = try #require(found.withLock { $0 }).get()
        #expect(entries.first { $0.name == "cleanup.policy" }?.value == "compact")
    }

    @Test func topicsAreCreatedDescribedAndDeleted() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let admin = KafkaAdmin(cluster.client)
        try admin.createTopics([
            NewTopic(name: "c", partitions: 3, replicationFactor: 1, configuration: [("cleanup.policy", "compact")])
        ]).get()
        let error = #expect(throws: KafkaError.self) { try admin.createTopics([NewTopic(name: "c")]).get() }
        #expect(error?.errorCode == .topicAlreadyExists)
        #expect(admin.describeTopics(["none", "c"]).map { try? $0.get().partitions.count } == [nil, 3])
        #expect(
            try admin.topicConfiguration("c").filter { $0.source == .topic }.map { "\($0.name)=\($0.value ?? "")" }
                == ["cleanup.policy=compact"])
        #expect(try admin.endOffsets("c") == [0: 0, 1: 0, 2: 0])
        try admin.deleteTopics(["c"]).get()
        let missing = #expect(throws: KafkaError.self) { try admin.deleteTopics(["c"]).get() }
        #expect(missing?.errorCode == .unknownTopicOrPartition)
    }
}
