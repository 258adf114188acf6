import KafkaProtocol
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

/// How a producer ends: by its user, by its client, by an error that a retry cannot resolve.
@Suite(.serialized) struct ProducerEndTests {
    /// Nothing here waits for a time: a waiter that is not woken at once would end only with the next metadata refresh,
    /// minutes later.
    private static let limitMilliseconds = 5000

    private static func configuration() -> ProducerConfiguration {
        var configuration = ProducerConfiguration()
        configuration.deliveryTimeoutMilliseconds = nil
        return configuration
    }

    /// The outcome of a thread that waits for delivery, and when it ended.
    private final class Waiting: Sendable {
        let error = Mutex<KafkaError?>(nil)
        let ended = ThreadCompletion()

        init(_ producer: KafkaProducer) {
            startThread(named: "awaits-delivery") { [self] in
                do throws(KafkaError) {
                    try producer.awaitDelivery()
                } catch {
                    self.error.withLock { $0 = error }
                }
                ended.finish()
            }
        }
    }

    private func append(_ producer: KafkaProducer) throws -> Waiting {
        try producer.append("x", to: try producer.topic("t"))
        return Waiting(producer)
    }

    /// The broker does not answer, so that a request is in flight; or it is down, so that the writer tries to connect.
    @Test(arguments: [true, false])
    func closingTheClientEndsWaitersAndThreads(_ isSilent: Bool) throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let engine = ProducerEngine(cluster.client, Self.configuration(), nil)
        let producer = KafkaProducer(engine)
        _ = try producer.topic("t")
        if isSilent { cluster.silenceBroker() } else { cluster.stopBroker() }
        let waiting = try append(producer)
        cluster.client.close()
        #expect(waiting.ended.wait(milliseconds: Self.limitMilliseconds))
        #expect(waiting.error.withLock { $0 } == .closed)
        #expect(engine.awaitThreads(milliseconds: Self.limitMilliseconds))
        #expect(producer.failure == .closed)
        #expect(throws: KafkaError.closed) { try producer.topic("t") }
    }

    @Test func abortEndsWaitersAndThreads() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let engine = ProducerEngine(cluster.client, Self.configuration(), nil)
        let producer = KafkaProducer(engine)
        _ = try producer.topic("t")
        cluster.silenceBroker()
        let waiting = try append(producer)
        producer.abort()
        #expect(waiting.ended.wait(milliseconds: Self.limitMilliseconds))
        #expect(waiting.error.withLock { $0 } == .closed)
        #expect(engine.awaitThreads(milliseconds: Self.limitMilliseconds))
    }

    /// A refusal of the producer id that a retry cannot resolve. Otherwise metadata would no longer be refreshed and
/// batches would not expire.
    @Test func fatalErrorEndsWaitersAndThreads() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let engine = ProducerEngine(cluster.client, Self.configuration(), nil)
        let producer = KafkaProducer(engine)
        _ = try producer.topic("t")
        cluster.silenceBroker()
        let waiting = try append(producer)
        engine.fail(.fatal("no way on"))
        #expect(waiting.ended.wait(milliseconds: Self.limitMilliseconds))
        #expect(engine.awaitThreads(milliseconds: Self.limitMilliseconds))
        #expect(producer.failure == .fatal("no way on"))
    }

    /// A load balancer that answers on the broker's port is a temporary failure.
    @Test func peerThatIsNoBrokerIsRetried() throws {
        let page = Array("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".utf8)
        let server = try ScriptedServer(Array(repeating: [.receive(count: 4), .send(page), .awaitClose], count: 3))
        defer { server.stop() }
        var configuration = KafkaClientConfiguration(bootstrapServers: [server.address])
        configuration.retryBackoffMilliseconds = 1
        configuration.apiTimeoutMilliseconds = 60_000
        let client = KafkaClient(configuration)
        defer { client.close() }
        for _ in 0..<2 {
            let error = #expect(throws: KafkaError.self) { try client.metadata(topics: [], client.cancellation) }
            #expect(error?.isRetriable == true)
            #expect(error?.description.contains("is not a Kafka broker") == true)
        }
        let engine = ProducerEngine(client, Self.configuration(), nil)
        #expect(server.awaitEnd(milliseconds: 10_000))
        #expect(engine.core.withLock { $0.failure } == nil)
        engine.end(silently: true)
    }

    /// The topic is deleted and created again by another client.
    @Test func recreatedTopicIsReported() throws {
        final class Listener: DeliveryListener {
            let topic = Mutex<String?>(nil)
            let isNotified = ThreadCompletion()
            func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {}
            func topicRecreated(_ topic: String) {
                self.topic.withLock { $0 = topic }
                isNotified.finish()
            }
        }
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let listener = Listener()
        let engine = ProducerEngine(cluster.client, Self.configuration(), listener)
        let producer = KafkaProducer(engine)
        _ = try producer.topic("t")
        try KafkaAdmin(cluster.client).deleteTopics(["t"]).get()
        try cluster.makeTopic("t")
        engine.needMetadata()
        #expect(listener.isNotified.wait(milliseconds: 10_000))
        #expect(listener.topic.withLock { $0 } == "t")
        producer.abort()
    }

    /// The records and the end of the transaction share the timeout.
    @Test func closeOfATransactionalProducerEndsAtItsTimeout() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        var configuration = Self.configuration()
        configuration.transactionalID = "x"
        let producer = KafkaProducer(cluster.client, configuration)
        try producer.initTransactionsAndWait()
        try producer.beginTransaction()
        let topic = try producer.topic("t")
        try producer.append("x", to: topic)
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        cluster.silenceBroker()
        try producer.append("y", to: topic)
        producer.flush()
        let started = MonotonicInstant.now
        producer.close(timeoutMilliseconds: 3000)
        #expect(MonotonicInstant.now.milliseconds(since: started) < 6000)
        #expect(producer.failure == .closed)
    }

    @Test func completionGetsTheRecordsPosition() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        let producer = KafkaProducer(cluster.client, Self.configuration())
        let topic = try producer.topic("t")
        let found = Mutex<[Result<RecordMetadata, KafkaError>]>([])
        for _ in 0..<2 {
            try producer.send(to: topic, partition: 1, key: nil, value: [1]) { result in
                found.withLock { $0.append(result) }
            }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        #expect(found.withLock { $0 } == (0..<2).map { .success(RecordMetadata(partition: 1, offset: $0)) })
        producer.close(timeoutMilliseconds: 5000)
    }
}
