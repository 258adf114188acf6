import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

@Suite(.serialized, .ownThreads) struct PartitionRecordsTests {
    @Test func recordsArriveInOrderAsTheyAreWritten() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t", partitions: 2)
        let producer = KafkaProducer(cluster.client)
        _ = try await producer.send((0..<100).map { KafkaRecord(topic: "t", partition: 1, value: "\($0)") })
        var iterator = cluster.client.records(topic: "t", partition: 1).makeAsyncIterator()
        for index in 0..<100 { #expect(try await iterator.next()?.text == "\(index)") }
        let later = ThreadExecutor.start { try await producer.send(KafkaRecord(topic: "t", partition: 1, value: "later")) }
        let record = try await iterator.next()
        #expect(record?.text == "later" && record?.offset == 100 && record?.partition == 1)
        _ = try await later.value
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func readingStartsAtTheGivenPosition() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        _ = try await producer.send((0..<5).map { KafkaRecord(topic: "t", value: "\($0)") })
        var fromOffset = cluster.client.records(topic: "t", partition: 0, from: .offset(3)).makeAsyncIterator()
        #expect(try await fromOffset.next()?.text == "3")
        for try await record in cluster.client.records(topic: "t", partition: 0, from: .offset(4)) {
            #expect(record.text == "4")
            break
        }
        producer.close(timeoutMilliseconds: 5000)
    }

    private final class Closings: KafkaClientObserver {
        let isClosed = Monitor(false)
        func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) { isClosed.update { $0 = true } }
    }

    @Test func cancellationClosesTheConnection() async throws {
        let closings = Closings()
        let cluster = try Cluster { $0.observer = closings }
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let gate = RequestGate()
        cluster.intercept { $0.apiKey == .fetch ? .hold(gate) : nil }
        let records = cluster.client.records(topic: "t", partition: 0)
        let reading = ThreadExecutor.start { for try await _ in records {} }
        #expect(gate.awaitHeld(1, milliseconds: 10_000))
        reading.cancel()
        await #expect(throws: CancellationError.self) { try await reading.value }
        #expect(closings.isClosed.waitUntilTrue(deadline: .now.advanced(byMilliseconds: 10_000)))
        gate.open()
    }

    /// One fetch response is used and one is waiting; no third is fetched.
    @Test func fetchingWaitsForTheTask() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        let value = [UInt8](repeating: 1, count: 900_000)
        for _ in 0..<6 { _ = try await producer.send(KafkaRecord(topic: "t", value: value)) }
        let counts = cluster.countRequests()
        var iterator = cluster.client.records(topic: "t", partition: 0).makeAsyncIterator()
        _ = try await iterator.next()
        for _ in 0..<20 { _ = try KafkaAdmin(cluster.client).topicNames() }
        #expect(counts[.fetch] <= 2)
        for offset in 1..<6 { #expect(try await iterator.next()?.offset == Int64(offset)) }
        producer.close(timeoutMilliseconds: 5000)
    }

    @Test func missingPartitionIsAnErrorAndThenTheEnd() async throws {
        let cluster = try Cluster { $0.apiTimeoutMilliseconds = 100 }
        defer { cluster.end() }
        try cluster.makeTopic("t")
        var iterator = cluster.client.records(topic: "t", partition: 7).makeAsyncIterator()
        do {
            _ = try await iterator.next()
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains("partition 7 of topic t"))
        }
        #expect(try await iterator.next() == nil)
    }

    @Test func closingTheClientEndsTheSequence() async throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let gate = RequestGate()
        cluster.intercept { $0.apiKey == .fetch ? .hold(gate) : nil }
        let records = cluster.client.records(topic: "t", partition: 0)
        let reading = ThreadExecutor.start { for try await _ in records {} }
        #expect(gate.awaitHeld(1, milliseconds: 10_000))
        cluster.client.close()
        await #expect(throws: KafkaError.closed) { try await reading.value }
        gate.open()
    }
}
