import KafkaProtocol
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// What the client guarantees while the broker has faults.
@Suite(.serialized, .ownThreads) struct FaultyBrokerTests {
    private static let topic = "t"

    private static func values(_ cluster: Cluster, _ isolation: IsolationLevel = .readUncommitted) throws -> [Int] {
        try cluster.records(of: topic, isolation).compactMap { Int(String(decoding: $0.value ?? [], as: UTF8.self)) }
    }

    /// Ten batches of ten records, in order, to one partition.
    private static func write(_ cluster: Cluster, _ range: Range<Int> = 0..<100) throws {
        let producer = KafkaProducer(cluster.client)
        for index in range {
            try producer.append(KafkaRecord(topic: topic, partition: 0, value: "\(index)")) { _ in }
            if index % 10 == 9 { try producer.awaitDelivery(timeoutMilliseconds: 20_000) }
        }
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test(arguments: [
        "api=Produce,disconnect=after,skip=2,count=3", "api=Produce,disconnect=before,skip=2,count=3",
        "api=Produce,topic=t,error=NOT_LEADER_OR_FOLLOWER,skip=1,count=3",
        "api=Produce,error=NOT_ENOUGH_REPLICAS_AFTER_APPEND,count=2", "api=Produce,error=UNKNOWN_TOPIC_OR_PARTITION,count=1",
        "api=Produce,throttle_time_ms=30,count=2", "api=Metadata,topic=t,error=LEADER_NOT_AVAILABLE,count=2",
        "api=InitProducerId,error=COORDINATOR_LOAD_IN_PROGRESS,count=2", "probability=0.2,seed=7,disconnect=after,count=10",
        // Versions that the broker announces and does not serve.
        "api=Produce,version=9-13,error=UNSUPPORTED_VERSION", "api=Produce,version=12-13,disconnect=before",
        "api=InitProducerId,version=4-6,error=UNSUPPORTED_VERSION",
    ]) func recordsAreWrittenOnceAndInOrder(fault: String) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic(Self.topic)
        try cluster.addFault(fault)
        try Self.write(cluster)
        #expect(cluster.appliedFaults[0] > 0)
        cluster.removeFaults()
        #expect(try Self.values(cluster) == Array(0..<100))
    }

