import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// A consumer of a partition whose log is truncated by an unclean leader election (KIP-320); needs the nodes of
/// `CDCD_TEST_KAFKA_NODES`, and the folder of `peers` in `CDCD_PEERS`.
@Suite(.ownThreads, .serialized, .enabled(if: !KafkaNodes.addresses.isEmpty, "CDCD_TEST_KAFKA_NODES names no nodes"))
struct TruncationTests {
    private let name = "cdcd-truncation-\(UInt32.random(in: 0 ... .max))"
    private var partition: TopicPartition { TopicPartition(name, 0) }

    private func write(_ numbers: Range<Int>, _ client: KafkaClient) throws {
        var configuration = ProducerConfiguration()
        configuration.isIdempotent = false
        configuration.acks = .leader
        let producer = KafkaProducer(client, configuration)
        for number in numbers {
            try producer.append(KafkaRecord(topic: name, partition: 0, value: "\(number)")) { _ in }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 60_000)
        producer.close(timeoutMilliseconds: 5000)
    }

    private func read(_ consumer: KafkaConsumer, _ count: Int) throws -> [Int] {
        var found: [Int] = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 60_000)
        while found.count < count, MonotonicInstant.now < deadline {
            found += try consumer.poll(timeoutMilliseconds: 200).map(ConsumedTopic.number)
        }
        return found
    }

    private func leader(_ nodes: KafkaNodes) throws -> Int? {
        try nodes.admin.describeTopic(name).map { Int($0.partitions[0].leader) }
    }

    /// The records that only the former leader had are replaced by those of the new one, from the offset at which the
    /// logs part; with the policy `none` that is an error.
    @Test func readingContinuesWhereTheLogsPart() async throws {
        let nodes = try KafkaNodes()
        defer { nodes.client.close() }
        let (former, next) = (1, 2)
        try nodes.admin.createTopics([
            NewTopic(
                name: name, replicaAssignment: [[Int32(former), Int32(next)]],
                configuration: [("min.insync.replicas", "1"), ("unclean.leader.election.enable", "true")])
        ]).get()
        _ = try nodes.admin.topicConfiguration(name)
        let resets = PositionResets()
        var settings = KafkaClientConfiguration(bootstrapServers: KafkaNodes.addresses)
        settings.observer = resets
        let client = KafkaClient(settings)
        defer { client.close() }
        func consumer(_ reset: ConsumerConfiguration.OffsetReset) throws -> KafkaConsumer {
            var configuration = ConsumerConfiguration()
            configuration.offsetReset = reset
            configuration.fetchMaxWaitMilliseconds = 100
            let consumer = KafkaConsumer(client, configuration)
            try consumer.assign([partition])
            return consumer
        }
        let (tolerant, strict) = (try consumer(.latest), try consumer(.none))
        defer {
            tolerant.close()
            strict.close()
        }
        try tolerant.seek(partition, to: 0)
        try strict.seek(partition, to: 0)
        try write(0..<50, nodes.client)
        #expect(try read(tolerant, 50) == Array(0..<50))
        #expect(try read(strict, 50) == Array(0..<50))
        // Only the leader has the next records.
        try nodes.kill(next)
        try write(50..<80, nodes.client)
        #expect(try read(tolerant, 30) == Array(50..<80))
        #expect(try read(strict, 30) == Array(50..<80))
        try nodes.kill(former)
        try nodes.start(next)
        defer { try? nodes.start(former) }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 60_000)
        while try leader(nodes) != next, MonotonicInstant.now < deadline {
            _ = ThreadCompletion().wait(milliseconds: 100)
        }
        try write(1000..<1010, nodes.client)
        #expect(try read(tolerant, 10) == Array(1000..<1010))
        #expect(try tolerant.position(of: partition) == 60)
        let events = resets.all
        #expect(events.map(\.cause) == [.logTruncated])
        #expect(events.map(\.formerOffset) == [80] && events.map(\.offset) == [50])
        let error = #expect(throws: KafkaError.self) { _ = try read(strict, 1) }
        #expect(error == .consumer(.logTruncation(partition, offset: 80, divergingOffset: 50)))
        // The program decides.
        try strict.seek(partition, to: 50)
        #expect(try read(strict, 10) == Array(1000..<1010))
    }
}
