import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaWire

/// The outcomes of the records of a batch that a broker has refused because of some of them (KIP-467).
@Suite struct RefusedRecordTests {
    @Test func brokerNamesTheRefusedRecords() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        let topic = NewTopic(
            name: "t", partitions: 1, replicationFactor: 1, configuration: [("cleanup.policy", "compact")])
        try KafkaAdmin(cluster.client).createTopics([topic]).get()
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = 60_000
        let producer = KafkaProducer(cluster.client, configuration)
        defer { producer.close(timeoutMilliseconds: 5000) }
        let texts = Mutex<[Int: String]>([:])
        for index in 0..<3 {
            try producer.append(KafkaRecord(topic: "t", key: index == 1 ? nil : "k", value: "v")) { outcome in
                if case .failure(let error) = outcome { texts.withLock { $0[index] = error.description } }
            }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 20_000)
        let found = texts.withLock { $0 }
        #expect(found[1]?.contains("without key") == true)
        for index in [0, 2] {
            #expect(found[index]?.contains("its batch has records that the broker refused") == true)
        }
    }

    @Test func recordsOfARefusedBatchAreDistinguished() throws {
        var open = OpenBatch(capacityBytes: 64, openedAt: .now)
        let outcomes = Mutex<[Int: KafkaError?]>([:])
        for index in 0..<3 {
            let record = ProducerCore.NewRecord(
                topicIndex: 0, partition: 0, key: nil, value: nil, headers: [], timestampMilliseconds: 0, tag: 0,
                receipt: RecordReceipt { outcome in
                    if case .failure(let error) = outcome { outcomes.withLock { $0[index] = error } }
                })
            _ = open.append(record, key: nil, value: nil)
        }
        var finished = ProducerCore.Finished(
            topic: "t", partition: 0, batch: SealedBatch(open),
            outcome: .failure(.code(.invalidRecord, about: "writing", message: "invalid records")))
        finished.refusedRecords = [1: "no key", 2: nil]
        finished.completeReceipts()
        func text(_ index: Int) -> String { "\(outcomes.withLock { $0[index] }.flatMap { $0 }?.description ?? "")" }
        #expect(text(0).contains("its batch has records that the broker refused"))
        #expect(text(1).contains("no key"))
        #expect(text(2).contains("invalid records"))
    }
}
