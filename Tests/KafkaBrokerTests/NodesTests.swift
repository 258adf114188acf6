import Foundation
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Several nodes over one data directory, and the leaders of partitions.
@Suite struct NodesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(nodeCount: Int32 = 3, _ body: (ThreeNodes) throws -> Void) throws {
        let nodes = try ThreeNodes(directory, nodeCount: nodeCount)
        defer { nodes.broker.stop() }
        try body(nodes)
    }

    @Test func everyNodeNamesAllNodesAndTheSameLeaders() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2, 3], [2, 3, 1], [3]])
            let answers = try (1...3).map { try nodes.metadata(from: $0, "t") }
            for answer in answers {
                #expect(answer.brokers.map(\.nodeID) == [1, 2, 3])
                for broker in answer.brokers {
                    let address = try nodes.address(broker.nodeID)
                    #expect((broker.host, broker.port) == (address.host, Int32(address.port)))
                }
                #expect(answer.controllerID == 1)
                let partitions = try #require(answer.topics.first).partitions
                #expect(partitions.map(\.leaderID) == [1, 2, 3])
                #expect(partitions.map(\.leaderEpoch) == [0, 0, 0])
                #expect(partitions.map(\.replicaNodes) == [[1, 2, 3], [2, 3, 1], [3]])
                #expect(partitions.map(\.isrNodes) == partitions.map(\.replicaNodes))
            }
            let created = try #require(try nodes.metadata(from: 2, "created").topics.first?.partitions.first)
            #expect(created.replicaNodes.sorted() == [1, 2, 3])
        }
    }

    @Test func portsOfANodeFollowThoseOfTheOneBefore() {
        let plain = BrokerListener(
            .plaintext, SocketAddress(host: "127.0.0.1", port: 9092),
            advertised: SocketAddress(host: "broker", port: 19092))
        let secured = BrokerListener(.ssl, SocketAddress(host: "127.0.0.1", port: 9093))
        let any = BrokerListener(.plaintext, SocketAddress(host: "127.0.0.1", port: 0), name: "ANY")
        let configuration = DevelopmentBrokerConfiguration(listeners: [plain, secured, any], dataDirectory: "")
        #expect(configuration.listeners(ofNode: 1) == [plain, secured, any])
        let third = configuration.listeners(ofNode: 3)
        #expect(third.map(\.address.port) == [9098, 9099, 0])
        #expect(third[0].advertised == SocketAddress(host: "broker", port: 19098))
    }

    @Test func onlyTheLeaderAppends() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2, 3]])
            try nodes.makeTopic("single", [[2]])
            #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
            let refused = try nodes.produce(to: 2, "t")
            let partition = try #require(refused.responses.first?.partitionResponses.first)
            #expect(partition.errorCode == .notLeaderOrFollower)
            #expect((partition.currentLeader.leaderID, partition.currentLeader.leaderEpoch) == (1, 0))
            #expect(refused.nodeEndpoints.map(\.nodeID) == [1])
            #expect(try refused.nodeEndpoints.map { UInt16($0.port) } == [nodes.address(1).port])
            #expect(try nodes.produced(to: 3, "single") == .notLeaderOrFollower)

            try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 2)
            #expect(try nodes.cluster.leader(ofTopic: "t", partition: 0) == .init(node: 2, epoch: 1))
            #expect(try nodes.produced(to: 1, "t") == .notLeaderOrFollower)
            #expect(try nodes.produced(to: 2, "t") == KafkaErrorCode.none)
            try nodes.cluster.moveLeader(ofTopic: "single", partition: 0, to: 1)
            #expect(try nodes.registration("single").replicas == [1])
            #expect(try nodes.metadata(from: 3, "t").topics.first?.partitions.first?.leaderID == 2)
        }
    }

    /// Since version 11 consumers read from any replica, as with Kafka (KIP-392).
    @Test func leaderEpochsOfFetchesAreChecked() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2]])
            _ = try nodes.produced(to: 1, "t")
            try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 2)
            _ = try nodes.produced(to: 2, "t")
            func code(_ node: Int32, _ epoch: Int32) throws -> KafkaErrorCode? {
                try nodes.fetch(from: node, "t", epoch: epoch).responses.first?.partitions.first?.errorCode
            }
            #expect(try code(2, 1) == KafkaErrorCode.none)
            #expect(try code(1, 1) == KafkaErrorCode.none)
            #expect(try code(1, -1) == KafkaErrorCode.none)
            #expect(try code(1, 0) == .fencedLeaderEpoch)
            #expect(try code(1, 2) == .unknownLeaderEpoch)
            #expect(try code(3, 1) == .notLeaderOrFollower)
            let fenced = try nodes.fetch(from: 1, "t", epoch: 0)
            #expect(fenced.nodeEndpoints.map(\.nodeID) == [2])
            #expect(fenced.responses.first?.partitions.first?.currentLeader.leaderEpoch == 1)

            var request = OffsetForLeaderEpochRequest()
            request.topics = [OffsetForLeaderEpochRequest.OffsetForLeaderTopic()]
            request.topics[0].topic = "t"
            request.topics[0].partitions = [OffsetForLeaderEpochRequest.OffsetForLeaderPartition()]
            request.topics[0].partitions[0].currentLeaderEpoch = 1
            request.topics[0].partitions[0].leaderEpoch = 0
            let end = try nodes.client(2).call(request, version: 4).topics.first?.partitions.first
            #expect((end?.leaderEpoch, end?.endOffset) == (0, 3))
            let elsewhere = try nodes.client(1).call(request, version: 4).topics.first?.partitions.first
            #expect(elsewhere?.errorCode == .notLeaderOrFollower)
        }
    }

    @Test func leadersMoveWhenTheirNodeIsStopped() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2, 3], [2, 3, 1], [1]])
            let address = try nodes.address(1)
            let open = try RawClient(address)
            _ = try open.call(ApiVersionsRequest(), version: 0)
            try nodes.stop(1)
            try nodes.stop(1)
            #expect(open.isClosed())
            #expect(throws: StreamError.self) { try RawClient(address) }
            let answer = try nodes.metadata(from: 3, "t")
            #expect(answer.brokers.map(\.nodeID) == [2, 3])
            #expect(answer.controllerID == 2)
            let partitions = try #require(answer.topics.first).partitions
            #expect(partitions.map(\.leaderID) == [2, 2, 2])
            #expect(partitions.map(\.leaderEpoch) == [1, 0, 1])
            #expect(partitions.map(\.isrNodes) == [[2, 3], [2, 3], [2]])
            #expect(partitions.map(\.offlineReplicas) == [[1], [1], []])
            #expect(try nodes.produced(to: 2, "t") == KafkaErrorCode.none)
            #expect(throws: BrokerClusterError.self) {
                try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 1)
            }
            var request = DescribeClusterRequest()
            request.includeFencedBrokers = true
            #expect(try nodes.client(2).call(request, version: 2).brokers.map(\.isFenced) == [true, false, false])

            try nodes.cluster.start(node: 1)
            #expect(try nodes.address(1) == address)
            #expect(try nodes.produced(to: 1, "t") == .notLeaderOrFollower)
            try nodes.cluster.electPreferredLeaders()
            #expect(try (0..<3).map { try nodes.registration("t", $0).leader } == [1, 2, 2])
            #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
        }
    }

    @Test func partitionsHaveNoLeaderWhileNoNodeRuns() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2, 3]])
            for id in 1...3 { try nodes.stop(Int32(id)) }
            #expect(try nodes.cluster.leader(ofTopic: "t", partition: 0) == .init(node: -1, epoch: 3))
            try nodes.cluster.start(node: 2)
            #expect(try nodes.cluster.leader(ofTopic: "t", partition: 0) == .init(node: 2, epoch: 4))
            #expect(try nodes.produced(to: 2, "t") == KafkaErrorCode.none)
        }
    }

    @Test func waitingFetchIsAnsweredWhenTheLeaderMoves() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2]])
            let topicID = try #require(nodes.broker.service.topics.topic(named: "t")).id
            let log = try #require(nodes.broker.service.topics.topic(named: "t")).partitions[0]
            let address = try nodes.address(1)
            let code = Mutex<KafkaErrorCode?>(nil)
            let done = ThreadCompletion()
            startThread(named: "fetch", completion: done) {
                let request = ThreeNodes.fetchRequest(topicID, epoch: 0, maxWait: 20_000)
                let response = try? RawClient(address).call(request, version: 17)
                code.withLock { $0 = response?.responses.first?.partitions.first?.errorCode }
            }
            while log.state.withLock({ $0.listeners.isEmpty }) { _ = ThreadCompletion().wait(milliseconds: 1) }
            try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 2)
            #expect(done.wait(milliseconds: 5000))
            #expect(code.withLock { $0 } == .fencedLeaderEpoch)
        }
    }

    /// A fetch from a node that is not the leader waits for records, too.
    @Test func waitingFetchDoesNotDelayTheStopOfItsNode() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2]])
            let topic = try #require(nodes.broker.service.topics.topic(named: "t"))
            let client = try RawClient(nodes.address(2))
            try client.send(
                RawClient.frame(ThreeNodes.fetchRequest(topic.id, epoch: 0, maxWait: 20_000), version: 17))
            let log = topic.partitions[0]
            while log.state.withLock({ $0.listeners.isEmpty }) { _ = ThreadCompletion().wait(milliseconds: 1) }
            let start = MonotonicInstant.now
            try nodes.stop(2)
            #expect(MonotonicInstant.now.milliseconds(since: start) < 4000)
            #expect(client.isClosed())
        }
    }

    @Test func leadersSurviveARestart() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2, 3], [2, 3, 1]])
            try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 3)
        }
        try run { nodes in
            let found = try [nodes.registration("t"), nodes.registration("t", 1)]
            #expect(found[0] == PartitionRegistration(replicas: [1, 2, 3], leader: 3, leaderEpoch: 3))
            #expect(found[1] == PartitionRegistration(replicas: [2, 3, 1], leader: 2, leaderEpoch: 2))
        }
        try run(nodeCount: 1) { nodes in
            let found = try [nodes.registration("t"), nodes.registration("t", 1)]
            #expect(found[0] == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 6))
            #expect(found[1] == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 5))
            #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
        }
    }

    @Test func topicOfASingleNodeBelongsToTheFirstOfSeveral() throws {
        try run(nodeCount: 1) { nodes in
            let created = try nodes.metadata(from: 1, "t").topics.first
            #expect(created?.errorCode == KafkaErrorCode.none)
        }
        let journal = directory.path + "/data/" + PartitionJournalEntry.fileName
        #expect(try FileManager.default.attributesOfItem(atPath: journal)[.size] as? Int == 0)
        try run { nodes in
            let found = try nodes.registration("t")
            #expect(found == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 2))
            #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
            #expect(try nodes.produced(to: 2, "t") == .notLeaderOrFollower)
        }
    }

    /// Records must not get the epoch of an earlier leader.
    @Test func epochIsNotUsedAgainAfterTheLossOfTheJournal() throws {
        try run { nodes in
            try nodes.makeTopic("t", [[1, 2, 3]])
            try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 2)
            try nodes.cluster.moveLeader(ofTopic: "t", partition: 0, to: 3)
            _ = try nodes.produced(to: 3, "t")
        }
        try FileManager.default.removeItem(atPath: directory.path + "/data/" + PartitionJournalEntry.fileName)
        try run { nodes in
            let found = try nodes.registration("t")
            #expect(found == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 4))
        }
    }

    /// Kafka's single node does so too, after a controlled stop and after a kill: the epochs of a client of the process
    /// before are refused.
    @Test(arguments: [1, 3] as [Int32]) func leaderEpochsGrowWithARestart(nodeCount: Int32) throws {
        for restart in 0..<3 as Range<Int32> {
            try run(nodeCount: nodeCount) { nodes in
                if restart == 0 { try nodes.makeTopic("t", [[1]]) }
                let found = try nodes.registration("t")
                #expect(found == PartitionRegistration(replicas: [1], leader: 1, leaderEpoch: 2 * restart))
                #expect(try nodes.produced(to: 1, "t") == KafkaErrorCode.none)
                let answer = try nodes.fetch(from: 1, "t", epoch: max(-1, 2 * restart - 2))
                let code: KafkaErrorCode = restart == 0 ? .none : .fencedLeaderEpoch
                #expect(answer.responses.first?.partitions.first?.errorCode == code)
            }
        }
    }
}
