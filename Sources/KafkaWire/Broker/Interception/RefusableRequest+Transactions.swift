import KafkaProtocol

extension InitProducerIdRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .transactionalID }

    func refusal(_ code: KafkaErrorCode) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        response.errorCode = code
        response.producerEpoch = -1
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        isIncluded(RequestEntry(transactionalID: transactionalID)) ? self : nil
    }
}

extension AddPartitionsToTxnRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition, .transactionalID] }

    private typealias TopicResult = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult

    func refusal(_ code: KafkaErrorCode) -> AddPartitionsToTxnResponse {
        var response = AddPartitionsToTxnResponse()
        response.errorCode = code
        response.resultsByTopicV3AndBelow = Self.results(v3AndBelowTopics) { _, _ in code }
        return response
    }

    private static func results(
        _ topics: [AddPartitionsToTxnTopic], code: (AddPartitionsToTxnTopic, Int32) -> KafkaErrorCode
    ) -> [TopicResult] {
        topics.map { topic in
            var result = TopicResult()
            result.name = topic.name
            result.resultsByPartition = topic.partitions.map { index in
                var entry = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                entry.partitionIndex = index
                entry.partitionErrorCode = code(topic, index)
                return entry
            }
            return result
        }
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        var part = self
        part.v3AndBelowTopics = v3AndBelowTopics.keeping(\.partitions) { topic, index in
            isIncluded(RequestEntry(topic: topic.name, partition: index, transactionalID: v3AndBelowTransactionalID))
        }
        part.transactions = transactions.keeping(\.topics) { transaction, topic in
            // Every partition is an entry.
            let id = transaction.transactionalID
            return !topic.partitions.filter {
                isIncluded(RequestEntry(topic: topic.name, partition: $0, transactionalID: id))
            }.isEmpty
        }
        return part.v3AndBelowTopics.isEmpty && part.transactions.isEmpty ? nil : part
    }

    /// Kafka adds all partitions to a transaction or none: with an error of one, the others are not attempted.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> AddPartitionsToTxnResponse?
    ) throws -> AddPartitionsToTxnResponse? {
        guard !refusal.filter.isAll, let refused = selecting(refusal.contains) else {
            return refusal.filter.isAll ? self.refusal(refusal.code) : try handle(self, nil)
        }
        func results(_ topics: [AddPartitionsToTxnTopic], of transactionalID: String) -> [TopicResult] {
            Self.results(topics) { topic, index in
                let entry = RequestEntry(topic: topic.name, partition: index, transactionalID: transactionalID)
                return refusal.contains(entry) ? refusal.code : .operationNotAttempted
            }
        }
        var rest = self
        var response = AddPartitionsToTxnResponse()
        if refused.transactions.isEmpty {
            response.resultsByTopicV3AndBelow = results(v3AndBelowTopics, of: v3AndBelowTransactionalID)
        } else {
            let names = Set(refused.transactions.map(\.transactionalID))
            rest.transactions.removeAll { names.contains($0.transactionalID) }
            if !rest.transactions.isEmpty, let handled = try handle(rest, nil) { response = handled }
            response.resultsByTransaction += transactions.filter { names.contains($0.transactionalID) }.map {
                var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
                result.transactionalID = $0.transactionalID
                result.topicResults = results($0.topics, of: $0.transactionalID)
                return result
            }
        }
        return response
    }
}

extension AddOffsetsToTxnRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.group, .transactionalID] }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        isIncluded(RequestEntry(group: groupID, transactionalID: transactionalID)) ? self : nil
    }
}
extension AddOffsetsToTxnResponse: ErrorCodeResponse {}

extension EndTxnRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .transactionalID }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        isIncluded(RequestEntry(transactionalID: transactionalID)) ? self : nil
    }
}
extension EndTxnResponse: ErrorCodeResponse {}

extension ListTransactionsRequest: RefusableRequest {}
extension ListTransactionsResponse: ErrorCodeResponse {}

extension WriteTxnMarkersRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    func refusal(_ code: KafkaErrorCode) -> WriteTxnMarkersResponse {
        var response = WriteTxnMarkersResponse()
        response.markers = markers.map { marker in
            var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
            result.producerID = marker.producerID
            result.topics = marker.topics.map { .init($0.name, $0.partitionIndexes, code) }
            return result
        }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.markers, \.topics, \.partitionIndexes) { topic, index in
            isIncluded(RequestEntry(topic: topic.name, partition: index))
        }
    }

    static func add(_ part: WriteTxnMarkersResponse, to response: inout WriteTxnMarkersResponse) {
        for marker in part.markers {
            if let index = response.markers.firstIndex(where: { $0.producerID == marker.producerID }) {
                response.markers[index].topics.merge(marker.topics, by: \.name, \.partitions)
            } else {
                response.markers.append(marker)
            }
        }
    }
}

extension TxnOffsetCommitRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition, .group, .transactionalID] }

    func refusal(_ code: KafkaErrorCode) -> TxnOffsetCommitResponse {
        var response = TxnOffsetCommitResponse()
        response.topics = topics.map { .init($0.name, $0.partitions.map(\.partitionIndex), code) }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(
                RequestEntry(
                    topic: topic.name, partition: partition.partitionIndex, group: groupID,
                    transactionalID: transactionalID))
        }
    }

    static func add(_ part: TxnOffsetCommitResponse, to response: inout TxnOffsetCommitResponse) {
        response.topics.merge(part.topics, by: \.name, \.partitions)
    }
}

extension DescribeTransactionsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .transactionalID }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.transactionalIDs) { isIncluded(RequestEntry(transactionalID: $0)) }
    }

    static func add(_ part: DescribeTransactionsResponse, to response: inout DescribeTransactionsResponse) {
        response.transactionStates += part.transactionStates
    }
}

extension DescribeProducersRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    func refusal(_ code: KafkaErrorCode) -> DescribeProducersResponse {
        var response = DescribeProducersResponse()
        response.topics = topics.map { .init($0.name, $0.partitionIndexes, code) }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitionIndexes) { topic, index in
            isIncluded(RequestEntry(topic: topic.name, partition: index))
        }
    }

    static func add(_ part: DescribeProducersResponse, to response: inout DescribeProducersResponse) {
        response.topics.merge(part.topics, by: \.name, \.partitions)
    }
}
