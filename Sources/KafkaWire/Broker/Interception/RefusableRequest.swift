import KafkaProtocol

/// A request that can be answered with one error for all its entries, as Kafka's `getErrorResponse` does.
protocol RefusableRequest: KafkaRequest {
    func refusal(_ code: KafkaErrorCode) -> Response
}

/// A response with one error code for the whole request, and no other field that a refusal has to set.
protocol ErrorCodeResponse: KafkaMessage {
    init()
    var errorCode: KafkaErrorCode { get set }
}

extension RefusableRequest where Response: ErrorCodeResponse {
    func refusal(_ code: KafkaErrorCode) -> Response {
        var response = Response()
        response.errorCode = code
        return response
    }
}

extension ApiVersionsRequest: RefusableRequest {}
extension ApiVersionsResponse: ErrorCodeResponse {}

extension InitProducerIdRequest: RefusableRequest {}
extension InitProducerIdResponse: ErrorCodeResponse {}

extension ProduceRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ProduceResponse {
        var response = ProduceResponse()
        response.responses = topicData.map { topic in
            var result = ProduceResponse.TopicProduceResponse()
            result.name = topic.name
            result.topicID = topic.topicID
            result.partitionResponses = topic.partitionData.map { partition in
                var entry = ProduceResponse.PartitionProduceResponse()
                entry.index = partition.index
                entry.errorCode = code
                entry.baseOffset = -1
                return entry
            }
            return result
        }
        return response
    }
}

extension FetchRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> FetchResponse {
        var response = FetchResponse()
        response.responses = topics.map { topic in
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = topic.topic
            result.topicID = topic.topicID
            result.partitions = topic.partitions.map { partition in
                var entry = FetchResponse.PartitionData()
                entry.partitionIndex = partition.partition
                entry.errorCode = code
                entry.highWatermark = -1
                return entry
            }
            return result
        }
        return response
    }
}

extension ListOffsetsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = topics.map { topic in
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = topic.name
            result.partitions = topic.partitions.map { partition in
                var entry = ListOffsetsResponse.ListOffsetsPartitionResponse()
                entry.partitionIndex = partition.partitionIndex
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }
}

extension OffsetForLeaderEpochRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        response.topics = topics.map { topic in
            var result = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            result.topic = topic.topic
            result.partitions = topic.partitions.map { partition in
                var entry = OffsetForLeaderEpochResponse.EpochEndOffset()
                entry.partition = partition.partition
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }
}

extension DescribeClusterRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.errorCode = code
        response.endpointType = endpointType
        return response
    }
}

extension MetadataRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> MetadataResponse {
        var response = MetadataResponse()
        response.errorCode = code
        response.topics = (topics ?? []).map { topic in
            var result = MetadataResponse.Topic()
            result.name = topic.name
            result.topicID = topic.topicID
            result.errorCode = code
            return result
        }
        return response
    }
}

extension DescribeTopicPartitionsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeTopicPartitionsResponse {
        var response = DescribeTopicPartitionsResponse()
        response.topics = topics.map { topic in
            var result = DescribeTopicPartitionsResponse.Topic()
            result.name = topic.name
            result.errorCode = code
            return result
        }
        return response
    }
}

extension CreateTopicsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> CreateTopicsResponse {
        var response = CreateTopicsResponse()
        response.topics = topics.map { topic in
            var result = CreateTopicsResponse.CreatableTopicResult()
            result.name = topic.name
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }
}

extension DeleteTopicsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        // Versions up to 5 name the topics in a list of their own.
        let wanted = topics.map { (name: $0.name, id: $0.topicID) } + topicNames.map { (name: $0, id: .zero) }
        response.responses = wanted.map { topic in
            var result = DeleteTopicsResponse.DeletableTopicResult()
            result.name = topic.name
            result.topicID = topic.id
            result.errorCode = code
            return result
        }
        return response
    }
}

extension CreatePartitionsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> CreatePartitionsResponse {
        var response = CreatePartitionsResponse()
        response.results = topics.map { topic in
            var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
            result.name = topic.name
            result.errorCode = code
            return result
        }
        return response
    }
}

extension DescribeConfigsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeConfigsResponse {
        var response = DescribeConfigsResponse()
        response.results = resources.map { resource in
            var result = DescribeConfigsResponse.DescribeConfigsResult()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }
}

extension IncrementalAlterConfigsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        response.responses = resources.map { resource in
            var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }
}

extension DeleteRecordsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DeleteRecordsResponse {
        var response = DeleteRecordsResponse()
        response.topics = topics.map { topic in
            var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
            result.name = topic.name
            result.partitions = topic.partitions.map { partition in
                var entry = DeleteRecordsResponse.DeleteRecordsPartitionResult()
                entry.partitionIndex = partition.partitionIndex
                entry.lowWatermark = -1
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }
}

extension DescribeLogDirsRequest: RefusableRequest {}
extension DescribeLogDirsResponse: ErrorCodeResponse {}
