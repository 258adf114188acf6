import KafkaProtocol
import KafkaTestSupport
import Testing
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Quotas limit clients, with the throttle times of Kafka.
@Suite struct QuotaTests {
    // MARK: Rates

    @Test func burstOfTenSecondsIsAllowed() {
        var rate = QuotaRate()
        rate.record(1000, now: 5000)
        #expect(rate.throttleMilliseconds(quota: 100, now: 5000) == 0)
        rate.record(500, now: 5000)
        #expect(rate.throttleMilliseconds(quota: 100, now: 5000) == 5000)
        // A second later ten seconds have still not passed.
        #expect(rate.throttleMilliseconds(quota: 100, now: 6000) == 5000)
        #expect(rate.throttleMilliseconds(quota: 100, now: 15_500) == 4500)
        #expect(rate.throttleMilliseconds(quota: 100, now: 16_000) == 0)
        #expect(rate.isIdle(now: 16_000))
    }

    @Test func steadyUseIsMeasuredOverTheLastSeconds() {
        var rate = QuotaRate()
        for second in 0..<30 as Range<Int64> { rate.record(100, now: second * 1000) }
        #expect(rate.throttleMilliseconds(quota: 110, now: 29_000) == 0)
        #expect(rate.throttleMilliseconds(quota: 100, now: 29_000) == 1000)
    }

    @Test func changesAreRefilledUpToTheBurst() {
        var tokens = QuotaTokens()
        #expect(tokens.throttleMilliseconds(quota: 2, now: 0) == 0)
        tokens.take(22, quota: 2, now: 0)
        #expect(tokens.throttleMilliseconds(quota: 2, now: 0) == 0)
        tokens.take(3, quota: 2, now: 0)
        #expect(tokens.throttleMilliseconds(quota: 2, now: 0) == 1500)
        #expect(tokens.throttleMilliseconds(quota: 2, now: 1500) == 0)
    }

    // MARK: Entities

    private static func quotas(_ entries: [([String: String?], Double)]) throws -> ClientQuotas {
        var quotas = ClientQuotas()
        for (names, value) in entries { try quotas.apply([("producer_byte_rate", value)], to: .init(names: names)) }
        return quotas
    }

    @Test func mostSpecificEntityDecides() throws {
        let all: [([String: String?], Double)] = [
            (["user": "u", "client-id": "c"], 1), (["user": "u", "client-id": nil], 2), (["user": "u"], 3),
            (["user": nil, "client-id": "c"], 4), (["user": nil, "client-id": nil], 5), (["user": nil], 6),
            (["client-id": "c"], 7), (["client-id": nil], 8),
        ]
        for first in all.indices {
            let limit = try Self.quotas(Array(all[first...])).limit("producer_byte_rate", user: "u", clientID: "c")
            #expect(limit?.value == Double(first + 1))
            #expect(limit?.isOfUser == (first < 6))
            #expect(limit?.isOfClientID == ![2, 5].contains(first))
        }
        let others = try Self.quotas([(["user": "x"], 1), (["client-id": "y"], 2)])
        #expect(others.limit("producer_byte_rate", user: "u", clientID: "c") == nil)
        #expect(others.limit("consumer_byte_rate", user: "x", clientID: "c") == nil)
    }

    // MARK: Requests

    private func set(_ key: String, _ value: Double, _ names: [String: String?], _ broker: DevelopmentBroker) throws {
        try broker.service.quotas.apply([(key, value)], to: .init(names: names), validateOnly: false)
    }

    private func produce(_ client: RawClient) throws -> ProduceResponse {
        var request = ProduceRequest()
        request.acks = -1
        request.topicData = [ProduceRequest.TopicProduceData()]
        request.topicData[0].name = "t"
        request.topicData[0].partitionData = [ProduceRequest.PartitionProduceData()]
        let value = String(repeating: "v", count: 5000)
        request.topicData[0].partitionData[0].records = try TestBatches.make([("k", value)])
        return try client.call(request, version: 9)
    }

    /// The connection is muted for the throttle time, so each test throttles once.
    @Test func producersAndConsumersAreThrottled() throws {
        try DevelopmentBroker.withTopic { broker, client in
            try set("producer_byte_rate", 520, ["client-id": "test"], broker)
            #expect(try produce(client).throttleTimeMilliseconds == 0)
            let throttled = try produce(RawClient(broker.address)).throttleTimeMilliseconds
            // 10,000 bytes and some more in ten seconds.
            #expect((9200..<10_500).contains(throttled))
        }
        try DevelopmentBroker.withTopic { broker, client in
            for _ in 0..<3 { _ = try produce(client) }
            let topicID = try #require(broker.service.topics.topic(named: "t")).id
            try set("consumer_byte_rate", 600, ["user": "ANONYMOUS"], broker)
            let first = try client.call(ThreeNodes.fetchRequest(topicID), version: 17)
            #expect(first.throttleTimeMilliseconds == 0)
            // What a client may get in ten seconds.
            #expect(first.responses.first?.partitions.first?.records?.count == 6000)
            let second = try client.call(ThreeNodes.fetchRequest(topicID), version: 17)
            #expect((9500...10_000).contains(second.throttleTimeMilliseconds))
        }
    }

    @Test func changesOfTopicsAreThrottled() throws {
        try DevelopmentBroker.withTopic { broker, client in
            try set("controller_mutation_rate", 1, ["user": nil], broker)
            func create(_ name: String, _ count: Int32, _ version: Int16) throws -> CreateTopicsResponse {
                var request = CreateTopicsRequest()
                request.topics = [CreateTopicsRequest.CreatableTopic()]
                request.topics[0].name = name
                (request.topics[0].numPartitions, request.topics[0].replicationFactor) = (count, 1)
                return try RawClient(broker.address).call(request, version: version)
            }
            #expect(try create("a", 11, 7).topics.first?.errorCode == KafkaErrorCode.none)
            let allowed = try create("b", 5, 7)
            #expect(allowed.topics.first?.errorCode == KafkaErrorCode.none && allowed.throttleTimeMilliseconds == 0)
            let throttled = try create("c", 1, 7)
            #expect(throttled.topics.first?.errorCode == .throttlingQuotaExceeded)
            #expect((1...5000).contains(throttled.throttleTimeMilliseconds))
            // Clients of earlier versions are throttled only.
            let old = try create("d", 1, 5)
            #expect(old.topics.first?.errorCode == KafkaErrorCode.none && old.throttleTimeMilliseconds > 0)
            var delete = DeleteTopicsRequest()
            delete.topics = [DeleteTopicsRequest.DeleteTopicState()]
            delete.topics[0].name = "a"
            let refused = try RawClient(broker.address).call(delete, version: 6)
            #expect(refused.responses.first?.errorCode == .throttlingQuotaExceeded)
        }
    }

    @Test func connectionsOfAnAddressAreThrottled() throws {
        try DevelopmentBroker.withTopic { broker, _ in
            try set("connection_creation_rate", 1, ["ip": "127.0.0.9"], broker)
            let throttled = (0..<12).map { _ in
                broker.service.quotaEnforcement.throttleMilliseconds(connectionFrom: "127.0.0.9")
            }
            #expect(throttled[..<10].allSatisfy { $0 == 0 } && (900...1100).contains(throttled[10]))
            #expect(broker.service.quotaEnforcement.throttleMilliseconds(connectionFrom: "127.0.0.8") == 0)
        }
    }
}
