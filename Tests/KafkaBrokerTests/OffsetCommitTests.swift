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

    private static func codes(
        _ request: OffsetCommitRequest, version: Int16 = 9, _ client: RawClient
    ) throws -> [KafkaErrorCode] {
        try client.call(request, version: version).topics.flatMap { $0.partitions.map(\.errorCode) }
    }

    @Test func errorsOfPartitionsAndOfTheGroupAreAnswered() throws {
        try DevelopmentBroker.withTopic { (broker, client) throws in
            var request = Self.request([("t", 0), ("t", 1), ("none", 0)])
            #expect(try Self.codes(request, client) == [.none, .unknownTopicOrPartition, .unknownTopicOrPartition])
            #expect(broker.service.groups.committedOffsets(groupID: "g")["t"]?.keys.sorted() == [0])
            // A member that the group does not have.
            request.memberID = "m"
            request.generationIDOrMemberEpoch = 1
            #expect(
                try Self.codes(request, client)
                    == [.unknownMemberID, .unknownTopicOrPartition, .unknownTopicOrPartition])
            // A generation of a group that does not exist.
            request.groupID = "none"
            request.topics.removeLast(2)
            #expect(try Self.codes(request, client) == [.groupIDNotFound])
            #expect(try Self.codes(request, version: 8, client) == [.illegalGeneration])
            request.generationIDOrMemberEpoch = -1
            #expect(try Self.codes(request, client) == [.none])
        }
    }

    /// Their epochs exist since version 9 (KIP-848).
    @Test func membersOfNewGroupsDoNotCommitInOlderVersions() throws {
        try DevelopmentBroker.withTopic { _, client in
            var join = ConsumerGroupHeartbeatRequest()
            (join.groupID, join.memberID, join.rebalanceTimeoutMilliseconds) = ("g", "m", 5000)
            (join.subscribedTopicNames, join.topicPartitions) = (["t"], [])
            var request = Self.request([("t", 0)])
            request.memberID = "m"
            request.generationIDOrMemberEpoch = try client.call(join, version: 1).memberEpoch
            for (version, code) in [(8, .unsupportedVersion), (9, .none)] as [(Int16, KafkaErrorCode)] {
                #expect(try Self.codes(request, version: version, client) == [code])
            }
        }
    }
}
