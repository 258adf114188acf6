import KafkaProtocol

/// A topic in a response, which has its name or its id.
struct TopicIdentity: Equatable {
    let name: String
    let id: KafkaUUID

    init(_ name: String, _ id: KafkaUUID = .zero) {
        self.name = name
        self.id = id
    }
}

extension ProduceRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition, .transactionalID] }
    var isAnswered: Bool { acks != 0 }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topicData, \.partitionData) { topic, partition in
            isIncluded(
                RequestEntry(
                    topic: topic.name, topicID: topic.topicID, partition: partition.index,
                    transactionalID: transactionalID))
        }
    }

    static func add(_ part: ProduceResponse, to response: inout ProduceResponse) {
        response.responses.merge(
            part.responses, by: { TopicIdentity($0.name, $0.topicID) }, \.partitionResponses)
    }
}

extension FetchRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    /// Errors of a whole fetch; all others are those of partitions.
    private static let sessionErrors: Set<KafkaErrorCode> = [
        .fetchSessionIDNotFound, .invalidFetchSessionEpoch, .fetchSessionTopicIDError, .inconsistentClusterID,
        .unsupportedVersion,
    ]

    func refusal(_ code: KafkaErrorCode) -> FetchResponse {
        var response = FetchResponse()
        response.errorCode = code
        response.sessionID = Self.sessionErrors.contains(code) ? 0 : sessionID
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(RequestEntry(topic: topic.topic, topicID: topic.topicID, partition: partition.partition))
        }
    }

    /// Partitions of a session that the request does not name are refused, too, when they are read.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> FetchResponse?
    ) throws -> FetchResponse? {
        guard !Self.sessionErrors.contains(refusal.code) else { return self.refusal(refusal.code) }
        return try handle(self, refusal)
    }
}

extension ListOffsetsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

    func refusal(_ code: KafkaErrorCode) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = topics.map { .init($0.name, $0.partitions.map(\.partitionIndex), code) }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(RequestEntry(topic: topic.name, partition: partition.partitionIndex))
        }
    }

    static func add(_ part: ListOffsetsResponse, to response: inout ListOffsetsResponse) {
        response.topics.merge(part.topics, by: \.name, \.partitions)
    }
}

extension OffsetForLeaderEpochRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(RequestEntry(topic: topic.topic, partition: partition.partition))
        }
    }

    static func add(_ part: OffsetForLeaderEpochResponse, to response: inout OffsetForLeaderEpochResponse) {
        response.topics.merge(part.topics, by: \.topic, \.partitions)
    }
}

extension DeleteRecordsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(RequestEntry(topic: topic.name, partition: partition.partitionIndex))
        }
    }

    static func add(_ part: DeleteRecordsResponse, to response: inout DeleteRecordsResponse) {
        response.topics.merge(part.topics, by: \.name, \.partitions)
    }
}
