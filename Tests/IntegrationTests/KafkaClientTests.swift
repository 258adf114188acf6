import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireStreams

/// The Kafka client against a real broker; `CDCD_TEST_KAFKA=host:port` names it.
@Suite(.enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"), .serialized)
struct KafkaClientTests {
    private let client: KafkaClient
    private let topic = "cdcd-client-test-\(UInt32.random(in: 0 ... .max))"

    init() throws {
        client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [try #require(RealServers.kafka)]))
    }

    private func withTopic(
        partitions: Int32 = 1, configuration: [(name: String, value: String)] = [], _ body: () throws -> Void
    ) throws {
        let admin = KafkaAdmin(client)
        try admin.createTopics([
            NewTopic(name: topic, partitions: partitions, replicationFactor: 1, configuration: configuration)
        ]).get()
        defer {
            // A topic that is left over does no harm.
            do { try admin.deleteTopics([topic]).get() } catch {}
            client.close()
        }
        try body()
    }

    private func append(_ range: Range<Int>, with producer: KafkaProducer, bytes: Int) throws {
        let handle = try producer.topic(topic)
        for number in range {
            let value = Array("\(number) ".utf8) + [UInt8](repeating: 0x78, count: bytes)
            try value.withUnsafeBytes { value in
                try Array("\(number % 10)".utf8).withUnsafeBytes { key in
                    try producer.append(to: handle, key: key, value: value)
                }
            }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 60_000)
    }

    /// The numbers of the records, by partition.
    private func numbers() throws -> [Int32: [Int]] {
        var found: [Int32: [Int]] = [:]
        try TopicReader(client, topic: topic).readToEnd { record in
            let text = String(decoding: record.value ?? [], as: UTF8.self)
            found[record.partition, default: []].append(text.split(separator: " ").first.flatMap { Int($0) } ?? -1)
        }
        return found
    }

    @Test(arguments: CompressionCodec.allCases)
    func recordsAreReadOnceAndInOrder(_ codec: CompressionCodec) throws {
        try withTopic(partitions: 3) {
            var configuration = ProducerConfiguration()
            configuration.compression = codec
            let producer = KafkaProducer(client, configuration)
            try append(0..<5000, with: producer, bytes: 200)
            producer.close(timeoutMilliseconds: 10_000)
            let found = try numbers()
            #expect(found.values.flatMap { $0 }.sorted() == Array(0..<5000))
            #expect(found.values.allSatisfy { $0 == $0.sorted() })
            #expect(found.count == 3)
        }
    }

    /// Batches that the topic refuses as too large are split and sent once and in order.
    @Test func batchesTooLargeForTheTopicAreSplit() throws {
        try withTopic(configuration: [("max.message.bytes", "4000")]) {
            var configuration = ProducerConfiguration()
            configuration.lingerMilliseconds = 50
            let producer = KafkaProducer(client, configuration)
            try append(0..<500, with: producer, bytes: 300)
            producer.close(timeoutMilliseconds: 10_000)
            #expect(try numbers() == [0: Array(0..<500)])
        }
    }

    @Test func onlyTheTooLargeRecordOfABatchFails() throws {
        try withTopic(configuration: [("max.message.bytes", "4000")]) {
            let producer = KafkaProducer(client)
            try producer.send(topic, key: nil, value: Array("0 ".utf8))
            let error = #expect(throws: KafkaError.self) {
                try producer.send(topic, key: nil, value: [UInt8](repeating: 0x78, count: 5000))
            }
            #expect(error?.errorCode == .messageTooLarge)
            try producer.send(topic, key: nil, value: Array("1 ".utf8))
            producer.close(timeoutMilliseconds: 10_000)
            #expect(try numbers() == [0: [0, 1]])
        }
    }

    private final class Log: DeliveryListener {
        let waiting = Mutex<[KafkaError]>([])
        let failed = Mutex<[KafkaError]>([])

        func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
            if let error { failed.withLock { $0.append(error) } }
        }

        func brokerUnreachable(_ error: KafkaError) { waiting.withLock { $0.append(error) } }
    }

    /// The broker answers, but the partition makes no progress: the listener is notified once.
    @Test func deletedTopicIsReportedToTheListener() throws {
        try withTopic {
            var configuration = ProducerConfiguration()
            configuration.deliveryTimeoutMilliseconds = 4000
            configuration.allowsTopicCreation = false
            let log = Log()
            let producer = KafkaProducer(client, configuration, listener: log)
            try append(0..<1, with: producer, bytes: 10)
            try KafkaAdmin(client).deleteTopics([topic]).get()
            // The broker learns of the deletion from the controller, after the request was answered.
            var number = 1
            while log.waiting.withLock({ $0.isEmpty }), number < 10_000 {
                try append(number..<number + 1, with: producer, bytes: 10)
                number += 1
            }
            // Kafka 4 knows topics by their ids.
            let waiting = log.waiting.withLock { $0.map(\.errorCode) }
            #expect(waiting == [.unknownTopicID] || waiting == [.unknownTopicOrPartition])
            let failed = log.failed.withLock { $0 }
            guard failed.count == 1, case .timedOut = failed[0] else { return #expect(Bool(false), "\(failed)") }
            producer.close(timeoutMilliseconds: 1000)
        }
    }

    @Test func deadMemberIsReplacedAtOnce() throws {
        let group = "\(topic)-group"
        let configuration = GroupConfiguration(groupID: group, protocolType: "connect")
        let dead = GroupMembership(client, configuration)
        let former = try dead.join(protocols: [("default", [1])]) { _, members in [members[0].memberID: [1]] }
        let admin = KafkaAdmin(client)
        let left = try admin.describeGroup(group).members.filter { $0.metadata == [1] }.map(\.memberID)
        #expect(left == [former.memberID])
        try admin.removeMembers(group: group, left.map { .memberID($0) }).get()
        let next = GroupMembership(client, configuration)
        let generation = try next.join(protocols: [("default", [1])]) { _, members in
            Dictionary(uniqueKeysWithValues: members.map { ($0.memberID, [2]) })
        }
        #expect(generation.isLeader)
        #expect(generation.assignment == [2])
        #expect(try dead.heartbeat() == .fenced)
        try next.leave()
        client.close()
    }
}
