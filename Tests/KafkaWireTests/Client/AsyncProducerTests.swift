import KafkaProtocol
import Synchronization
import Testing
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

@Suite(.serialized, .ownThreads) struct AsyncProducerTests {
    private static func records(_ count: Int, to topic: String = "t") -> [KafkaRecord] {
        (0..<count).map { KafkaRecord(topic: topic, partition: 0, value: "\($0)") }
    }

    private final class DoneFlag: Sendable {
        private let flag = Atomic(false)
        var isSet: Bool { flag.load(ordering: .relaxed) }
        func set() { flag.store(true, ordering: .relaxed) }
    }

    @Test func recordIsStoredWithKeyHeadersAndTimestamp() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        let producer = KafkaProducer(cluster.client)
        let record = KafkaRecord(
            topic: "t", partition: 1, key: [1], value: nil, headers: [RecordHeader(key: "h", value: [2])],
            timestampMilliseconds: 1234)
        #expect(try await producer.send(record) == RecordMetadata(partition: 1, offset: 0))
        let stored = try #require(try cluster.records(of: "t").first)
        #expect(stored.key == [1] && stored.value == nil && stored.timestampMilliseconds == 1234)
        #expect(stored.headers == record.headers)
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func recordsOfOneSendShareBatches() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = 200
        let producer = KafkaProducer(cluster.client, configuration)
        let counts = cluster.countRequests()
        let metadata = try await producer.send(Self.records(500))
        #expect(metadata == (0..<500).map { RecordMetadata(partition: 0, offset: $0) })
        #expect(counts[.produce] < 50)
        #expect(try await producer.send([]) == [])
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func fullBufferSuspendsUntilBatchesAreAcknowledged() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        var configuration = ProducerConfiguration()
        configuration.bufferBytesMax = 2000
        let producer = KafkaProducer(cluster.client, configuration)
        let gate = RequestGate()
        cluster.intercept { $0.apiKey == .produce ? .hold(gate) : nil }
        let isDone = DoneFlag()
        let records = (0..<20).map { _ in KafkaRecord(topic: "t", value: Array(repeating: 7, count: 500)) }
        let sending = ThreadExecutor.start {
            defer { isDone.set() }
            return try await producer.send(records)
        }
        #expect(gate.awaitHeld(1, milliseconds: 10_000))
        #expect(!isDone.isSet)
        gate.open()
        #expect(try await sending.value == (0..<20).map { RecordMetadata(partition: 0, offset: $0) })
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func failureOfOneRecordIsThrownWhenTheOthersAreStored() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        var configuration = ProducerConfiguration()
        configuration.requestBytesMax = 1000
        let producer = KafkaProducer(cluster.client, configuration)
        var records = Self.records(3)
        records[1].value = Array(repeating: 0, count: 2000)
        let error = await #expect(throws: KafkaError.self) { try await producer.send(records) }
        guard case .recordTooLarge = error else { return #expect(Bool(false), "another error: \(String(describing: error))") }
        #expect(try cluster.records(of: "t").map(\.text) == ["0", "2"])
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func cancelledSendThrowsWithoutAnAnswer() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        _ = try producer.topic("t")
        let gate = RequestGate()
        cluster.intercept { $0.apiKey == .produce ? .hold(gate) : nil }
        let sending = ThreadExecutor.start { try await producer.send(KafkaRecord(topic: "t", value: "x")) }
        #expect(gate.awaitHeld(1, milliseconds: 10_000))
        sending.cancel()
        await #expect(throws: CancellationError.self) { try await sending.value }
        producer.abort()
        gate.open()
    }

    @Test func abortEndsASendThatWaitsForMetadata() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        var configuration = ProducerConfiguration()
        configuration.allowsTopicCreation = false
        configuration.blockMillisecondsMax = nil
        let producer = KafkaProducer(cluster.client, configuration)
        let counts = cluster.countRequests()
        let sending = ThreadExecutor.start { try await producer.send(KafkaRecord(topic: "none", value: "x")) }
        while counts[.metadata] == 0 { await Task.yield() }
        producer.abort()
        await #expect(throws: KafkaError.closed) { try await sending.value }
    }

    @Test func completionGetsThePositionOfABlockingAppend() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        let found = Mutex<[Result<RecordMetadata, KafkaError>]>([])
        for record in Self.records(2) {
            try producer.append(record) { result in found.withLock { $0.append(result) } }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        #expect(found.withLock { $0 } == (0..<2).map { .success(RecordMetadata(partition: 0, offset: $0)) })
        #expect(try producer.sendAndWait(Self.records(1)[0]) == RecordMetadata(partition: 0, offset: 2))
        producer.close(timeoutMilliseconds: 5000)
    }
}
