import Foundation
import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Faults of a broker that serves requests.
@Suite struct FaultTests {
    private let directory: TemporaryDirectory
    private let broker: DevelopmentBroker

    init() throws {
        directory = try TemporaryDirectory()
        broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        for name in ["a", "b"] {
            _ = try broker.service.topics.create(name: name, partitionCount: 2, configuration: TopicConfiguration())
        }
    }

    private func fault(_ text: String) throws { try broker.faults.add([try Fault(text: text)]) }

    private func produce(acks: Int16 = -1, _ topics: String...) -> ProduceRequest {
        var request = ProduceRequest()
        request.acks = acks
        request.topicData = topics.map { name in
            var topic = ProduceRequest.TopicProduceData()
            topic.name = name
            topic.partitionData = [Int32(0), 1].map { index in
                var partition = ProduceRequest.PartitionProduceData()
                partition.index = index
                partition.records = TestBatches.fromKcat
                return partition
            }
            return topic
        }
        return request
    }

    private func lengths(_ topic: String) -> [Int64] {
        broker.service.topics.topic(named: topic)?.partitions.map(\.endOffset) ?? []
    }

    @Test func otherPartitionsOfARequestAreHandled() throws {
        defer { broker.stop() }
        try fault("api=Produce,topic=a,partition=1,error=NOT_LEADER_OR_FOLLOWER,count=1")
        let client = try RawClient(broker.address)
        let response = try client.call(produce("a", "b"), version: 9)
        let codes = response.responses.map { topic in
            (topic.name, topic.partitionResponses.sorted { $0.index < $1.index }.map(\.errorCode))
        }
        #expect(codes.first { $0.0 == "a" }?.1 == [.none, .notLeaderOrFollower])
        #expect(codes.first { $0.0 == "b" }?.1 == [.none, .none])
        #expect(lengths("a") == [3, 0] && lengths("b") == [3, 3])
        let again = try client.call(produce("a"), version: 9)
        #expect(again.responses[0].partitionResponses.map(\.errorCode) == [.none, .none])
    }

    @Test func refusedRequestWithoutAcknowledgementClosesTheConnection() throws {
        defer { broker.stop() }
        try fault("api=Produce,topic=a,error=NOT_LEADER_OR_FOLLOWER")
        let client = try RawClient(broker.address)
        try client.send(RawClient.frame(produce(acks: 0, "a", "b"), version: 9))
        #expect(client.isClosed())
        #expect(lengths("a") == [0, 0] && lengths("b") == [3, 3])
    }

    private func fetch(sessionID: Int32 = 0, epoch: Int32, topics: [String]) -> FetchRequest {
        var request = FetchRequest()
        request.maxWaitMilliseconds = 20_000
        request.minBytes = 1
        (request.sessionID, request.sessionEpoch) = (sessionID, epoch)
        request.topics = topics.map { name in
            var topic = FetchRequest.FetchTopic()
            topic.topic = name
            topic.partitions = [FetchRequest.FetchPartition()]
            topic.partitions[0].partitionMaxBytes = 1 << 20
            return topic
        }
        return request
    }

    /// A fetch that names no partition reads those of its session.
    @Test func partitionOfAFetchSessionIsRefused() throws {
        defer { broker.stop() }
        let client = try RawClient(broker.address)
        _ = try client.call(produce("a", "b"), version: 9)
        let first = try client.call(fetch(epoch: 0, topics: ["a", "b"]), version: 12)
        #expect(first.responses.count == 2 && first.sessionID != 0)
        try fault("api=Fetch,topic=b,error=FENCED_LEADER_EPOCH,count=1")
        let second = try client.call(fetch(sessionID: first.sessionID, epoch: 1, topics: []), version: 12)
        let codes = second.responses.flatMap { topic in topic.partitions.map { ("\(topic.topic)", $0.errorCode) } }
        #expect(codes.contains { $0 == ("b", .fencedLeaderEpoch) })
        #expect(codes.allSatisfy { $0.0 == "b" || $0.1 == .none })
        #expect(second.errorCode == .none)
    }

    @Test func errorOfASessionIsThatOfTheFetch() throws {
        defer { broker.stop() }
        try fault("api=Fetch,error=FETCH_SESSION_ID_NOT_FOUND")
        let response = try RawClient(broker.address).call(fetch(epoch: 0, topics: ["a"]), version: 12)
        #expect(response.errorCode == .fetchSessionIDNotFound && response.responses.isEmpty)
    }

