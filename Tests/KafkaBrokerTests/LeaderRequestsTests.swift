import KafkaProtocol
import Testing
import WireTestSupport

@testable import KafkaBroker

/// ElectLeaders and AlterPartitionReassignments. The expected answers are those of three nodes of Kafka 4.3.
@Suite struct LeaderRequestsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ body: (ThreeNodes) throws -> Void) throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.makeTopic("three", [[1, 2, 3], [2, 3, 1], [3, 1, 2]])
        try nodes.makeTopic("one", [[1], [2], [3]])
        try body(nodes)
    }

    private func elect(
        _ nodes: ThreeNodes, _ wanted: [(String, [Int32])]?, type: Int8 = 0
    ) throws -> ElectLeadersResponse {
        var request = ElectLeadersRequest()
        request.electionType = type
        request.topicPartitions = wanted?.map { name, partitions in
            var topic = ElectLeadersRequest.TopicPartitions()
            topic.topic = name
            topic.partitions = partitions
            return topic
        }
        return try nodes.client(1).call(request, version: 2)
    }

    private static func text(_ response: ElectLeadersResponse) -> [String] {
        response.replicaElectionResults.flatMap { topic in
            topic.partitionResult.map {
                "\(topic.topic)-\($0.partitionID): \($0.errorCode) \($0.errorMessage ?? "-")"
            }
        }
    }

    @Test func electionsAreAnsweredAsByKafka() throws {
        try run { nodes in
            let answer = try elect(nodes, [("three", [0, 0, 7]), ("none", [0])])
            #expect(answer.errorCode == .none)
            #expect(Self.text(answer) == [
                "three-0: ELECTION_NOT_NEEDED (84) Leader election not needed for topic partition.",
                "three-7: UNKNOWN_TOPIC_OR_PARTITION (3) No such partition as three-7",
                "none-0: UNKNOWN_TOPIC_OR_PARTITION (3) No such topic as none",
            ])
            let unknown = try elect(nodes, [("three", [0])], type: 5)
            #expect(unknown.errorCode == .invalidRequest)
            #expect(Self.text(unknown) == ["three-0: INVALID_REQUEST (42) Unknown election type 5"])
            let all = try elect(nodes, nil)
            #expect(all.replicaElectionResults.map(\.topic) == ["one", "three"])
            #expect(Self.text(all) == [])

            try nodes.cluster.moveLeader(ofTopic: "three", partition: 0, to: 3)
            try nodes.cluster.moveLeader(ofTopic: "three", partition: 1, to: 1)
            let moved = try elect(nodes, nil)
            #expect(Self.text(moved) == ["three-0: NONE (0) -", "three-1: NONE (0) -"])
            #expect(try (0..<2).map { try nodes.registration("three", $0).leader } == [1, 2])

            try nodes.stop(3)
            let stopped = try elect(nodes, [("three", [0, 2])])
            #expect(Self.text(stopped) == [
                "three-0: ELECTION_NOT_NEEDED (84) Leader election not needed for topic partition.",
                "three-2: PREFERRED_LEADER_NOT_AVAILABLE (80) The preferred leader was not available.",
            ])
            let unclean = try elect(nodes, [("three", [2])], type: 1)
            #expect(Self.text(unclean) == [
                "three-2: ELECTION_NOT_NEEDED (84) Leader election not needed for topic partition."
            ])
        }
    }

    private func alter(
        _ nodes: ThreeNodes, _ name: String, _ wanted: [(Int32, [Int32]?)], mayChangeCount: Bool = true
    ) throws -> [String] {
        var request = AlterPartitionReassignmentsRequest()
        request.allowReplicationFactorChange = mayChangeCount
        request.topics = [AlterPartitionReassignmentsRequest.ReassignableTopic()]
        request.topics[0].name = name
        request.topics[0].partitions = wanted.map { index, replicas in
            var partition = AlterPartitionReassignmentsRequest.ReassignablePartition()
            partition.partitionIndex = index
            partition.replicas = replicas
            return partition
        }
        let answer = try nodes.client(1).call(request, version: 1)
        #expect(answer.errorCode == .none && answer.errorMessage == nil)
        return answer.responses.flatMap(\.partitions).map {
            "\($0.partitionIndex): \($0.errorCode) \($0.errorMessage ?? "-")"
        }
    }

    @Test func reassignmentsAreAnsweredAsByKafka() throws {
        try run { nodes in
            let wrong = try alter(nodes, "three", [(0, []), (1, [1, 1]), (2, [9]), (7, [1])])
            #expect(wrong == [
                "0: INVALID_REPLICA_ASSIGNMENT (39) The manual partition assignment includes an empty replica list.",
                "1: INVALID_REPLICA_ASSIGNMENT (39) The manual partition assignment includes the broker 1 more than once.",
                "2: INVALID_REPLICA_ASSIGNMENT (39) The manual partition assignment includes broker 9, but no such broker is "
                    + "registered.",
                "7: UNKNOWN_TOPIC_OR_PARTITION (3) Unable to find partition three:7.",
            ])
            #expect(try alter(nodes, "three", [(0, nil)]) == ["0: NO_REASSIGNMENT_IN_PROGRESS (85) -"])
            let absent = try alter(nodes, "none", [(0, [1])])
            #expect(absent == ["0: UNKNOWN_TOPIC_OR_PARTITION (3) Unable to find a topic named none."])
            let fewer = try alter(nodes, "three", [(0, [1])], mayChangeCount: false)
            #expect(fewer == ["0: INVALID_REPLICATION_FACTOR (38) The replication factor is changed from 3 to 1"])

            // Another order: the leader stays until it is elected.
            #expect(try alter(nodes, "three", [(0, [2, 1, 3])]) == ["0: NONE (0) -"])
            let ordered = try nodes.registration("three")
            #expect(ordered == PartitionRegistration(replicas: [2, 1, 3], leader: 1))
            _ = try elect(nodes, [("three", [0])])
            let elected = try nodes.registration("three")
            #expect(elected == PartitionRegistration(replicas: [2, 1, 3], leader: 2, leaderEpoch: 1))

            // Without the leader.
            #expect(try alter(nodes, "one", [(0, [2])]) == ["0: NONE (0) -"])
            #expect(try alter(nodes, "three", [(1, [3, 1])]) == ["1: NONE (0) -"])
            let found = try [nodes.registration("one"), nodes.registration("three", 1)]
            #expect(found[0] == PartitionRegistration(replicas: [2], leader: 2, leaderEpoch: 1))
            #expect(found[1] == PartitionRegistration(replicas: [3, 1], leader: 3, leaderEpoch: 1))
            #expect(try nodes.client(1).call(ListPartitionReassignmentsRequest(), version: 0).topics.isEmpty)

            try nodes.stop(3)
            let none = try alter(nodes, "one", [(0, [3])])
            #expect(none == ["0: INVALID_REPLICA_ASSIGNMENT (39) None of the replicas runs."])
        }
    }

    private func create(
        _ nodes: ThreeNodes, _ name: String, _ replicas: [[Int32]], factor: Int16 = -1
    ) throws -> String {
        var request = CreateTopicsRequest()
        request.topics = [CreateTopicsRequest.CreatableTopic()]
        request.topics[0].name = name
        request.topics[0].numPartitions = replicas.isEmpty ? 3 : -1
        request.topics[0].replicationFactor = factor
        request.topics[0].assignments = replicas.enumerated().map { index, nodes in
            var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
            assignment.partitionIndex = Int32(index)
            assignment.brokerIDs = nodes
            return assignment
        }
        let answer = try #require(try nodes.client(2).call(request, version: 7).topics.first)
        return "\(answer.errorCode) \(answer.errorMessage ?? "\(answer.numPartitions) × \(answer.replicationFactor)")"
    }

    @Test func replicasOfNewTopicsAreCheckedAsByKafka() throws {
        try run { nodes in
            let made = try [
                create(nodes, "a", [[3, 1], [1, 2]]), create(nodes, "b", [], factor: 2), create(nodes, "c", []),
                create(nodes, "d", [[1, 1]]), create(nodes, "d", [[1], [1, 2]]), create(nodes, "d", [], factor: 4),
            ]
            #expect(made == [
                "NONE (0) 2 × 2", "NONE (0) 3 × 2", "NONE (0) 3 × 3",
                "INVALID_REPLICA_ASSIGNMENT (39) The manual partition assignment includes the broker 1 more than once.",
                "INVALID_REPLICA_ASSIGNMENT (39) The manual partition assignment includes a partition with 2 replica(s), but "
                    + "this is not consistent with previous partitions, which have 1 replica(s).",
                "INVALID_REPLICATION_FACTOR (38) Unable to replicate the partition 4 time(s): The target replication factor "
                    + "of 4 cannot be reached because only 3 broker(s) are registered or some brokers have all their log "
                    + "directories cordoned.",
            ])
            #expect(try nodes.registration("a").replicas == [3, 1])
            let leaders = try (0..<3).map { try nodes.registration("b", $0).leader }
            #expect(Set(leaders) == [1, 2, 3])
        }
    }
}
