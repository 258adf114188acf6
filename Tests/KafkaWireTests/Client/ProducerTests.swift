import KafkaProtocol
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// The producer over real sockets with the development broker, which is itself tested with other clients.
@Suite(.serialized) struct ProducerTests {
    private static func configuration(
        _ change: (inout ProducerConfiguration) -> Void = { _ in }
    ) -> ProducerConfiguration {
        var configuration = ProducerConfiguration()
        configuration.deliveryTimeoutMilliseconds = nil
        change(&configuration)
        return configuration
    }

    @Test(arguments: CompressionCodec.allCases)
    func recordsArriveInOrderWithKeysHeadersAndNulls(_ codec: CompressionCodec) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client, Self.configuration { $0.compression = codec })
        let offsets = try [
            producer.send(
                "t", key: Array("k".utf8), value: Array("v".utf8), headers: [RecordHeader(key: "h", value: nil)]),
            producer.send("t", key: nil, value: []), producer.send("t", key: [], value: nil),
        ]
        producer.close(timeoutMilliseconds: 5000)
        #expect(offsets == (0..<3).map { RecordMetadata(partition: 0, offset: $0) })
        let records = try cluster.records(of: "t")
        #expect(records.map(\.key) == [Array("k".utf8), nil, []])
        #expect(records.map(\.value) == [Array("v".utf8), [], nil])
        #expect(records.first?.headers == [RecordHeader(key: "h", value: nil)])
    }

    /// Large batches are written to the stream from their own memory, between the other parts of the request.
    @Test(arguments: CompressionCodec.allCases)
    func largeBatchesOfSeveralPartitionsArriveWhole(_ codec: CompressionCodec) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 3)
        let producer = KafkaProducer(
            cluster.client,
            Self.configuration {
                $0.compression = codec
                $0.lingerMilliseconds = 20
            })
        let topic = try producer.topic("t")
        var generator = SeededGenerator(seed: 7)
        var sent: Set<String> = []
        for index in 0..<12 {
            let size = index.isMultiple(of: 2) ? 100_000 : 10
            let letters = (0..<size).map { _ in UInt8.random(in: 33...126, using: &generator) }
            let value = String(decoding: letters, as: UTF8.self)
            sent.insert(value)
            try producer.append(value, key: "\(index)", to: topic)
        }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        producer.close(timeoutMilliseconds: 5000)
        let records = try cluster.records(of: "t")
        #expect(records.count == 12)
        #expect(Set(records.compactMap(\.text)) == sent)
    }

    @Test func listenerGetsTheTagOfEveryRecord() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 3)
        let log = DeliveryLog()
        let producer = KafkaProducer(cluster.client, Self.configuration { $0.lingerMilliseconds = 20 }, listener: log)
        let topic = try producer.topic("t")
        for index in 0..<1000 { try producer.append("\(index)", key: "\(index)", to: topic, tag: UInt64(index / 100)) }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        var counts: [UInt64: Int] = [:]
        for run in log.all.flatMap(\.tags) { counts[run.tag, default: 0] += run.count }
        #expect(counts == Dictionary(uniqueKeysWithValues: (0..<10).map { (UInt64($0), 100) }))
        #expect(Set(log.all.map(\.partition)) == [0, 1, 2])
        producer.close(timeoutMilliseconds: 5000)
    }

    /// Connections are lost at any place; each record is stored once and in order.
    @Test(arguments: CompressionCodec.allCases)
    func lostConnectionsNeitherLoseNorRepeatNorReorderRecords(_ codec: CompressionCodec) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        let log = DeliveryLog()
        let producer = KafkaProducer(
            cluster.client,
            Self.configuration {
                $0.compression = codec
                $0.batchBytesMax = 600
            }, listener: log)
        let topic = try producer.topic("t")
        for index in 0..<6000 {
            try producer.append("\(index)", to: topic, partition: Int32(index % 2))
            if index % 500 == 250 { cluster.cutConnections() }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 30_000)
        producer.close(timeoutMilliseconds: 5000)
        #expect(log.failed == [])
        #expect(log.delivered == 6000)
        let records = try cluster.records(of: "t")
        for partition: Int32 in 0..<2 {
            let numbers = records.filter { $0.partition == partition }.compactMap { $0.text.flatMap { Int($0) } }
            #expect(numbers == Array(stride(from: Int(partition), to: 6000, by: 2)))
        }
    }

    @Test func waitingRecordsAreSentWhenTheBrokerReturns() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let log = DeliveryLog()
        let producer = KafkaProducer(cluster.client, Self.configuration(), listener: log)
        let topic = try producer.topic("t")
        for index in 0..<10 { try producer.append("\(index)", to: topic) }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        cluster.stopBroker()
        for index in 10..<20 { try producer.append("\(index)", to: topic) }
        #expect(log.wentAway.wait(milliseconds: 10_000))
        #expect(throws: KafkaError.self) { try producer.awaitDelivery(timeoutMilliseconds: 50) }
        try cluster.startBroker()
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        #expect(log.cameBack.wait(milliseconds: 10_000))
        producer.close(timeoutMilliseconds: 5000)
        #expect(try cluster.records(of: "t").map(\.text) == (0..<20).map { "\($0)" })
    }

    /// Every connection ends at its first batch, which is larger than the broker's maximum.
    @Test func unresponsiveBrokerIsReportedAndRetriedWithPauses() throws {
        var limits = BrokerLimits()
        limits.requestBytesMax = 8192
        let cluster = try Cluster(limits: limits) {
            $0.retryBackoffMilliseconds = 200
            $0.retryBackoffMaxMilliseconds = 200
        }
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let log = DeliveryLog()
        let producer = KafkaProducer(
            cluster.client, Self.configuration { $0.deliveryTimeoutMilliseconds = 600 }, listener: log)
        try producer.append(String(repeating: "x", count: 10_000), to: try producer.topic("t"))
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        #expect(log.wentAway.wait(milliseconds: 0))
        #expect(log.failed.count == 1)
        #expect(cluster.connectionCount < 20)
        producer.abort()
    }

    @Test func longWaitForATopicIsReported() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let log = DeliveryLog()
        let producer = KafkaProducer(
            cluster.client,
            Self.configuration {
                $0.allowsTopicCreation = false
                $0.blockMillisecondsMax = 2500
            }, listener: log)
        #expect(throws: KafkaError.self) { try producer.topic("none") }
        #expect(log.wentAway.wait(milliseconds: 0) && !log.cameBack.wait(milliseconds: 0))
        try cluster.makeTopic("none")
        _ = try producer.topic("none")
        #expect(log.cameBack.wait(milliseconds: 0))
        producer.abort()
    }

    /// A wait that times out every second while a broker is unavailable leaves no waiter in the core.
    @Test func timedOutWaitersAreRemoved() throws {
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: []))
        let engine = ProducerEngine(client, ProducerConfiguration(), nil)
        engine.core.withLock { $0.unfinishedBatches = 1 }
        let producer = KafkaProducer(engine)
        for _ in 0..<3 {
            #expect(throws: KafkaError.self) { try producer.awaitDelivery(timeoutMilliseconds: 1) }
        }
        #expect(engine.core.withLock { $0.deliveryWaiters.count } == 0)
        producer.abort()
        client.close()
    }

    /// The broker is reported only while records wait.
    @Test func unreachableBrokerIsNotReportedWithoutWaitingRecords() {
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: []))
        let log = DeliveryLog()
        let engine = ProducerEngine(client, ProducerConfiguration(), log)
        engine.brokerFailed(.unreachable(brokers: [], lastError: ""))
        #expect(!log.wentAway.wait(milliseconds: 0))
        engine.end(silently: true)
        client.close()
    }

    @Test func appendWaitsWhileTheBufferIsFull() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        var configuration = Self.configuration {
            $0.bufferBytesMax = 4096
            $0.lingerMilliseconds = 60_000
            $0.blockMillisecondsMax = 10_000
        }
        let waiting = KafkaProducer(cluster.client, configuration)
        let value = String(repeating: "x", count: 1000)
        let topic = try waiting.topic("t")
        // The buffer's limit ends the linger time.
        for _ in 0..<50 { try waiting.append(value, to: topic) }
        try waiting.awaitDelivery(timeoutMilliseconds: 10_000)
        waiting.abort()
        configuration.blockMillisecondsMax = 50
        let refusing = KafkaProducer(cluster.client, configuration)
        let sameTopic = try refusing.topic("t")
        cluster.stopBroker()
        let error = #expect(throws: KafkaError.self) {
            for _ in 0..<50 { try refusing.append(value, to: sameTopic) }
        }
        #expect(error?.description.contains("the producer's buffer") == true)
        refusing.abort()
    }

    @Test func tooLargeRecordsAreRefusedAtOnce() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client, Self.configuration { $0.requestBytesMax = 1000 })
        let topic = try producer.topic("t")
        #expect(throws: KafkaError.self) { try producer.append(String(repeating: "x", count: 1000), to: topic) }
        #expect(throws: KafkaError.self) { try producer.append("x", to: topic, partition: 1) }
        #expect(throws: KafkaError.self) { try producer.append("x", to: topic, partition: -1) }
        try producer.append("x", to: topic)
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func deliveryTimeoutFailsWaitingRecords() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let log = DeliveryLog()
        let producer = KafkaProducer(
            cluster.client, Self.configuration { $0.deliveryTimeoutMilliseconds = 1000 }, listener: log)
        let topic = try producer.topic("t")
        cluster.stopBroker()
        try producer.append("x", to: topic, tag: 5)
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        #expect(log.all.map(\.tags) == [[TagRun(tag: 5, count: 1)]])
        guard case .timedOut = log.failed.first else { return #expect(Bool(false), "\(log.failed)") }
        try cluster.startBroker()
        try producer.append("y", to: topic, tag: 6)
        producer.close(timeoutMilliseconds: 10_000)
        #expect(try cluster.records(of: "t").map(\.text) == ["y"])
    }

    /// Neither the connection for the records nor that for metadata is set up within its time limit of 10 s.
    @Test func deliveryTimeoutFailsRecordsWhileTheBrokerIsSilent() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let log = DeliveryLog()
        let producer = KafkaProducer(
            cluster.client, Self.configuration { $0.deliveryTimeoutMilliseconds = 500 }, listener: log)
        let topic = try producer.topic("t")
        cluster.intercept { _ in .ignore }
        cluster.cutConnections()
        try producer.append("x", to: topic)
        producer.engine.needMetadata()
        try producer.awaitDelivery(timeoutMilliseconds: 5000)
        guard case .timedOut = log.failed.first else { return #expect(Bool(false), "\(log.failed)") }
        producer.abort()
    }

    @Test func appendThrowsAfterClose() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let log = DeliveryLog()
        let closed = KafkaProducer(cluster.client, Self.configuration(), listener: log)
        let topic = try closed.topic("t")
        try closed.append("x", to: topic)
        closed.close(timeoutMilliseconds: 5000)
        #expect(log.delivered == 1)
        #expect(throws: KafkaError.closed) { try closed.append("x", to: topic) }

        let silent = DeliveryLog()
        let lingering = Self.configuration { $0.lingerMilliseconds = 60_000 }
        let aborted = KafkaProducer(cluster.client, lingering, listener: silent)
        let handle = try aborted.topic("t")
        try aborted.append("x", to: handle)
        aborted.abort()
        #expect(silent.all == [])
        #expect(throws: KafkaError.closed) { try aborted.append("x", to: handle) }
    }

    @Test func missingTopicIsCreatedOrWaitedFor() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let producer = KafkaProducer(
            cluster.client,
            Self.configuration {
                $0.allowsTopicCreation = false
                $0.blockMillisecondsMax = 100
            })
        let error = #expect(throws: KafkaError.self) { try producer.topic("none") }
        guard case .timedOut(_, _, let last) = error else { return #expect(Bool(false), "no time-out") }
        #expect(last?.contains("UNKNOWN_TOPIC_OR_PARTITION") == true)
        producer.abort()
    }
}
