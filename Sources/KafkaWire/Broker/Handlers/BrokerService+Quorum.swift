import KafkaProtocol
import WireStreams

extension RequestHandler {
    static let describeQuorum = RequestHandler(DescribeQuorumRequest.self) { service, request, context in
        service.describeQuorum(request, context)
    }
}

extension BrokerService {
    private static let metadataTopic = "__cluster_metadata"

    /// The end of the metadata log that the nodes would have.
    var metadataOffset: Int64 { Int64(topics.catalog.version) }

    /// DescribeQuorum, of the only partition that there is.
    func describeQuorum(_ request: DescribeQuorumRequest, _ context: RequestContext) -> DescribeQuorumResponse {
        var response = DescribeQuorumResponse()
        let isKnown = request.topics.count == 1 && request.topics[0].topicName == Self.metadataTopic
            && request.topics[0].partitions.map(\.partitionIndex) == [0]
        response.topics = request.topics.map { wanted in
            var topic = DescribeQuorumResponse.TopicData()
            topic.topicName = wanted.topicName
            topic.partitions = wanted.partitions.map { partition in
                if isKnown { return quorumPartition() }
                var unknown = DescribeQuorumResponse.PartitionData()
                unknown.partitionIndex = partition.partitionIndex
                unknown.errorCode = .unknownTopicOrPartition
                unknown.errorMessage = KafkaErrorCode.unknownTopicOrPartition.text
                return unknown
            }
            return topic
        }
        guard isKnown else { return response }
        response.nodes = membership.ids.compactMap { id in
            guard let address = address(ofNode: id, context) else { return nil }
            var node = DescribeQuorumResponse.Node()
            node.nodeID = id
            // The nodes have no listeners of their own for controllers.
            node.listeners = [DescribeQuorumResponse.Listener()]
            node.listeners[0].name = context.listenerName
            node.listeners[0].host = address.host
            node.listeners[0].port = address.port
            return node
        }
        return response
    }

    private func quorumPartition() -> DescribeQuorumResponse.PartitionData {
        var partition = DescribeQuorumResponse.PartitionData()
        let offset = metadataOffset
        partition.leaderID = quorum.leader
        partition.leaderEpoch = quorum.epoch
        partition.highWatermark = offset
        partition.currentVoters = quorum.voters(offset: offset).map { voter in
            var state = DescribeQuorumResponse.ReplicaState()
            state.replicaID = voter.id
            state.logEndOffset = voter.logEndOffset
            state.lastFetchTimestamp = voter.lastFetchTimestamp
            state.lastCaughtUpTimestamp = voter.lastCaughtUpTimestamp
            return state
        }
        return partition
    }
}
