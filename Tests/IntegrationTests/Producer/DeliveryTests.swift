import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// Records that a real cluster stores or refuses; `CDCD_TEST_KAFKA=host:port` names a broker, of Kafka 2.8 or later.
@Suite(.ownThreads, .enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"))
struct DeliveryTests {
    // MARK: Acknowledgements

    @Test(arguments: [ProducerConfiguration.Acknowledgements.all, .leader, .none])
    func recordsAreStoredOnceAndInOrder(_ acks: ProducerConfiguration.Acknowledgements) async throws {
        let topic = try ProducedTopic(partitions: 3)
        defer { topic.end() }
        let producer = topic.producer {
            $0.isIdempotent = false
            $0.acks = acks
            $0.inFlightPerBrokerMax = 1
        }
        let numbers = 0..<3000
        let outcomes = try topic.write(numbers, with: producer, bytes: 100)
        #expect(outcomes.count == numbers.count && outcomes.values.allSatisfy { $0.isSuccess })
        // A broker does not answer without acknowledgements: the last batches may not have reached it.
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        var found = try topic.numbers()
        while acks == .none, found.values.joined().count < numbers.count, MonotonicInstant.now < deadline {
            found = try topic.numbers()
        }
        for partition in 0..<topic.partitionCount {
            #expect(found[partition] == topic.share(of: numbers, partition))
            for (offset, number) in topic.share(of: numbers, partition).enumerated() {
                #expect(outcomes[number]?.offset == (acks == .none ? nil : Int64(offset)))
            }
        }
    }

    @Test func idempotentProducerNumbersItsRecords() async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        let producer = topic.producer()
        for range in [0..<500, 500..<700] { _ = try topic.write(range, with: producer, bytes: 100) }
        let producers = try topic.admin.describeProducers([TopicPartition(topic.name, 0)])[0].get()
        #expect(producers.map(\.lastSequence) == [699] && producers.map(\.producerEpoch) == [0])
        #expect(try topic.inOrder() == Array(0..<700))
        let plain = topic.producer { $0.isIdempotent = false }
        _ = try topic.write(700..<710, with: plain)
        let later = try topic.admin.describeProducers([TopicPartition(topic.name, 0)])[0].get()
        #expect(later == producers)
    }

    // MARK: Codecs

    struct Compression: CustomTestStringConvertible {
        let codec: CompressionCodec
        let level: Int32?

        static let all = CompressionCodec.allCases.filter { $0 != .none }.flatMap { codec in
            let levels = codec.levels.map { [$0.lowerBound, ($0.upperBound + 1) / 2, $0.upperBound] } ?? []
            return ([nil] + levels).map { Compression(codec: codec, level: $0) }
        }

        var testDescription: String { "\(codec) \(level.map(String.init) ?? "")" }
    }

    /// The broker reads each compressed batch before it stores it.
    @Test(arguments: Compression.all) func batchesAreStoredCompressed(_ compression: Compression) async throws {
        let topic = try ProducedTopic()
        defer { topic.end() }
        let producer = topic.producer {
            $0.compression = compression.codec
            $0.lingerMilliseconds = 50
            switch compression.codec {
            case .gzip: $0.compressionLevels.gzip = compression.level
            case .lz4: $0.compressionLevels.lz4 = compression.level
            case .zstd: $0.compressionLevels.zstd = compression.level
            case .none, .snappy: break
            }
        }
        let outcomes = try topic.write(0..<2000, with: producer, bytes: 200)
        #expect(outcomes.count == 2000 && outcomes.values.allSatisfy { $0.isSuccess })
        #expect(try topic.inOrder() == Array(0..<2000))
        let partition = TopicPartition(topic.name, 0)
        let directories = try topic.admin.describeLogDirectories(
            of: topic.admin.brokers().map(\.id), partitions: [partition])
        let bytes = try directories.flatMap { try $0.get() }.flatMap(\.replicas).reduce(0) { $0 + $1.sizeBytes }
        // The fastest level of Zstandard looks at few places only.
        #expect(bytes > 0 && bytes < (compression.level == -131_072 ? 420_000 : 150_000))
    }

    // MARK: Refusals

    /// The error that the cluster gives for one record of a batch (KIP-467), and what it does to the others.
    private func refuse(
        _ bad: KafkaRecord, in topic: ProducedTopic, with producer: KafkaProducer, as code: KafkaErrorCode,
        text: String
    ) throws {
        let outcomes = Outcomes()
        for number in 0..<10 {
            let record = number == 4 ? bad : topic.record(number, key: "k\(number)")
            try producer.append(record, completion: outcomes.entry(number))
        }
        try producer.awaitDelivery(timeoutMilliseconds: 20_000)
        let errors = outcomes.all.mapValues(\.error)
        #expect(errors.count == 10)
        for (number, error) in errors {
            #expect(error?.errorCode == code, "record \(number): \(String(describing: error))")
            let others = "its batch has records that the broker refused"
            #expect(error?.description.contains(number == 4 ? text : others) == true, "\(String(describing: error))")
        }
        // The numbers of the refused records are missing; later records are stored in spite of it.
        for number in 10..<20 {
            try producer.append(topic.record(number, key: "k\(number)"), completion: outcomes.entry(number))
        }
        try producer.awaitDelivery(timeoutMilliseconds: 20_000)
        #expect(try topic.inOrder() == Array(10..<20))
    }

    @Test(arguments: [true, false])
    func recordWithAnInvalidTimestampIsDistinguished(_ isIdempotent: Bool) async throws {
        let isOld = try ProducedTopic.isOfOldCluster()
        let limit = isOld ? "message.timestamp.difference.max.ms" : "message.timestamp.before.max.ms"
        let topic = try ProducedTopic(configuration: [(limit, "60000")])
        defer { topic.end() }
        let producer = topic.producer {
            $0.isIdempotent = isIdempotent
            $0.lingerMilliseconds = 1000
        }
        let old = topic.record(4, timestampMilliseconds: WallTime.now.epochMilliseconds - 3_600_000)
        try refuse(old, in: topic, with: producer, as: .invalidTimestamp, text: "imestamp")
    }

    @Test(arguments: [true, false])
    func recordWithoutAKeyIsDistinguishedInACompactedTopic(_ isIdempotent: Bool) async throws {
        let topic = try ProducedTopic(configuration: [("cleanup.policy", "compact")])
        defer { topic.end() }
        let producer = topic.producer {
            $0.isIdempotent = isIdempotent
            $0.lingerMilliseconds = 1000
        }
        try refuse(
            topic.record(4), in: topic, with: producer, as: .invalidRecord,
            text: "Compacted topic cannot accept message without key")
    }

    @Test(arguments: [CompressionCodec.none, .lz4])
    func partsOfATooLargeBatchHaveTheirOffsets(_ codec: CompressionCodec) async throws {
        let topic = try ProducedTopic(configuration: [("max.message.bytes", "4000")])
        defer { topic.end() }
        let producer = topic.producer {
            $0.compression = codec
            $0.lingerMilliseconds = 200
        }
        let outcomes = Outcomes()
        var generator = SeededGenerator(seed: 7)
        for number in 0..<400 {
            // Text that hardly compresses.
            let noise = (0..<20).map { _ in String(UInt64.random(in: 0 ... .max, using: &generator), radix: 36) }
            var record = topic.record(number)
            record.value?.append(contentsOf: Array(" \(noise.joined())".utf8))
            try producer.append(record, completion: outcomes.entry(number))
        }
        try producer.awaitDelivery(timeoutMilliseconds: 30_000)
        #expect(try topic.inOrder() == Array(0..<400))
        for (number, outcome) in outcomes.all { #expect(outcome.offset == Int64(number), "record \(number)") }
    }

    // MARK: Quotas and timeouts

    private final class Throttles: KafkaClientObserver {
        let milliseconds = Mutex(0)

        func throttled(by broker: SocketAddress, milliseconds: Int) {
            self.milliseconds.withLock { $0 = max($0, milliseconds) }
        }
    }

    /// KIP-219: the broker answers at once, and the client waits. Records that wait for longer than they may are
    /// failed, and none is stored after that.
    @Test func clientWaitsAsLongAsItsQuotaDemands() async throws {
        let throttles = Throttles()
        let topic = try ProducedTopic(observer: throttles)
        defer { topic.end() }
        let entity = ["client-id": Optional(topic.name)]
        func limit(_ bytes: Double?) throws {
            try topic.admin.alterClientQuotas([ClientQuotaAlteration(entity, ["producer_byte_rate": bytes])])[0].get()
        }
        try limit(10_000)
        defer { try? limit(nil) }
        // One batch in each round: the broker would answer a second one after the pause only.
        let producer = topic.producer {
            $0.deliveryTimeoutMilliseconds = 1500
            $0.lingerMilliseconds = 1000
        }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        var written = 0
        // Until the broker demands a pause of more than the delivery timeout.
        while throttles.milliseconds.withLock({ $0 }) < 3000, MonotonicInstant.now < deadline {
            let outcomes = try topic.write(written..<written + 10, with: producer, bytes: 10_000)
            #expect(outcomes.values.allSatisfy { $0.isSuccess })
            written += 10
        }
        #expect(throttles.milliseconds.withLock { $0 } >= 3000)
        let started = MonotonicInstant.now
        let late = try topic.write(written..<written + 10, with: producer)
        let passed = MonotonicInstant.now.milliseconds(since: started)
        #expect(passed >= 1400 && passed < 2900, "\(passed) ms")
        for outcome in late.values {
            guard case .timedOut = outcome.error else {
                Issue.record("\(outcome)")
                return
            }
        }
        #expect(try topic.inOrder() == Array(0..<written))
    }
}
