import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

@Suite struct InterceptionTests {
    private let directory: TemporaryDirectory
    private let broker: DevelopmentBroker

    init() throws {
        directory = try TemporaryDirectory()
        broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
    }

    private static func createTopic(_ name: String, _ client: RawClient) throws -> KafkaErrorCode? {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = 1
        topic.replicationFactor = 1
        var request = CreateTopicsRequest()
        request.topics = [topic]
        return try client.call(request, version: 7).topics.first?.errorCode
    }

    private func exists(_ topic: String) throws -> Bool {
        var wanted = MetadataRequest.Topic()
        wanted.name = topic
        var request = MetadataRequest()
        request.topics = [wanted]
        request.allowAutoTopicCreation = false
        return try RawClient(broker.address).call(request, version: 12).topics.first?.errorCode == KafkaErrorCode.none
    }

    private func intercept(_ key: APIKey, _ interception: Interception) -> RequestInterceptors.ID {
        broker.interceptors.add { request in request.apiKey == key ? interception : nil }
    }

    @Test func refusedRequestChangesNothing() throws {
        defer { broker.stop() }
        let client = try RawClient(broker.address)
        let id = intercept(.createTopics, .refuse(.policyViolation))
        #expect(try Self.createTopic("t", client) == .policyViolation)
        #expect(try !exists("t"))
        broker.interceptors.remove(id)
        #expect(try Self.createTopic("t", client) == KafkaErrorCode.none)
    }

    @Test func disconnectClosesTheConnectionBeforeTheRequestIsHandled() throws {
        defer { broker.stop() }
        _ = intercept(.createTopics, .disconnect)
        #expect(throws: (any Error).self) { try Self.createTopic("t", RawClient(broker.address)) }
        #expect(try !exists("t"))
    }

    @Test func responseIsLostAfterTheRequestWasHandled() throws {
        defer { broker.stop() }
        _ = intercept(.createTopics, .handleThenDisconnect)
        #expect(throws: (any Error).self) { try Self.createTopic("t", RawClient(broker.address)) }
        #expect(try exists("t"))
    }

    @Test func connectionStaysOpenWhenAResponseIsDropped() throws {
        defer { broker.stop() }
        let count = Mutex(0)
        broker.interceptors.add { _ in
            count.withLock { count in
                count += 1
                return count == 1 ? .handleThenDropResponse : .handle
            }
        }
        let client = try RawClient(broker.address)
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = "t"
        topic.numPartitions = 1
        topic.replicationFactor = 1
        var request = CreateTopicsRequest()
        request.topics = [topic]
        try client.send(RawClient.frame(request, version: 7))
        // The next response on this connection belongs to the next request.
        #expect(try Self.createTopic("t", client) == .topicAlreadyExists)
    }

    @Test func heldRequestIsHandledOnceItsGateIsOpen() throws {
        defer { broker.stop() }
        let gate = RequestGate()
        _ = intercept(.createTopics, .hold(gate))
        let outcome = Monitor<KafkaErrorCode??>(nil)
        startThread(named: "held-request") { [address = broker.address] in
            let code = try? Self.createTopic("t", RawClient(address))
            outcome.update { $0 = .some(code) }
        }
        #expect(gate.awaitHeld(1, milliseconds: 10_000))
        #expect(try !exists("t"))
        gate.open()
        #expect(outcome.wait(until: .now.advanced(byMilliseconds: 10_000)) { $0 } == .some(KafkaErrorCode.none))
        #expect(gate.heldCount == 0)
    }

    @Test func stoppedBrokerReleasesHeldRequests() throws {
        let gate = RequestGate()
        _ = intercept(.createTopics, .hold(gate))
        let done = Monitor(false)
        startThread(named: "held-request") { [address = broker.address] in
            _ = try? Self.createTopic("t", RawClient(address))
            done.update { $0 = true }
        }
        #expect(gate.awaitHeld(1, milliseconds: 10_000))
        broker.stop()
        #expect(done.waitUntilTrue(deadline: .now.advanced(byMilliseconds: 10_000)))
    }

    @Test func interceptorAddedLastDecides() throws {
        defer { broker.stop() }
        _ = intercept(.createTopics, .refuse(.policyViolation))
        _ = intercept(.createTopics, .refuse(.invalidTopicException))
        #expect(try Self.createTopic("t", RawClient(broker.address)) == .invalidTopicException)
    }

    /// Each refusal is a response in the request's version with the error code.
    @Test func everyServedRequestCanBeRefused() throws {
        defer { broker.stop() }
        let id = broker.interceptors.add { _ in .refuse(.unknownServerError) }
        let client = try RawClient(broker.address)
        func refused<Request: RefusableRequest>(_ request: Request) throws -> Request.Response {
            try client.call(request, version: Request.versions.upperBound)
        }
        #expect(try refused(HeartbeatRequest()).errorCode == .unknownServerError)
        #expect(try refused(JoinGroupRequest()).errorCode == .unknownServerError)
        #expect(try refused(SyncGroupRequest()).errorCode == .unknownServerError)
        #expect(try refused(LeaveGroupRequest()).errorCode == .unknownServerError)
        #expect(try refused(ListGroupsRequest()).errorCode == .unknownServerError)
        #expect(try refused(DescribeClusterRequest()).errorCode == .unknownServerError)
        #expect(try refused(InitProducerIdRequest()).errorCode == .unknownServerError)
        var coordinator = FindCoordinatorRequest()
        coordinator.coordinatorKeys = ["g"]
        #expect(try refused(coordinator).coordinators.map(\.errorCode) == [.unknownServerError])
        var groups = DescribeGroupsRequest()
        groups.groups = ["g"]
        #expect(try refused(groups).groups.map(\.errorCode) == [.unknownServerError])
        var deleted = DeleteGroupsRequest()
        deleted.groupsNames = ["g"]
        #expect(try refused(deleted).results.map(\.errorCode) == [.unknownServerError])
        var offsets = OffsetFetchRequest()
        offsets.groups = [OffsetFetchRequest.Group()]
        #expect(try refused(offsets).groups.map(\.errorCode) == [.unknownServerError])
        var produced = ProduceRequest()
        produced.acks = -1
        produced.topicData = [ProduceRequest.TopicProduceData()]
        produced.topicData[0].partitionData = [ProduceRequest.PartitionProduceData()]
        let produceResponse = try refused(produced)
        #expect(produceResponse.responses.flatMap(\.partitionResponses).map(\.errorCode) == [.unknownServerError])
        var fetched = FetchRequest()
        fetched.topics = [FetchRequest.FetchTopic()]
        fetched.topics[0].partitions = [FetchRequest.FetchPartition()]
        #expect(try refused(fetched).responses.flatMap(\.partitions).map(\.errorCode) == [.unknownServerError])
        broker.interceptors.remove(id)
    }
}
