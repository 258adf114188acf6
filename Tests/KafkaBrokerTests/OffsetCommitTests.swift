import KafkaProtocol
import Testing
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// The errors of OffsetCommit.
@Suite struct OffsetCommitTests {
    private static func request(_ topics: [(name: String, partition: Int32)]) -> OffsetCommitRequest {
        var request = OffsetCommitRequest()
        request.groupID = "g"
        request.topics = topics.map { name, index in
            var partition = OffsetCommitRequest.Partition()
            partition.partitionIndex = index
            partition.committedOffset = 5
            var topic = OffsetCommitRequest.Topic()
            topic.name = name
            topic.partitions = [partition]
            return topic
        }
        return request
    }

    @Test func errorsOfPartitionsAndOfTheGroupAreAnswered() throws {
        let directory = try TemporaryDirectory()
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        defer { broker.stop() }
        _ = try broker.service.topics.create(name: "t", partitionCount: 1, configuration: TopicConfiguration())
        let client = try RawClient(broker.address)
        func codes(_ request: OffsetCommitRequest) throws -> [KafkaErrorCode] {
            try client.call(request, version: 9).topics.flatMap { $0.partitions.map(\.errorCode) }
        }
        var request = Self.request([("t", 0), ("t", 1), ("none", 0)])
        #expect(try codes(request) == [.none, .unknownTopicOrPartition, .unknownTopicOrPartition])
        #expect(broker.service.groups.committedOffsets(groupID: "g")["t"]?.keys.sorted() == [0])
        // A member that the group does not have.
        request.memberID = "m"
        request.generationIDOrMemberEpoch = 1
        #expect(try codes(request) == [.unknownMemberID, .unknownTopicOrPartition, .unknownTopicOrPartition])
        // A generation of a group that does not exist.
        request.groupID = "none"
        request.topics.removeLast(2)
        #expect(try codes(request) == [.groupIDNotFound])
        #expect(try client.call(request, version: 8).topics.first?.partitions.first?.errorCode == .illegalGeneration)
        request.generationIDOrMemberEpoch = -1
        #expect(try codes(request) == [.none])
    }

    /// Their epochs exist since version 9 (KIP-848).
    @Test func membersOfNewGroupsDoNotCommitInOlderVersions() throws {
        let directory = try TemporaryDirectory()
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        defer { broker.stop() }
        _ = try broker.service.topics.create(name: "t", partitionCount: 1, configuration: TopicConfiguration())
        let client = try RawClient(broker.address)
        var join = ConsumerGroupHeartbeatRequest()
        (join.groupID, join.memberID, join.rebalanceTimeoutMilliseconds) = ("g", "m", 5000)
        (join.subscribedTopicNames, join.topicPartitions) = (["t"], [])
        var request = Self.request([("t", 0)])
        request.memberID = "m"
        request.generationIDOrMemberEpoch = try client.call(join, version: 1).memberEpoch
        for (version, code) in [(8, .unsupportedVersion), (9, .none)] as [(Int16, KafkaErrorCode)] {
            #expect(try client.call(request, version: version).topics.first?.partitions.first?.errorCode == code)
        }
    }
}
