import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore

/// A topic of a real cluster, what is written to it, and consumers that read it.
final class ConsumedTopic: Sendable {
    let client: KafkaClient
    let admin: KafkaAdmin
    let name = "cdcd-consumer-test-\(UInt32.random(in: 0 ... .max))"
    let partitions: [TopicPartition]
    /// Brokers before 4.0 have no groups of the consumer protocol.
    let isOld: Bool
    private let consumers = Mutex<[KafkaConsumer]>([])

    init(partitions count: Int32 = 1, observer: (any KafkaClientObserver)? = nil) throws {
        var configuration = KafkaClientConfiguration(bootstrapServers: [try #require(RealServers.kafka)])
        configuration.observer = observer
        client = KafkaClient(configuration)
        admin = KafkaAdmin(client)
        isOld = try admin.describeFeatures().finalized.isEmpty
        partitions = (0..<count).map { [name] in TopicPartition(name, $0) }
        try admin.createTopics([NewTopic(name: name, partitions: count, replicationFactor: 1)]).get()
    }

    /// Closes the consumers, the last one first, and deletes the topic.
    func end() {
        for consumer in consumers.withLock({ $0.reversed() }) { consumer.close() }
        // A topic that is left over does no harm.
        _ = admin.deleteTopics([name])
        client.close()
    }

    /// The heartbeats of the topic's group are faster if the broker allows that: a member learns of partitions with
    /// them.
    func quickenHeartbeats() {
        _ = admin.alterConfigs([
            ConfigAlteration(.group(name), ["consumer.heartbeat.interval.ms": .set("200")])
        ])
    }

    /// Deletes the topic and creates it with the same partitions.
    func createAgain() throws {
        for case .failure(let error) in admin.deleteTopics([name]) { throw error }
        let new = NewTopic(name: name, partitions: Int32(partitions.count), replicationFactor: 1)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        // The name is free when the deletion is complete.
        var created = admin.createTopics([new])[0]
        while case .failure(let error) = created {
            guard error.errorCode == .topicAlreadyExists, MonotonicInstant.now < deadline else { throw error }
            created = admin.createTopics([new])[0]
        }
        // The broker takes records into the former topic until it has applied what the controller has decided.
        let id = try created.get().id
        while (try? admin.describeTopics([name])[0].get().id) != id {
            try #require(MonotonicInstant.now < deadline, "the broker does not have topic \(name)")
        }
        // The broker follows the controller: until then it stores records in the former topic.
        while try admin.endOffsets(name).values.contains(where: { $0 > 0 }) {
            guard MonotonicInstant.now < deadline else { throw KafkaError.fatal("\(name) is not created again") }
        }
    }

    /// Numbers as values, in turn to the partitions.
    func write(_ numbers: Range<Int>, timestampMilliseconds: Int64? = nil) throws {
        let producer = KafkaProducer(client)
        for number in numbers {
            try producer.append(record(number, timestampMilliseconds: timestampMilliseconds)) { _ in }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 20_000)
        producer.close(timeoutMilliseconds: 5000)
    }

    func record(_ number: Int, timestampMilliseconds: Int64? = nil) -> KafkaRecord {
        KafkaRecord(
            topic: name, partition: Int32(number % partitions.count), value: "\(number)",
            timestampMilliseconds: timestampMilliseconds)
    }

    /// A consumer that begins with the first record, and is closed at the end.
    func consumer(
        group: String? = nil, _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) -> KafkaConsumer {
        var configuration = ConsumerConfiguration(groupID: group)
        configuration.offsetReset = .earliest
        configuration.heartbeatIntervalMilliseconds = 100
        configuration.fetchMaxWaitMilliseconds = 100
        change(&configuration)
        let consumer = KafkaConsumer(client, configuration)
        consumers.withLock { $0.append(consumer) }
        return consumer
    }

    /// The numbers of the next records; at least `count`.
    func read(_ consumer: KafkaConsumer, _ count: Int) throws -> [Int] {
        var found: [Int] = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while found.count < count, MonotonicInstant.now < deadline {
            found += try consumer.poll(timeoutMilliseconds: 200).map(Self.number)
        }
        #expect(found.count >= count)
        return found
    }

    /// Repeats what is expected to fail, for at most 20 seconds.
    func awaitError(_ body: () throws -> Void) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while MonotonicInstant.now < deadline { try body() }
    }

    static func number(_ record: ConsumedRecord) -> Int {
        record.value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? -1
    }
}
