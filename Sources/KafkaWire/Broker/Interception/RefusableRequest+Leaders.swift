import KafkaProtocol

extension ElectLeadersRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ElectLeadersResponse {
        var response = ElectLeadersResponse()
        response.errorCode = code
        response.replicaElectionResults = (topicPartitions ?? []).map { topic in
            var result = ElectLeadersResponse.ReplicaElectionResult()
            result.topic = topic.topic
            result.partitionResult = topic.partitions.map { index in
                var partition = ElectLeadersResponse.PartitionResult()
                partition.partitionID = index
                partition.errorCode = code
                partition.errorMessage = nil
                return partition
            }
            return result
        }
        return response
    }
}

extension AlterPartitionReassignmentsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> AlterPartitionReassignmentsResponse {
        var response = AlterPartitionReassignmentsResponse()
        response.errorCode = code
        response.errorMessage = nil
        response.responses = topics.map { topic in
            var result = AlterPartitionReassignmentsResponse.ReassignableTopicResponse()
            result.name = topic.name
            result.partitions = topic.partitions.map { wanted in
                var partition = AlterPartitionReassignmentsResponse.ReassignablePartitionResponse()
                partition.partitionIndex = wanted.partitionIndex
                partition.errorCode = code
                partition.errorMessage = nil
                return partition
            }
            return result
        }
        return response
    }
}

extension ListPartitionReassignmentsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ListPartitionReassignmentsResponse {
        var response = ListPartitionReassignmentsResponse()
        response.errorCode = code
        response.errorMessage = nil
        return response
    }
}
