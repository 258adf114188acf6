import KafkaProtocol

extension AddPartitionsToTxnRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> AddPartitionsToTxnResponse {
        typealias TopicResult = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
        func results(_ topics: [AddPartitionsToTxnTopic]) -> [TopicResult] {
            topics.map { topic in
                var result = TopicResult()
                result.name = topic.name
                result.resultsByPartition = topic.partitions.map { index in
                    var entry = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                    entry.partitionIndex = index
                    entry.partitionErrorCode = code
                    return entry
                }
                return result
            }
        }
        var response = AddPartitionsToTxnResponse()
        response.errorCode = code
        response.resultsByTopicV3AndBelow = results(v3AndBelowTopics)
        response.resultsByTransaction = transactions.map { transaction in
            var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
            result.transactionalID = transaction.transactionalID
            result.topicResults = results(transaction.topics)
            return result
        }
        return response
    }
}

extension AddOffsetsToTxnRequest: RefusableRequest {}
extension AddOffsetsToTxnResponse: ErrorCodeResponse {}

extension EndTxnRequest: RefusableRequest {}
extension EndTxnResponse: ErrorCodeResponse {}

extension ListTransactionsRequest: RefusableRequest {}
extension ListTransactionsResponse: ErrorCodeResponse {}

extension WriteTxnMarkersRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> WriteTxnMarkersResponse {
        var response = WriteTxnMarkersResponse()
        response.markers = markers.map { marker in
            var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
            result.producerID = marker.producerID
            result.topics = marker.topics.map { topic in
                var topicResult = WriteTxnMarkersResponse.WritableTxnMarkerTopicResult()
                topicResult.name = topic.name
                topicResult.partitions = topic.partitionIndexes.map { index in
                    var entry = WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult()
                    entry.partitionIndex = index
                    entry.errorCode = code
                    return entry
                }
                return topicResult
            }
            return result
        }
        return response
    }
}

extension TxnOffsetCommitRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> TxnOffsetCommitResponse {
        var response = TxnOffsetCommitResponse()
        response.topics = topics.map { topic in
            var result = TxnOffsetCommitResponse.Topic()
            result.name = topic.name
            result.partitions = topic.partitions.map { partition in
                var entry = TxnOffsetCommitResponse.Partition()
                entry.partitionIndex = partition.partitionIndex
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }
}

extension DescribeTransactionsRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeTransactionsResponse {
        var response = DescribeTransactionsResponse()
        response.transactionStates = transactionalIDs.map { transactionalID in
            var entry = DescribeTransactionsResponse.TransactionState()
            entry.transactionalID = transactionalID
            entry.errorCode = code
            return entry
        }
        return response
    }
}

extension DescribeProducersRequest: RefusableRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeProducersResponse {
        var response = DescribeProducersResponse()
        response.topics = topics.map { topic in
            var result = DescribeProducersResponse.TopicResponse()
            result.name = topic.name
            result.partitions = topic.partitionIndexes.map { index in
                var entry = DescribeProducersResponse.PartitionResponse()
                entry.partitionIndex = index
                entry.errorCode = code
                return entry
            }
            return result
        }
        return response
    }
}
