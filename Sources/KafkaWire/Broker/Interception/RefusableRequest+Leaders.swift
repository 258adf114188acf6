import KafkaProtocol

extension ElectLeadersRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        guard let topicPartitions else { return isIncluded(RequestEntry()) ? self : nil }
        var part = self
        let kept = topicPartitions.keeping(\.partitions) { topic, index in
            isIncluded(RequestEntry(topic: topic.topic, partition: index))
        }
        part.topicPartitions = kept
        return kept.isEmpty ? nil : part
    }

    static func add(_ part: ElectLeadersResponse, to response: inout ElectLeadersResponse) {
        response.replicaElectionResults.merge(part.replicaElectionResults, by: \.topic, \.partitionResult)
    }

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
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(RequestEntry(topic: topic.name, partition: partition.partitionIndex))
        }
    }

    static func add(
        _ part: AlterPartitionReassignmentsResponse, to response: inout AlterPartitionReassignmentsResponse
    ) {
        response.responses.merge(part.responses, by: \.name, \.partitions)
    }

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
        response.topics = (topics ?? []).map { topic in
            var result = ListPartitionReassignmentsResponse.OngoingTopicReassignment()
            result.name = topic.name
            result.partitions = topic.partitionIndexes.map { index in
                var partition = ListPartitionReassignmentsResponse.OngoingPartitionReassignment()
                partition.partitionIndex = index
                return partition
            }
            return result
        }
        response.errorCode = code
        response.errorMessage = nil
        return response
    }
}
