import KafkaProtocol
import KafkaTestSupport
import Testing
import WireTestSupport

@testable import KafkaBroker

/// The epochs of the coordinators of transactional ids.
@Suite struct CoordinatorEpochTests {
    private let directory: TemporaryDirectory
    /// Coordinated by nodes 2, 3 and 1 while all three run.
    private static let keys = ["a", "b", "c"]

    init() throws { directory = try TemporaryDirectory() }

    /// The epochs of `keys` at the beginning of a process, and after each of some changes.
    private func epochs(nodeCount: Int32 = 3, _ changes: [(Int32, isRunning: Bool)] = []) throws -> [[Int32]] {
        let data = try DataDirectory(path: directory.path + "/data")
        defer { data.release() }
        let membership = ClusterMembership(nodeCount: nodeCount)
        let epochs = try CoordinatorEpochs(directory: data, membership: membership)
        var found = [Self.keys.map(epochs.epoch)]
        for (id, isRunning) in changes {
            membership.setRunning(isRunning, id)
            try epochs.nodesChanged(membership.snapshot)
            found.append(Self.keys.map(epochs.epoch))
        }
        return found
    }

    @Test func epochGrowsWhenTheCoordinatorMoves() throws {
        let found = try epochs([(2, false), (3, false), (3, true), (2, true), (2, true)])
        #expect(found == [[0, 0, 0], [1, 0, 0], [2, 1, 0], [3, 2, 0], [4, 2, 0], [4, 2, 0]])
    }

    @Test func epochsSurviveARestart() throws {
        #expect(try epochs([(2, false), (2, true)]).last == [2, 0, 0])
        #expect(try epochs() == [[2, 0, 0]])
    }

    /// All nodes run after a restart.
    @Test func coordinatorsOfStoppedNodesReturnWithARestart() throws {
        #expect(try epochs([(1, false)]).last == [0, 0, 1])
        #expect(try epochs() == [[0, 0, 2]])
        #expect(try epochs() == [[0, 0, 2]])
    }

    @Test func epochsGrowWithAnotherNumberOfNodes() throws {
        #expect(try epochs([(2, false), (2, true)]).last == [2, 0, 0])
        #expect(try epochs(nodeCount: 1) == [[3, 3, 3]])
        #expect(try epochs(nodeCount: 2) == [[4, 4, 4]])
    }

    @Test(arguments: [
        "{}", #"{"epochs": [], "stopped": []}"#, #"{"epochs": [0, -1, 0], "stopped": []}"#, #"{"epochs": [0], "stopped": 1}"#,
        #"{"epochs": [4294967296], "stopped": []}"#,
    ]) func damagedFileIsNamed(text: String) throws {
        _ = try epochs()
        try directory.write(Array(text.utf8), to: "data/coordinator-epochs.json")
        #expect { try epochs() } throws: { "\($0)".contains("coordinator-epochs.json") }
    }

    // MARK: Transactions

    private func marker(of nodes: ThreeNodes) throws -> TransactionMarker? {
        let log = try #require(nodes.broker.service.topics.topic(named: "t")).partitions[0]
        let batches = try #require(try log.read(from: log.endOffset - 1, bytesMax: 1 << 20, firstAlways: true))
        return try batches.bytes.withUnsafeBytes { bytes in
            TransactionMarker(in: bytes, try RecordBatchHeader.first(in: bytes))
        }
    }

    /// Ends a transaction at a node. Returns the epoch in its marker.
    private func endTransaction(at id: Int32, of nodes: ThreeNodes) throws -> Int32? {
        let transactions = nodes.broker.service.transactions
        let producer = transactions.initialize("a", timeoutMilliseconds: 60_000, expected: nil)
        _ = transactions.add(
            [.init(topic: "t", index: 0)], to: "a", producerID: producer.producerID, epoch: producer.epoch, bumpsEpoch: false)
        var request = EndTxnRequest()
        request.transactionalID = "a"
        request.producerID = producer.producerID
        request.producerEpoch = producer.epoch
        request.committed = true
        #expect(try nodes.client(id).call(request, version: 4).errorCode == .none)
        return try marker(of: nodes)?.coordinatorEpoch
    }

    @Test func markersHaveTheEpochOfTheirCoordinator() throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.makeTopic("t", [[1, 2, 3]])
        #expect(try endTransaction(at: 2, of: nodes) == 0)
        try nodes.stop(2)
        #expect(try endTransaction(at: 3, of: nodes) == 1)
        try nodes.cluster.start(node: 2)
        #expect(try endTransaction(at: 2, of: nodes) == 2)
    }

    /// As Kafka's coordinator does, which has been replaced meanwhile.
    @Test func markerOfAFormerCoordinatorIsRefused() throws {
        let nodes = try ThreeNodes(directory)
        defer { nodes.broker.stop() }
        try nodes.makeTopic("t", [[1, 2, 3]])
        try nodes.stop(2)
        #expect(try endTransaction(at: 3, of: nodes) == 1)
        let transaction = try #require(nodes.broker.service.transactions.transaction("a"))
        var request = WriteTxnMarkersRequest()
        request.markers = [WriteTxnMarkersRequest.WritableTxnMarker()]
        request.markers[0].producerID = transaction.producerID
        request.markers[0].producerEpoch = transaction.epoch
        request.markers[0].topics = [WriteTxnMarkersRequest.WritableTxnMarkerTopic()]
        request.markers[0].topics[0].name = "t"
        request.markers[0].topics[0].partitionIndexes = [0]
        func codes(coordinatorEpoch: Int32) throws -> [KafkaErrorCode] {
            request.markers[0].coordinatorEpoch = coordinatorEpoch
            return try nodes.client(1).call(request, version: 1).markers.flatMap { marker in
                marker.topics.flatMap { $0.partitions.map(\.errorCode) }
            }
        }
        #expect(try codes(coordinatorEpoch: 0) == [.transactionCoordinatorFenced])
        #expect(try codes(coordinatorEpoch: 1) == [.none])
    }
}