    private func metadata(_ names: [String]?) -> MetadataRequest {
        var request = MetadataRequest()
        request.topics = names?.map { name in
            var topic = MetadataRequest.Topic()
            topic.name = name
            return topic
        }
        return request
    }

    @Test(arguments: [["a", "b", "new"], nil] as [[String]?]) func metadataKeepsTheBrokers(names: [String]?) throws {
        defer { broker.stop() }
        try fault("api=Metadata,topic=a,error=TOPIC_AUTHORIZATION_FAILED")
        try fault("api=Metadata,error=INVALID_TOPIC_EXCEPTION")
        let client = try RawClient(broker.address)
        let response = try client.call(metadata(names), version: 12)
        let codes = Dictionary(uniqueKeysWithValues: response.topics.map { ($0.name ?? "", $0.errorCode) })
        #expect(codes["a"] == .topicAuthorizationFailed && codes["b"] == KafkaErrorCode.none)
        #expect(response.brokers.count == 1)
        broker.faults.removeAll()
        try fault("api=Metadata,error=INVALID_TOPIC_EXCEPTION")
        let all = try client.call(metadata(["unknown"]), version: 12)
        #expect(all.topics.map(\.errorCode) == [.invalidTopicException] && all.brokers.count == 1)
        #expect(broker.service.topics.topic(named: "unknown") == nil)
    }

    @Test func missingLeaderIsAnErrorOfThePartition() throws {
        defer { broker.stop() }
        try fault("api=Metadata,topic=a,partition=1,error=LEADER_NOT_AVAILABLE")
        let topic = try #require(
            try RawClient(broker.address).call(metadata(["a"]), version: 12).topics.first)
        #expect(topic.errorCode == .none)
        #expect(topic.partitions.map(\.errorCode) == [.none, .leaderNotAvailable])
        #expect(topic.partitions.map(\.leaderID) == [1, -1])
    }

    @Test func throttledConnectionIsMuted() throws {
        defer { broker.stop() }
        try fault("api=Produce,throttle_time_ms=300,count=1")
        let client = try RawClient(broker.address)
        let start = MonotonicInstant.now
        #expect(try client.call(produce("a"), version: 9).throttleTimeMilliseconds == 300)
        let answered = MonotonicInstant.now.milliseconds(since: start)
        #expect(try client.call(produce("a"), version: 9).throttleTimeMilliseconds == 0)
        #expect(MonotonicInstant.now.milliseconds(since: start) >= 300 && answered < 300)
    }

    @Test func delayedRequestIsHandledLater() throws {
        defer { broker.stop() }
        try fault("api=Produce,delay_ms=200,count=1")
        let client = try RawClient(broker.address)
        let start = MonotonicInstant.now
        _ = try client.call(produce("a"), version: 9)
        #expect(MonotonicInstant.now.milliseconds(since: start) >= 200)
    }

    @Test func stoppedBrokerEndsDelays() throws {
        try fault("api=Produce,delay_ms=600000")
        let client = try RawClient(broker.address)
        try client.send(RawClient.frame(produce("a"), version: 9))
        while broker.faults.entries[0].appliedCount == 0 { sched_yield() }
        let start = MonotonicInstant.now
        broker.stop()
        #expect(MonotonicInstant.now.milliseconds(since: start) < 5000)
    }

    @Test func partitionsOfATransactionAreAddedTogetherOrNotAtAll() throws {
        defer { broker.stop() }
        let client = try RawClient(broker.address)
        var initialize = InitProducerIdRequest()
        initialize.transactionalID = "x"
        initialize.transactionTimeoutMilliseconds = 60_000
        let identity = try client.call(initialize, version: 4)
        try fault("api=AddPartitionsToTxn,topic=a,error=TOPIC_AUTHORIZATION_FAILED")
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalID = "x"
        request.v3AndBelowProducerID = identity.producerID
        request.v3AndBelowProducerEpoch = identity.producerEpoch
        request.v3AndBelowTopics = ["a", "b"].map { name in
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = name
            topic.partitions = [0]
            return topic
        }
        let response = try client.call(request, version: 3)
        let codes = response.resultsByTopicV3AndBelow.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
        #expect(codes == [.topicAuthorizationFailed, .operationNotAttempted])
    }
}
