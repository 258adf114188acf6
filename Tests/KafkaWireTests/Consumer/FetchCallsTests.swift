import KafkaProtocol
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker
@testable import KafkaWire

/// What the requests of a consumer say.
@Suite struct FetchCallsTests {
    private struct Seen {
        var fetched: [FetchRequest.FetchPartition] = []
        var isolationLevels: Set<Int8> = []
    }

    /// Brokers detect by the epochs that the consumer, or they themselves, have not heard of the newest leader, and
    /// that records which were read have been truncated (KIP-320, KIP-595).
    @Test func requestsCarryEpochsAndIsolationLevel() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        try producer.sendAndWait(KafkaRecord(topic: "t", value: "x"))
        let seen = Monitor(Seen())
        cluster.intercept { request in
            seen.update { seen in
                switch request.message {
                case let fetch as FetchRequest:
                    seen.fetched += fetch.topics.flatMap(\.partitions)
                    if !fetch.topics.isEmpty { seen.isolationLevels.insert(fetch.isolationLevel) }
                case let list as ListOffsetsRequest: seen.isolationLevels.insert(list.isolationLevel)
                default: break
                }
            }
            return nil
        }
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .earliest
        configuration.isolationLevel = .readCommitted
        configuration.fetchMaxWaitMilliseconds = 50
        let consumer = KafkaConsumer(cluster.client, configuration)
        defer { consumer.close() }
        try consumer.assign([TopicPartition("t", 0)])
        while try consumer.poll(timeoutMilliseconds: 100).isEmpty {}
        // The next request names the partition again, since its position has changed.
        let position = seen.wait(until: .now.advanced(byMilliseconds: 20_000)) { seen in
            seen.fetched.first { $0.fetchOffset == 1 }
        }
        #expect(position?.lastFetchedEpoch == 0 && position?.currentLeaderEpoch == 0)
        let first = try #require(seen.withLock { $0.fetched.first })
        #expect(first.fetchOffset == 0 && first.lastFetchedEpoch == -1 && first.currentLeaderEpoch == 0)
        #expect(seen.withLock { $0.isolationLevels } == [IsolationLevel.readCommitted.rawValue])
        producer.close(timeoutMilliseconds: 5000)
    }

    /// `auto.offset.reset=by_duration:PT1H`.
    @Test func resetByDurationBeginsWithTheFirstRecordThatIsNotOlder() throws {
        let cluster = try Cluster()
        defer { cluster.end() }
        try cluster.makeTopic("t")
        let producer = KafkaProducer(cluster.client)
        let now = WallTime.now.epochMilliseconds
        for minutes in [120, 90, 30, 10] {
            let time = now - Int64(minutes) * 60_000
            try producer.sendAndWait(KafkaRecord(topic: "t", value: "\(minutes)", timestampMilliseconds: time))
        }
        producer.close(timeoutMilliseconds: 5000)
        var configuration = ConsumerConfiguration()
        configuration.offsetReset = .byDuration(milliseconds: 3_600_000)
        let consumer = KafkaConsumer(cluster.client, configuration)
        defer { consumer.close() }
        try consumer.assign([TopicPartition("t", 0)])
        var found: [String] = []
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        while found.count < 2, MonotonicInstant.now < deadline {
            found += try consumer.poll(timeoutMilliseconds: 100).compactMap(\.text)
        }
        #expect(found == ["30", "10"])
    }
}
