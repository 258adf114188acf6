import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

/// Faults that move the leaders of the partitions that a request names.
@Suite struct LeaderFaultTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// - Parameter replicas: those of each partition of the topic `t`.
    private func run(_ replicas: [[Int32]] = [[1, 2, 3]], _ body: (ThreeNodes) throws -> Void) throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.makeTopic("t", replicas)
        try body(nodes)
    }

    private func add(_ text: String, to nodes: ThreeNodes) throws {
        try nodes.broker.faults.add([try Fault(text: text)])
    }

    private func endOffset(_ nodes: ThreeNodes) throws -> Int64 {
        try #require(nodes.broker.service.topics.topic(named: "t")).partitions[0].endOffset
    }

    @Test func leaderMovesBeforeARequestIsHandled() throws {
        try run { nodes in
            try add("api=Produce,topic=t,move_leader=before,count=1", to: nodes)
            let refused = try nodes.produce(to: 1, "t").responses[0].partitionResponses[0]
            #expect(refused.errorCode == .notLeaderOrFollower)
            #expect(refused.currentLeader.leaderID == 2 && refused.currentLeader.leaderEpoch == 1)
            #expect(try endOffset(nodes) == 0)
            #expect(try nodes.produced(to: 2, "t") == KafkaErrorCode.none)
        }
    }

    @Test func leaderMovesAfterARequestIsHandled() throws {
        try run { nodes in
            try add("api=Produce,topic=t,move_leader=after,count=1", to: nodes)
            #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
            #expect(try nodes.registration("t") == PartitionRegistration(replicas: [1, 2, 3], leader: 2, leaderEpoch: 1))
            #expect(try nodes.produced(to: 1, "t") == .notLeaderOrFollower)
        }
    }

    /// The records are written, and the producer does not know.
    @Test func leaderFailsAfterItHasWritten() throws {
        try run { nodes in
            try add("api=Produce,move_leader=after,disconnect=after,count=1", to: nodes)
            #expect(throws: (any Error).self) { try nodes.produced(to: 1, "t") }
            #expect(try endOffset(nodes) == 3)
            #expect(try nodes.registration("t").leader == 2)
        }
    }

    @Test func selectedPartitionsAreMoved() throws {
        try run([[1, 2, 3], [1, 2, 3], [3, 2, 1]]) { nodes in
            try add("api=Metadata,topic=t,partition=2,move_leader=before", to: nodes)
            _ = try nodes.metadata(from: 1, "t")
            #expect(try (0..<3).map { try nodes.registration("t", $0).leader } == [1, 1, 1])
            nodes.broker.faults.removeAll()
            try add("api=Metadata,topic=t,move_leader=after", to: nodes)
            _ = try nodes.metadata(from: 1, "t")
            #expect(try (0..<3).map { try nodes.registration("t", $0).leader } == [2, 2, 2])
        }
    }

    /// A fetch that names no partition reads those of its session.
    @Test func partitionOfAFetchSessionIsMoved() throws {
        try run { nodes in
            let topicID = try #require(nodes.broker.service.topics.topic(named: "t")).id
            var request = ThreeNodes.fetchRequest(topicID)
            request.sessionEpoch = 0
            let first = try nodes.client(1).call(request, version: 17)
            try add("api=Fetch,move_leader=after", to: nodes)
            (request.sessionID, request.sessionEpoch, request.topics) = (first.sessionID, 1, [])
            _ = try nodes.client(1).call(request, version: 17)
            #expect(try nodes.registration("t").leader == 2)
        }
    }

    @Test(arguments: [([1, 3], 3, [1, 3]), ([1], 2, [2])] as [([Int32], Int32, [Int32])])
    func anotherReplicaIsPreferred(replicas: [Int32], leader: Int32, after: [Int32]) throws {
        try run([replicas]) { nodes in
            try add("api=Produce,move_leader=after", to: nodes)
            _ = try nodes.produced(to: 1, "t")
            #expect(try nodes.registration("t") == PartitionRegistration(replicas: after, leader: leader, leaderEpoch: 1))
        }
    }

    @Test func leaderStaysWithoutAnotherRunningNode() throws {
        try run { nodes in
            for id in [Int32(2), 3] { try nodes.stop(id) }
            try add("api=Produce,move_leader=before", to: nodes)
            #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
            #expect(try nodes.registration("t").leader == 1)
        }
    }

    @Test func delayedRequestEndsWithItsNode() throws {
        try run { nodes in
            try add("api=Metadata,delay_ms=60000", to: nodes)
            let client = try nodes.client(1)
            try client.send(RawClient.frame(MetadataRequest(), version: 12))
            while nodes.broker.faults.entries[0].appliedCount == 0 {}
            let start = MonotonicInstant.now
            try nodes.stop(1)
            // A node waits that long for its requests.
            #expect(MonotonicInstant.now.milliseconds(since: start) < 5000)
            #expect(client.isClosed())
        }
    }

    @Test(arguments: [("move_leader=after", 1, "move_leader"), ("node=4,delay_ms=1", 3, "node")] as [(String, Int32, String)])
    func faultOfAnotherClusterIsRefused(text: String, nodeCount: Int32, field: String) throws {
        let nodes = try ThreeNodes(directory, nodeCount: nodeCount)
        defer { nodes.broker.stop() }
        let possible = try Fault(text: "delay_ms=1")
        let refused = try Fault(text: text)
        #expect {
            try nodes.broker.faults.add([possible, refused])
        } throws: { ($0 as? FaultFieldError)?.field == field }
        #expect(nodes.broker.faults.entries.isEmpty)
    }
}
