import Foundation
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// The coordinators of groups and transactions among several nodes.
@Suite struct CoordinatorTests {
    private let directory: TemporaryDirectory
    /// Coordinated by node 2, and by node 3 while that one is stopped.
    private static let key = "a"

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ body: (ThreeNodes) throws -> Void) throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.makeTopic("t", [[1, 2, 3]])
        try body(nodes)
    }

    private func coordinator(_ nodes: ThreeNodes, keyType: Int8, from id: Int32) throws -> Int32? {
        var request = FindCoordinatorRequest()
        request.keyType = keyType
        request.coordinatorKeys = [Self.key]
        let found = try nodes.client(id).call(request, version: 4).coordinators.first
        let port = try #require(found).port
        let named = try #require(found).nodeID
        let address = try nodes.address(named)
        #expect(UInt16(port) == address.port)
        return named
    }

    @Test func everyNodeNamesTheSameCoordinator() throws {
        try run { nodes in
            for id in Int32(1)...3 {
                let named = try [coordinator(nodes, keyType: 0, from: id), coordinator(nodes, keyType: 1, from: id)]
                #expect(named == [2, 2])
            }
            try nodes.stop(2)
            let moved = try coordinator(nodes, keyType: 0, from: 1)
            #expect(moved == 3)
            try nodes.cluster.start(node: 2)
            let back = try coordinator(nodes, keyType: 0, from: 1)
            #expect(back == 2)
        }
    }

    private static func commit() -> OffsetCommitRequest {
        var request = OffsetCommitRequest()
        request.groupID = key
        request.topics = [OffsetCommitRequest.Topic()]
        request.topics[0].name = "t"
        request.topics[0].partitions = [OffsetCommitRequest.Partition()]
        request.topics[0].partitions[0].committedOffset = 42
        return request
    }

    private static func offsets() -> OffsetFetchRequest {
        var request = OffsetFetchRequest()
        request.groupID = key
        request.topics = [OffsetFetchRequest.Topic()]
        request.topics?[0].name = "t"
        request.topics?[0].partitionIndexes = [0]
        return request
    }

    /// As three nodes of Kafka 4.3 answer.
    @Test func requestsOfGroupsAreAnsweredByTheCoordinatorOnly() throws {
        try run { nodes in
            let (other, own) = (try nodes.client(1), try nodes.client(2))
            var join = JoinGroupRequest()
            join.groupID = Self.key
            join.sessionTimeoutMilliseconds = 10_000
            join.protocolType = "consumer"
            join.protocols = [JoinGroupRequest.OfferedProtocol()]
            let joined = try other.call(join, version: 9)
            #expect((joined.errorCode, joined.memberID, joined.protocolName) == (.notCoordinator, "", nil))
            var sync = SyncGroupRequest()
            sync.groupID = Self.key
            #expect(try other.call(sync, version: 5).errorCode == .notCoordinator)
            var heartbeat = HeartbeatRequest()
            heartbeat.groupID = Self.key
            #expect(try other.call(heartbeat, version: 4).errorCode == .notCoordinator)
            var leave = LeaveGroupRequest()
            leave.groupID = Self.key
            leave.members = [LeaveGroupRequest.MemberIdentity()]
            let left = try other.call(leave, version: 5)
            #expect(left.errorCode == .notCoordinator && left.members.isEmpty)
            let refused = try other.call(Self.commit(), version: 8).topics.flatMap { $0.partitions.map(\.errorCode) }
            #expect(refused == [.notCoordinator])
            let first = try other.call(Self.offsets(), version: 1)
            #expect(first.topics.flatMap { $0.partitions.map(\.errorCode) } == [.notCoordinator])
            let second = try other.call(Self.offsets(), version: 2)
            #expect(second.errorCode == .notCoordinator && second.topics.isEmpty)
            var several = OffsetFetchRequest()
            several.groups = [OffsetFetchRequest.Group()]
            several.groups[0].groupID = Self.key
            #expect(try other.call(several, version: 8).groups.map(\.errorCode) == [.notCoordinator])
            var describe = DescribeGroupsRequest()
            describe.groups = [Self.key]
            #expect(try other.call(describe, version: 6).groups.map(\.errorCode) == [.notCoordinator])
            var delete = DeleteGroupsRequest()
            delete.groupsNames = [Self.key]
            #expect(try other.call(delete, version: 2).results.map(\.errorCode) == [.notCoordinator])
            var deleteOffsets = OffsetDeleteRequest()
            deleteOffsets.groupID = Self.key
            #expect(try other.call(deleteOffsets, version: 0).errorCode == .notCoordinator)
            var described = ConsumerGroupDescribeRequest()
            described.groupIDs = [Self.key]
            #expect(try other.call(described, version: 0).groups.map(\.errorCode) == [.notCoordinator])
            var member = ConsumerGroupHeartbeatRequest()
            member.groupID = Self.key
            member.memberID = KafkaUUID.random().description
            member.rebalanceTimeoutMilliseconds = 10_000
            member.subscribedTopicNames = ["t"]
            member.topicPartitions = []
            let answer = try other.call(member, version: 1)
            #expect((answer.errorCode, answer.errorMessage, answer.memberID) == (.notCoordinator, nil, nil))

            let accepted = try own.call(Self.commit(), version: 8).topics.flatMap { $0.partitions.map(\.errorCode) }
            #expect(accepted == [.none])
            #expect(try own.call(ListGroupsRequest(), version: 5).groups.map(\.groupID) == [Self.key])
            #expect(try other.call(ListGroupsRequest(), version: 5).groups.isEmpty)
        }
    }

    @Test func committedOffsetsAreWithTheNextCoordinator() throws {
        try run { nodes in
            _ = try nodes.client(2).call(Self.commit(), version: 8)
            try nodes.stop(2)
            let offset = try nodes.client(3).call(Self.offsets(), version: 7).topics.first?.partitions.first
            #expect(offset?.committedOffset == 42)
            #expect(try nodes.client(1).call(Self.offsets(), version: 7).errorCode == .notCoordinator)
        }
    }

    private static func member(_ name: String) -> JoinRequest {
        JoinRequest(
            memberID: "", groupInstanceID: nil, clientID: name, clientHost: "/h", sessionTimeoutMilliseconds: 10_000,
            rebalanceTimeoutMilliseconds: 60_000, protocolType: "consumer",
            protocols: [OfferedProtocol(name: "range", metadata: [])], requiresKnownMemberID: false,
            supportsSkippingAssignment: false)
    }

    /// A stable group continues with its next coordinator, without a rebalance.
    @Test func membersContinueWithTheNextCoordinator() throws {
        try run { nodes in
            let groups = nodes.broker.service.groups
            guard case .joined(let joined) = groups.join(groupID: Self.key, Self.member("m"), at: 2) else {
                Issue.record("the first member joins at once")
                return
            }
            let sync = SyncRequest(
                memberID: joined.memberID, groupInstanceID: nil, generation: 1, protocolType: nil, protocolName: nil,
                assignments: [joined.memberID: [7]])
            _ = groups.sync(groupID: Self.key, sync, at: 2)
            try nodes.stop(2)
            var heartbeat = HeartbeatRequest()
            heartbeat.groupID = Self.key
            heartbeat.memberID = joined.memberID
            heartbeat.generationID = 1
            #expect(try nodes.client(3).call(heartbeat, version: 4).errorCode == .none)
            #expect(groups.snapshot(of: Self.key)?.members.first?.assignment == [7])
        }
    }

    @Test func waitingMemberIsAnsweredWhenItsCoordinatorIsStopped() throws {
        try run { nodes in
            let groups = nodes.broker.service.groups
            guard case .joined(let joined) = groups.join(groupID: Self.key, Self.member("first"), at: 2) else {
                Issue.record("the first member joins at once")
                return
            }
            let outcome = Mutex<JoinOutcome?>(nil)
            let done = ThreadCompletion()
            startThread(named: "join", completion: done) {
                let answer = groups.join(groupID: Self.key, Self.member("second"), at: 2)
                outcome.withLock { $0 = answer }
            }
            while groups.state.withLock({ $0.joins.isEmpty }) { _ = ThreadCompletion().wait(milliseconds: 1) }
            try nodes.stop(2)
            #expect(done.wait(milliseconds: 5000))
            guard case .refused(.notCoordinator, _) = outcome.withLock({ $0 }) else {
                Issue.record("\(String(describing: outcome.withLock { $0 }))")
                return
            }
            // The rebalance begins again with the next coordinator.
            #expect(groups.snapshot(of: Self.key)?.members.isEmpty == true)
            guard case .joined(let again) = groups.join(groupID: Self.key, Self.member("first"), at: 3) else {
                Issue.record("the first member joins at once")
                return
            }
            #expect(again.generation > joined.generation)
        }
    }

    // MARK: Transactions

    private static func initialize() -> InitProducerIdRequest {
        var request = InitProducerIdRequest()
        request.transactionalID = key
        request.transactionTimeoutMilliseconds = 60_000
        return request
    }

    private static func end(_ producer: InitProducerIdResponse) -> EndTxnRequest {
        var request = EndTxnRequest()
        request.transactionalID = key
        request.producerID = producer.producerID
        request.producerEpoch = producer.producerEpoch
        request.committed = true
        return request
    }

    private static func add(_ producer: InitProducerIdResponse) -> AddPartitionsToTxnRequest {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalID = key
        request.v3AndBelowProducerID = producer.producerID
        request.v3AndBelowProducerEpoch = producer.producerEpoch
        request.v3AndBelowTopics = [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()]
        request.v3AndBelowTopics[0].name = "t"
        request.v3AndBelowTopics[0].partitions = [0]
        return request
    }

    /// As three nodes of Kafka 4.3 answer.
    @Test func requestsOfTransactionsAreAnsweredByTheCoordinatorOnly() throws {
        try run { nodes in
            let (other, own) = (try nodes.client(1), try nodes.client(2))
            let refused = try other.call(Self.initialize(), version: 4)
            #expect((refused.errorCode, refused.producerID, refused.producerEpoch) == (.notCoordinator, -1, -1))
            let producer = try own.call(Self.initialize(), version: 4)
            #expect(producer.errorCode == .none)
            let added = try other.call(Self.add(producer), version: 3).resultsByTopicV3AndBelow
            #expect(added.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) } == [.notCoordinator])
            var later = AddPartitionsToTxnRequest()
            later.transactions = [AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()]
            later.transactions[0].transactionalID = Self.key
            later.transactions[0].topics = Self.add(producer).v3AndBelowTopics
            let results = try other.call(later, version: 4).resultsByTransaction.flatMap(\.topicResults)
            #expect(results.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) } == [.notCoordinator])
            var offsets = AddOffsetsToTxnRequest()
            offsets.transactionalID = Self.key
            offsets.groupID = "g"
            #expect(try other.call(offsets, version: 3).errorCode == .notCoordinator)
            let ended = try other.call(Self.end(producer), version: 5)
            #expect((ended.errorCode, ended.producerID) == (.notCoordinator, -1))
            var describe = DescribeTransactionsRequest()
            describe.transactionalIDs = [Self.key]
            #expect(try other.call(describe, version: 0).transactionStates.map(\.errorCode) == [.notCoordinator])
            #expect(try other.call(ListTransactionsRequest(), version: 1).transactionStates.isEmpty)
            #expect(try own.call(ListTransactionsRequest(), version: 1).transactionStates.count == 1)
            var commit = TxnOffsetCommitRequest()
            commit.groupID = Self.key
            commit.topics = [TxnOffsetCommitRequest.Topic()]
            commit.topics[0].name = "t"
            commit.topics[0].partitions = [TxnOffsetCommitRequest.Partition()]
            let committed = try other.call(commit, version: 3).topics.flatMap { $0.partitions.map(\.errorCode) }
            #expect(committed == [.notCoordinator])
        }
    }

    @Test func transactionIsEndedByTheNextCoordinator() throws {
        try run { nodes in
            let producer = try nodes.client(2).call(Self.initialize(), version: 4)
            _ = try nodes.client(2).call(Self.add(producer), version: 3)
            try nodes.stop(2)
            #expect(try nodes.client(3).call(Self.end(producer), version: 3).errorCode == .none)
            #expect(nodes.broker.service.transactions.transaction(Self.key)?.phase == .completeCommit)
        }
    }
}
