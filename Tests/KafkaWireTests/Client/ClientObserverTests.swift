import KafkaProtocol
import Synchronization
import Testing
import WireStreams

@testable import KafkaBroker
@testable import KafkaWire

@Suite(.serialized) struct ClientObserverTests {
    private final class Events: KafkaClientObserver {
        let names = Mutex<[String]>([])
        let requests = Mutex<[KafkaRequestEvent]>([])

        private func add(_ name: String) { names.withLock { $0.append(name) } }

        func connectionOpened(to broker: SocketAddress, milliseconds: Int) { add("opened") }
        func connectionFailed(to broker: SocketAddress, _ error: KafkaError) { add("failed") }
        func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) { add("closed") }
        func requestAnswered(_ request: KafkaRequestEvent) { requests.withLock { $0.append(request) } }
        func metadataRefreshed(brokerCount: Int, topicCount: Int) { add("metadata \(brokerCount) \(topicCount)") }
        func retrying(_ operation: String, after error: KafkaError, pauseMilliseconds: Int) { add("retrying") }
        func batchSent(_ batch: KafkaBatchEvent) { add("sent \(batch.recordCount)") }
        func batchAcknowledged(_ batch: KafkaBatchEvent) { add("acknowledged \(batch.recordCount)") }
        func batchFailed(_ batch: KafkaBatchEvent, _ error: KafkaError) { add("failed \(batch.recordCount)") }
        func batchRetried(topic: String, partition: Int32, code: KafkaErrorCode?) {
            add("retried \(topic)-\(partition) \(code?.name ?? "")")
        }

        func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }
    }

    @Test func eventsOfABatchAndItsRetryAreReported() throws {
        let events = Events()
        let cluster = try Cluster { $0.observer = events }
        try cluster.makeTopic("t")
        #expect(events.contains("opened"))
        let refusals = Countdown(1)
        cluster.intercept { request in
            guard request.apiKey == .produce, refusals.take() else { return nil }
            return .refuse(.notEnoughReplicas)
        }
        let producer = KafkaProducer(cluster.client)
        try producer.sendAndWait(KafkaRecord(topic: "t", value: "x"))
        try producer.awaitDelivery()
        producer.close(timeoutMilliseconds: 5000)
        cluster.end()
        #expect(events.contains("metadata 1 1"))
        #expect(events.contains("retried t-0 NOT_ENOUGH_REPLICAS"))
        #expect(events.names.withLock { $0.count { $0 == "sent 1" } } == 2)
        #expect(events.contains("acknowledged 1"))
        #expect(events.contains("closed"))
        let produce = events.requests.withLock { $0.filter { $0.apiKey == .produce } }
        #expect(produce.count == 2)
        #expect(produce.allSatisfy { $0.requestBytes > 60 && $0.responseBytes > 10 })
    }

    @Test func failedConnectionsAndRetriesAreReported() throws {
        let events = Events()
        let cluster = try Cluster {
            $0.observer = events
            $0.apiTimeoutMilliseconds = 200
        }
        defer { cluster.end() }
        cluster.stopBroker()
        #expect(throws: KafkaError.self) { try KafkaAdmin(cluster.client).topicNames() }
        #expect(events.contains("failed"))
        #expect(events.contains("retrying"))
    }
}
