import KafkaProtocol

extension ListConfigResourcesRequest: RefusableRequest {}
extension ListConfigResourcesResponse: ErrorCodeResponse {}

extension AlterReplicaLogDirsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    func refusal(_ code: KafkaErrorCode) -> AlterReplicaLogDirsResponse {
        var response = AlterReplicaLogDirsResponse()
        response.results = dirs.flatMap(\.topics).map { topic in
            var result = AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult()
            result.topicName = topic.name
            result.partitions = topic.partitions.map { index in
                var partition = AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult()
                partition.partitionIndex = index
                partition.errorCode = code
                return partition
            }
            return result
        }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.dirs, \.topics, \.partitions) { topic, index in
            isIncluded(RequestEntry(topic: topic.name, partition: index))
        }
    }

    static func add(_ part: AlterReplicaLogDirsResponse, to response: inout AlterReplicaLogDirsResponse) {
        response.results.merge(part.results, by: \.topicName, \.partitions)
    }
}

extension DescribeClientQuotasRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeClientQuotasResponse {
        var response = DescribeClientQuotasResponse()
        response.errorCode = code
        response.errorMessage = nil
        response.entries = nil
        return response
    }
}

extension AlterClientQuotasRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> AlterClientQuotasResponse {
        var response = AlterClientQuotasResponse()
        response.entries = entries.map { wanted in
            var entry = AlterClientQuotasResponse.EntryData(of: wanted)
            entry.errorCode = code
            entry.errorMessage = code.text
            return entry
        }
        return response
    }
}

extension AlterClientQuotasResponse.EntryData {
    /// The answer for an entity of a request, without an error.
    init(of wanted: AlterClientQuotasRequest.EntryData) {
        self.init()
        errorMessage = nil
        entity = wanted.entity.map { part in
            var answered = AlterClientQuotasResponse.EntityData()
            answered.entityType = part.entityType
            answered.entityName = part.entityName
            return answered
        }
    }
}

extension DescribeQuorumRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeQuorumResponse {
        var response = DescribeQuorumResponse()
        response.errorCode = code
        response.errorMessage = code.text
        return response
    }
}

extension UpdateFeaturesRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> UpdateFeaturesResponse {
        var response = UpdateFeaturesResponse()
        response.errorCode = code
        response.errorMessage = nil
        return response
    }
}
