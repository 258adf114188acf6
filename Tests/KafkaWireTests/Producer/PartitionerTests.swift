import KafkaProtocol
import Testing

@testable import KafkaWire
@testable import WireCore

/// The partitions of records that name none.
@Suite struct PartitionerTests {
    private static let now = MonotonicInstant(nanoseconds: 1_000_000_000)

    private static func core(
        _ partitions: Int32, leaders: Int32 = 1, _ change: (inout ProducerConfiguration) -> Void
    ) -> ProducerCore {
        var configuration = ProducerConfiguration()
        configuration.isIdempotent = false
        configuration.batchBytesMax = 1000
        change(&configuration)
        var core = ProducerCore(configuration, seed: 7)
        _ = core.topicIndex("t")
        let descriptions = (0..<partitions).map { index in
            TopicDescription.Partition(index: index, leader: index % leaders + 1, replicas: [1], inSyncReplicas: [1])
        }
        _ = core.update([TopicDescription(name: "t", partitions: descriptions)])
        for leader in 1...leaders { core.connected(leader) }
        return core
    }

    /// Appends a record of 100 bytes. Returns the partition that it went to.
    private static func append(_ core: inout ProducerCore, key: [UInt8]? = nil) -> Int {
        let before = counts(core)
        let value = [UInt8](repeating: 0, count: 100)
        value.withUnsafeBytes { value in
            RecordBatchBuilder.withBytes(key) { key in
                let record = ProducerCore.NewRecord(
                    topicIndex: 0, partition: nil, key: key.map { BorrowedBytes($0) }, value: BorrowedBytes(value),
                    headers: .none, timestampMilliseconds: 0, tag: 0, receipt: nil)
                guard case .appended = core.append(record, now: now) else {
                    Issue.record("the record was not accepted")
                    return
                }
            }
        }
        let after = counts(core)
        return after.indices.first { after[$0] != before[$0] } ?? -1
    }

    private static func counts(_ core: borrowing ProducerCore) -> [Int] {
        core.topics[0].partitions.map { partition in
            partition.queue.batches.reduce(partition.open?.payloadBytes ?? 0) { $0 + $1.payloadBytes }
        }
    }

    private static let keys: [[UInt8]?] =
        [nil]
        + ["", "a", "21", "foobar", "a-little-bit-longer-string"].map { Array($0.utf8) } + [[0x00, 0xFF, 0x80]]
        + ["key 1", "key 2", "key 3", "ключ", "customer-12345678"].map { Array($0.utf8) }

    /// As in the delivery reports of librdkafka 2.0.2 for a topic with seven partitions.
    @Test(arguments: [
        (.consistent, [0, 0, 4, 6, 6, 0, 1, 5, 5, 1, 1, 1]), (.murmur2, [2, 2, 5, 3, 0, 0, 1, 6, 4, 5, 4, 3]),
        (.fnv1a, [2, 2, 6, 3, 4, 4, 4, 4, 6, 1, 0, 0]), (.consistentRandom, [nil, nil, 4, 6, 6, 0, 1, 5, 5, 1, 1, 1]),
        (.murmur2Random, [nil, 2, 5, 3, 0, 0, 1, 6, 4, 5, 4, 3]),
        (.fnv1aRandom, [nil, 2, 6, 3, 4, 4, 4, 4, 6, 1, 0, 0]),
    ] as [(Partitioner, [Int?])])
    func keysGoWhereLibrdkafkaSendsThem(_ partitioner: Partitioner, _ expected: [Int?]) {
        var core = Self.core(7) { $0.partitioner = partitioner }
        for (key, partition) in zip(Self.keys, expected) {
            let found = Self.append(&core, key: key)
            #expect((0..<7).contains(found))
            if let partition { #expect(found == partition) }
        }
    }

    @Test func roundRobinPassesOverPartitionsWithoutALeader() {
        var core = Self.core(4) { $0.partitioner = .roundRobin }
        core.topics[0].partitions[2].broker = nil
        #expect((0..<6).map { _ in Self.append(&core, key: [1]) } == [1, 3, 0, 1, 3, 0])
    }

    /// KIP-480 and KIP-794: a batch that is sent early does not end the turn of its partition.
    @Test func recordsWithoutAKeyStayUntilABatchIsWritten() {
        var core = Self.core(5) { $0.lingerMilliseconds = 0 }
        var visited: [(partition: Int, count: Int)] = []
        for _ in 0..<200 {
            let partition = Self.append(&core)
            if visited.last?.partition == partition { visited[visited.count - 1].count += 1 } else {
                visited.append((partition, 1))
            }
            // Sent at once, in batches of one record.
            _ = core.nextStep(ofBroker: 1, now: Self.now.advanced(byMilliseconds: 1))
        }
        #expect(visited.count > 5)
        // A batch is full with eight records, or twice as many if the partition is chosen again.
        #expect(visited.dropLast().allSatisfy { $0.count >= 8 })
    }

    @Test func keysAreIgnoredIfConfigured() {
        for partitioner in [Partitioner.murmur2Sticky, .uniformSticky] {
            var core = Self.core(7) {
                $0.partitioner = partitioner
                $0.ignoresKeys = true
            }
            #expect(Set((0..<5).map { Self.append(&core, key: [UInt8($0)]) }).count == 1)
        }
    }

    /// KIP-794: the more batches wait for a partition, the fewer records it gets.
    @Test func slowPartitionsGetFewerRecords() {
        func share(isAdaptive: Bool) -> Int {
            var core = Self.core(2, leaders: 2) {
                $0.isPartitioningAdaptive = isAdaptive
                $0.bufferBytesMax = 1 << 20
            }
            var count = 0
            for _ in 0..<3000 {
                if Self.append(&core) == 0 { count += 1 }
                // Only the second partition's broker takes its batches.
                while case .send(let assignments) = core.nextStep(
                    ofBroker: 2, now: Self.now.advanced(byMilliseconds: 1))
                {
                    let answers = assignments.map { ProducerCore.Answer(place: $0.place, outcome: .stored) }
                    _ = core.settle(answers, ofBroker: 2, now: Self.now)
                }
            }
            return count
        }
        #expect(share(isAdaptive: true) < 900)
        #expect(share(isAdaptive: false) > 1000)
    }

    @Test func partitionsThatDoNotAcceptBatchesInTimeGetNone() {
        var core = Self.core(2, leaders: 2) { $0.partitionAvailabilityTimeoutMilliseconds = 100 }
        let first = core.topics[0].partitions[0]
        while first.queue.waitingCount == 0 { _ = Self.append(&core) }
        first.topic.stickyPartition = 1
        let late = Self.now.advanced(byMilliseconds: 1000)
        for _ in 0..<50 {
            core.batchSealed(1000, of: core.topics[0].partitions[first.topic.stickyPartition], isFull: true, now: late)
            #expect(first.topic.stickyPartition == 1)
        }
    }

    @Test func namesAreThoseOfJavaAndLibrdkafka() {
        #expect(Partitioner(name: "murmur2_random") == .murmur2Random)
        #expect(Partitioner(name: "org.apache.kafka.clients.producer.RoundRobinPartitioner") == .roundRobin)
        #expect(Partitioner(name: "com.example.Own") == nil)
        #expect(Set(Partitioner.allNames.compactMap { Partitioner(name: $0) }) == Set(Partitioner.allCases))
    }
}
