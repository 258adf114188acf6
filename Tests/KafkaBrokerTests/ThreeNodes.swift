import Foundation
import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// A cluster of three nodes, with a client of each.
final class ThreeNodes {
    let broker: DevelopmentBroker
    private var clients: [Int32: RawClient] = [:]

    init(_ directory: TemporaryDirectory, nodeCount: Int32 = 3) throws {
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        configuration.nodeCount = nodeCount
        broker = try DevelopmentBroker(configuration)
        broker.start()
    }

    var cluster: BrokerCluster { broker.cluster }

    func address(_ id: Int32) throws -> SocketAddress {
        try #require(cluster.nodes.first { $0.id == id }?.addresses["PLAINTEXT"])
    }

    func client(_ id: Int32) throws -> RawClient {
        if let client = clients[id] { return client }
        let client = try RawClient(address(id))
        clients[id] = client
        return client
    }

    func stop(_ id: Int32) throws {
        clients[id] = nil
        try cluster.stop(node: id)
    }

    /// A topic whose partition n has the n-th list as replicas.
    func makeTopic(_ name: String, _ replicas: [[Int32]]) throws {
        _ = try broker.service.topics.create(
            name: name, partitionCount: replicas.count, configuration: TopicConfiguration(), replicas: .given(replicas))
    }

    func registration(_ topic: String, _ partition: Int = 0) throws -> PartitionRegistration {
        try #require(broker.service.topics.topic(named: topic)).partitions[partition].registration
    }

    func metadata(from id: Int32, _ topic: String) throws -> MetadataResponse {
        var request = MetadataRequest()
        request.topics = [MetadataRequest.Topic()]
        request.topics?[0].name = topic
        return try client(id).call(request, version: 12)
    }

    func produce(
        to id: Int32, _ topic: String, _ partition: Int32 = 0, version: Int16 = 12
    ) throws -> ProduceResponse {
        var request = ProduceRequest()
        request.acks = -1
        request.topicData = [ProduceRequest.TopicProduceData()]
        request.topicData[0].name = topic
        request.topicData[0].partitionData = [ProduceRequest.PartitionProduceData()]
        request.topicData[0].partitionData[0].index = partition
        request.topicData[0].partitionData[0].records = TestBatches.fromKcat
        return try client(id).call(request, version: version)
    }

    func produced(to id: Int32, _ topic: String, _ partition: Int32 = 0) throws -> KafkaErrorCode? {
        try produce(to: id, topic, partition).responses.first?.partitionResponses.first?.errorCode
    }

    static func fetchRequest(
        _ topicID: KafkaUUID, _ partition: Int32 = 0, offset: Int64 = 0, epoch: Int32 = -1, maxWait: Int32 = 0
    ) -> FetchRequest {
        var request = FetchRequest()
        request.sessionEpoch = -1
        request.minBytes = 1
        request.maxWaitMilliseconds = maxWait
        request.maxBytes = 1 << 20
        request.topics = [FetchRequest.FetchTopic()]
        request.topics[0].topicID = topicID
        request.topics[0].partitions = [FetchRequest.FetchPartition()]
        request.topics[0].partitions[0].partition = partition
        request.topics[0].partitions[0].fetchOffset = offset
        request.topics[0].partitions[0].currentLeaderEpoch = epoch
        request.topics[0].partitions[0].partitionMaxBytes = 1 << 20
        return request
    }

    func fetch(
        from id: Int32, _ topic: String, offset: Int64 = 0, epoch: Int32 = -1
    ) throws -> FetchResponse {
        let topicID = try #require(broker.service.topics.topic(named: topic)).id
        return try client(id).call(Self.fetchRequest(topicID, offset: offset, epoch: epoch), version: 17)
    }
}
