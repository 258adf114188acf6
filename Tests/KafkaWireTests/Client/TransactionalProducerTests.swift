import KafkaBroker
import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaWire

/// Transactions of a producer with a broker in this process, in both versions of the protocol.
@Suite struct TransactionalProducerTests {
    private static let topic = "t"

    private static func cluster(_ version: Int16) throws -> Cluster {
        let cluster = try Cluster(transactionVersion: version)
        try cluster.makeTopic(topic, partitions: 3)
        return cluster
    }

    private static func producer(_ cluster: Cluster) throws -> KafkaProducer {
        var configuration = ProducerConfiguration()
        configuration.transactionalID = "x"
        configuration.blockMillisecondsMax = 20_000
        let producer = KafkaProducer(cluster.client, configuration)
        try producer.initTransactionsAndWait()
        return producer
    }

    private static func append(_ values: ClosedRange<Int>, _ producer: KafkaProducer) throws {
        for value in values {
            try producer.append(KafkaRecord(topic: topic, partition: Int32(value % 3), value: "\(value)")) { _ in }
        }
    }

    private static func committed(_ cluster: Cluster) throws -> [Int] {
        try cluster.records(of: topic, .readCommitted).compactMap { $0.text.flatMap { Int($0) } }.sorted()
    }

    @Test(arguments: [0, 2] as [Int16]) func onlyCommittedRecordsAreVisible(_ version: Int16) throws {
        let cluster = try Self.cluster(version)
        defer { cluster.end() }
        let producer = try Self.producer(cluster)
        let requests = cluster.countRequests()
        try producer.beginTransaction()
        try Self.append(1...10, producer)
        try producer.commitTransactionAndWait()
        try producer.beginTransaction()
        try Self.append(11...20, producer)
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        try producer.abortTransactionAndWait()
        try producer.beginTransaction()
        try Self.append(21...25, producer)
        try producer.commitTransactionAndWait()
        #expect(try Self.committed(cluster) == Array(1...10) + Array(21...25))
        #expect(try cluster.records(of: Self.topic).count == 25)
        #expect((requests[.addPartitionsToTxn] > 0) == (version == 0))
        producer.close(timeoutMilliseconds: 1000)
    }

    @Test(arguments: [0, 2] as [Int16]) func transactionsSurviveLostConnections(_ version: Int16) throws {
        let cluster = try Self.cluster(version)
        defer { cluster.end() }
        let producer = try Self.producer(cluster)
        let losses = Mutex(0)
        cluster.intercept { request in
            let isPart: Set<APIKey> = [.produce, .addPartitionsToTxn, .endTxn, .initProducerID]
            guard isPart.contains(request.apiKey) else { return nil }
            let number = losses.withLock { losses in
                losses += 1
                return losses
            }
            // The request is lost, or its response.
            return number % 5 == 0 ? .disconnect : number % 5 == 3 ? .handleThenDisconnect : nil
        }
        var expected: [Int] = []
        for round in 0..<12 {
            try producer.beginTransaction()
            let values = (round * 10 + 1)...(round * 10 + 10)
            try Self.append(values, producer)
            if round % 3 == 2 {
                try producer.abortTransactionAndWait()
            } else {
                try producer.commitTransactionAndWait()
                expected += Array(values)
            }
        }
        #expect(try Self.committed(cluster) == expected)
        producer.close(timeoutMilliseconds: 1000)
    }

    @Test(arguments: [0, 2] as [Int16]) func newerProducerFencesAnOlderOne(_ version: Int16) throws {
        let cluster = try Self.cluster(version)
        defer { cluster.end() }
        let older = try Self.producer(cluster)
        try older.beginTransaction()
        try Self.append(1...5, older)
        try older.awaitDelivery(timeoutMilliseconds: 10_000)
        let newer = try Self.producer(cluster)
        try newer.beginTransaction()
        try Self.append(6...10, newer)
        try newer.commitTransactionAndWait()
        let error = #expect(throws: KafkaError.self) { try older.commitTransactionAndWait() }
        #expect(error?.errorCode == .producerFenced)
        #expect(throws: KafkaError.self) { try older.abortTransactionAndWait() }
        #expect(older.failure?.errorCode == .producerFenced)
        #expect(try Self.committed(cluster) == Array(6...10))
        older.close(timeoutMilliseconds: 100)
        newer.close(timeoutMilliseconds: 1000)
    }

    @Test(arguments: [0, 2] as [Int16]) func failedRecordForcesAnAbortAfterWhichAllWorks(_ version: Int16) throws {
        let cluster = try Self.cluster(version)
        defer { cluster.end() }
        let producer = try Self.producer(cluster)
        let refusals = Countdown(1)
        cluster.intercept { request in
            request.apiKey == .produce && refusals.take() ? .refuse(.invalidRecord) : nil
        }
        try producer.beginTransaction()
        try Self.append(1...10, producer)
        let error = #expect(throws: KafkaError.self) { try producer.commitTransactionAndWait() }
        guard case .mustAbortTransaction(let cause) = error else { return #expect(Bool(false), "another error") }
        #expect(cause.errorCode == .invalidRecord)
        #expect(throws: KafkaError.mustAbortTransaction(cause)) { try Self.append(11...11, producer) }
        try producer.abortTransactionAndWait()
        try producer.beginTransaction()
        try Self.append(12...20, producer)
        try producer.commitTransactionAndWait()
        #expect(try Self.committed(cluster) == Array(12...20))
        producer.close(timeoutMilliseconds: 1000)
    }

    @Test func closeAbortsAnOpenTransaction() throws {
        let cluster = try Self.cluster(2)
        defer { cluster.end() }
        let producer = try Self.producer(cluster)
        try producer.beginTransaction()
        try Self.append(1...10, producer)
        try producer.awaitDelivery(timeoutMilliseconds: 10_000)
        let requests = cluster.countRequests()
        producer.close(timeoutMilliseconds: 10_000)
        #expect(requests[.endTxn] == 1)
        #expect(try Self.committed(cluster) == [])
    }

    @Test func asynchronousTransactionCommitsOrAborts() async throws {
        struct Cancelled: Error {}
        let cluster = try Self.cluster(2)
        defer { cluster.end() }
        var configuration = ProducerConfiguration()
        configuration.transactionalID = "x"
        let producer = KafkaProducer(cluster.client, configuration)
        try await producer.initTransactions()
        let metadata = try await producer.transaction {
            try await producer.send(KafkaRecord(topic: Self.topic, value: "1"))
        }
        #expect(metadata.offset == 0)
        await #expect(throws: Cancelled.self) {
            try await producer.transaction {
                _ = try await producer.send(KafkaRecord(topic: Self.topic, value: "2"))
                throw Cancelled()
            }
        }
        #expect(try Self.committed(cluster) == [1])
        producer.close(timeoutMilliseconds: 1000)
    }

    @Test func producerWithoutATransactionalIDHasNoTransactions() throws {
        let cluster = try Self.cluster(2)
        defer { cluster.end() }
        let producer = KafkaProducer(cluster.client)
        #expect(throws: KafkaError.self) { try producer.beginTransaction() }
        #expect(throws: KafkaError.self) { try producer.initTransactionsAndWait() }
        producer.close(timeoutMilliseconds: 100)
    }
}
