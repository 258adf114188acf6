import KafkaProtocol
import KafkaTestSupport
import Testing
import WireTestSupport

@testable import KafkaBroker

/// The answers to DescribeQuorum.
@Suite struct QuorumTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static func request(_ topics: [(String, [Int32])] = [("__cluster_metadata", [0])]) -> DescribeQuorumRequest {
        var request = DescribeQuorumRequest()
        request.topics = topics.map { name, indexes in
            var topic = DescribeQuorumRequest.TopicData()
            topic.topicName = name
            topic.partitions = indexes.map { index in
                var partition = DescribeQuorumRequest.PartitionData()
                partition.partitionIndex = index
                return partition
            }
            return topic
        }
        return request
    }

    private func partition(
        _ nodes: ThreeNodes, from id: Int32
    ) throws -> DescribeQuorumResponse.PartitionData {
        let response = try nodes.client(id).call(Self.request(), version: 2)
        #expect(response.errorCode == .none && response.errorMessage == "")
        #expect(response.topics.map(\.topicName) == ["__cluster_metadata"])
        #expect(response.nodes.map(\.nodeID) == [1, 2, 3])
        return try #require(response.topics[0].partitions.first)
    }

    private func ends(_ partition: DescribeQuorumResponse.PartitionData) -> [Int64] {
        partition.currentVoters.map(\.logEndOffset)
    }

    @Test func nodesAreVoters() throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        let before = try partition(nodes, from: 3)
        #expect((before.leaderID, before.leaderEpoch, before.errorCode) == (1, 1, .none))
        #expect(before.currentVoters.map(\.replicaID) == [1, 2, 3] && before.observers.isEmpty)
        try nodes.makeTopic("t", [[1, 2, 3]])
        let after = try partition(nodes, from: 2)
        #expect(after.highWatermark > before.highWatermark)
        #expect(ends(after) == [Int64](repeating: after.highWatermark, count: 3))
        #expect(after.currentVoters.allSatisfy { $0.lastCaughtUpTimestamp > 0 })
        #expect(after.currentVoters.allSatisfy { $0.lastFetchTimestamp == $0.lastCaughtUpTimestamp })
    }

    /// As three nodes of Kafka 4.3 answer.
    @Test func stoppedFollowerFallsBehind() throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.stop(3)
        let stopped = try partition(nodes, from: 1)
        try nodes.makeTopic("t", [[1, 2, 3]])
        let behind = try partition(nodes, from: 1)
        #expect((behind.leaderID, behind.leaderEpoch) == (1, 1))
        #expect(ends(behind) == [behind.highWatermark, behind.highWatermark, stopped.highWatermark])
        #expect(behind.currentVoters[2].lastFetchTimestamp == stopped.currentVoters[2].lastFetchTimestamp)
        try nodes.cluster.start(node: 3)
        let caughtUp = try partition(nodes, from: 3)
        #expect(ends(caughtUp) == [Int64](repeating: behind.highWatermark, count: 3))
    }

    @Test func stoppedLeaderIsReplaced() throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.stop(1)
        let replaced = try partition(nodes, from: 2)
        #expect((replaced.leaderID, replaced.leaderEpoch) == (2, 2))
        #expect(ends(replaced)[0] == -1 && replaced.currentVoters[0].lastFetchTimestamp == -1)
        try nodes.cluster.start(node: 1)
        let joined = try partition(nodes, from: 1)
        #expect((joined.leaderID, joined.leaderEpoch) == (2, 2))
        #expect(ends(joined)[0] == joined.highWatermark)
    }

    @Test func epochGrowsWithEachProcess() throws {
        for epoch in Int32(1)...3 {
            let nodes = try ThreeNodes(directory)
            defer { nodes.broker.stop() }
            #expect(try partition(nodes, from: 1).leaderEpoch == epoch)
        }
    }

    /// As Kafka 4.3 answers.
    @Test(arguments: [
        [("__cluster_metadata", [1])], [("t", [0, 1])], [("__cluster_metadata", [0, 1])], [("__cluster_metadata", [0]), ("t", [0])],
        [],
    ] as [[(String, [Int32])]])
    func otherPartitionsAreUnknown(topics: [(String, [Int32])]) throws {
        let nodes = try ThreeNodes(directory, nodeCount: 1)
        defer { nodes.broker.stop() }
        let response = try nodes.client(1).call(Self.request(topics), version: 2)
        #expect(response.errorCode == .none && response.nodes.isEmpty)
        #expect(response.topics.map(\.topicName) == topics.map(\.0))
        let partitions = response.topics.flatMap(\.partitions)
        #expect(partitions.map(\.partitionIndex) == topics.flatMap(\.1))
        for partition in partitions {
            #expect((partition.errorCode, partition.leaderID) == (.unknownTopicOrPartition, 0))
            #expect(partition.errorMessage == "This server does not host this topic-partition.")
        }
    }
}