    @Test(arguments: [
        "api=Fetch,topic=t,error=NOT_LEADER_OR_FOLLOWER,count=2", "api=Fetch,error=FENCED_LEADER_EPOCH,count=2",
        "api=Fetch,error=UNKNOWN_LEADER_EPOCH,skip=1,count=1", "api=Fetch,error=FETCH_SESSION_ID_NOT_FOUND,skip=1,count=2",
        "api=Fetch,disconnect=after,count=2", "api=Fetch,error=KAFKA_STORAGE_ERROR,count=1",
        "api=ListOffsets,error=LEADER_NOT_AVAILABLE,count=2", "api=Fetch,throttle_time_ms=30,count=2",
        "api=Metadata,error=LEADER_NOT_AVAILABLE,count=2", "api=Fetch,version=12-18,error=UNSUPPORTED_VERSION",
        "api=Fetch,version=17-18,disconnect=before", "api=ListOffsets,version=8-11,error=UNSUPPORTED_VERSION",
    ]) func recordsAreReadOnceAndInOrder(fault: String) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic(Self.topic)
        try Self.write(cluster, 0..<50)
        try cluster.addFault(fault)
        var configuration = ConsumerConfiguration(groupID: nil)
        configuration.offsetReset = .earliest
        let consumer = KafkaConsumer(cluster.client, configuration)
        try consumer.assign([TopicPartition(Self.topic, 0)])
        var offsets: [Int64] = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        func poll(to count: Int) throws {
            while offsets.count < count, MonotonicInstant.now < deadline {
                offsets += try consumer.poll(timeoutMilliseconds: 500).map(\.offset)
            }
        }
        try poll(to: 50)
        try Self.write(cluster, 50..<100)
        try poll(to: 100)
        #expect(offsets == Array(0..<100))
        #expect(cluster.appliedFaults[0] > 0)
        consumer.close()
    }

    @Test(arguments: [
        "api=JoinGroup,group=g,error=COORDINATOR_LOAD_IN_PROGRESS,count=2",
        "api=SyncGroup,group=g,error=REBALANCE_IN_PROGRESS,count=1", "api=SyncGroup,group=g,disconnect=after,count=1",
        "api=Heartbeat,group=g,error=UNKNOWN_MEMBER_ID,count=1", "api=Heartbeat,group=g,error=ILLEGAL_GENERATION,count=1",
        "api=FindCoordinator,group=g,error=COORDINATOR_NOT_AVAILABLE,count=2",
        "api=OffsetFetch,group=g,error=NOT_COORDINATOR,count=1",
        "api=OffsetCommit,group=g,error=COORDINATOR_LOAD_IN_PROGRESS,count=2",
        "api=JoinGroup,version=6-9,error=UNSUPPORTED_VERSION", "api=OffsetFetch,version=8-10,error=UNSUPPORTED_VERSION",
        "api=SyncGroup,version=4-5,error=UNSUPPORTED_VERSION", "api=FindCoordinator,version=4-6,error=UNSUPPORTED_VERSION",
    ]) func membersReadEveryRecordAndCommit(fault: String) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic(Self.topic)
        try Self.write(cluster)
        try cluster.addFault(fault)
        var configuration = ConsumerConfiguration(groupID: "g")
        configuration.offsetReset = .earliest
        configuration.isAutoCommitEnabled = false
        configuration.heartbeatIntervalMilliseconds = 20
        configuration.sessionTimeoutMilliseconds = 10_000
        let consumer = KafkaConsumer(cluster.client, configuration)
        try consumer.subscribe(to: [Self.topic])
        var offsets: Set<Int64> = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while offsets.count < 100 || cluster.appliedFaults[0] == 0, MonotonicInstant.now < deadline {
            offsets.formUnion(try consumer.poll(timeoutMilliseconds: 100).map(\.offset))
            if offsets.count == 100, fault.contains("OffsetCommit") { break }
        }
        #expect(offsets == Set(0..<100))
        let partition = TopicPartition(Self.topic, 0)
        func committed() throws -> Int64? { try consumer.committed([partition])[partition]?.offset }
        // A member that has lost its partitions reads again what it has not committed.
        while MonotonicInstant.now < deadline {
            _ = try? consumer.commit()
            if try committed() == 100 { break }
            _ = try consumer.poll(timeoutMilliseconds: 100)
        }
        #expect(cluster.appliedFaults[0] > 0)
        #expect(try committed() == 100)
        consumer.close()
    }

    @Test(arguments: [
        "api=EndTxn,transactional_id=x,error=CONCURRENT_TRANSACTIONS,count=2", "api=EndTxn,disconnect=after,count=1",
        "api=InitProducerId,transactional_id=x,error=CONCURRENT_TRANSACTIONS,count=2",
        "api=Produce,transactional_id=x,disconnect=after,count=1",
    ]) func transactionsAreCommittedOnce(fault: String) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic(Self.topic)
        try cluster.addFault(fault)
        var configuration = ProducerConfiguration()
        configuration.transactionalID = "x"
        configuration.blockMillisecondsMax = 20_000
        let producer = KafkaProducer(cluster.client, configuration)
        try producer.initTransactionsAndWait()
        for transaction in 0..<5 {
            try producer.beginTransaction()
            for index in 0..<10 {
                try producer.append(KafkaRecord(topic: Self.topic, partition: 0, value: "\(transaction * 10 + index)")) { _ in }
            }
            try producer.commitTransactionAndWait()
        }
        producer.close(timeoutMilliseconds: 5000)
        #expect(cluster.appliedFaults[0] > 0)
        cluster.removeFaults()
        #expect(try Self.values(cluster, .readCommitted) == Array(0..<50))
    }

    @Test func fencedProducerEndsItsTransactions() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic(Self.topic)
        var configuration = ProducerConfiguration()
        configuration.transactionalID = "x"
        let producer = KafkaProducer(cluster.client, configuration)
        try producer.initTransactionsAndWait()
        try cluster.addFault("api=EndTxn,transactional_id=x,error=PRODUCER_FENCED")
        try producer.beginTransaction()
        try producer.append(KafkaRecord(topic: Self.topic, partition: 0, value: "1")) { _ in }
        #expect(throws: KafkaError.self) { try producer.commitTransactionAndWait() }
        #expect(throws: KafkaError.self) { try producer.beginTransaction() }
        producer.close(timeoutMilliseconds: 1000)
        cluster.removeFaults()
        #expect(try Self.values(cluster, .readCommitted) == [])
    }
}
