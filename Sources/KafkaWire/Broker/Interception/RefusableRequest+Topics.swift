import KafkaProtocol

/// Errors of partitions that have no leader. Topics have the others.
private let leaderErrors: Set<KafkaErrorCode> = [.leaderNotAvailable, .listenerNotFound, .replicaNotAvailable]

extension MetadataRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }
    /// From this version on the whole response has an error code (KIP-1102).
    private static let errorCodeVersionMin: Int16 = 13

    func refusal(_ code: KafkaErrorCode) -> MetadataResponse {
        var response = MetadataResponse()
        response.errorCode = code
        response.topics = (topics ?? []).map { $0.refusal(code) }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        var part = self
        part.topics = topics?.filter {
            isIncluded(RequestEntry(topic: $0.name, topicID: $0.topicID, hasAllPartitions: true))
        }
        return part.topics?.isEmpty == true ? nil : part
    }

    /// The brokers are answered with any error: a client without them could not ask again.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> MetadataResponse?
    ) throws -> MetadataResponse? {
        let code = refusal.code
        if code == .rebootstrapRequired, version >= Self.errorCodeVersionMin { return self.refusal(code) }
        var request = self
        let hasNoLeader = leaderErrors.contains(code) || refusal.filter.partition != nil
        if !hasNoLeader {
            // What is refused is not created.
            request.topics = topics?.filter { !refusal.containsTopic($0.name, $0.topicID) }
        }
        guard var response = try handle(request, nil) else { return nil }
        guard !hasNoLeader else {
            for index in response.topics.indices { response.topics[index].removeLeaders(refusal) }
            return response
        }
        // Version 0 asks for all topics with an empty list.
        if request.topics?.isEmpty == true, topics?.isEmpty == false { response.topics = [] }
        let listed = response.topics.filter { refusal.containsTopic($0.name, $0.topicID) }.map(Topic.init)
        response.topics.removeAll { refusal.containsTopic($0.name, $0.topicID) }
        let refused = topics?.filter { refusal.containsTopic($0.name, $0.topicID) } ?? []
        response.topics += (refused.isEmpty ? listed : refused).map { $0.refusal(code) }
        return response
    }
}

extension EntryRefusal {
    fileprivate func containsTopic(_ name: String?, _ id: KafkaUUID) -> Bool {
        contains(RequestEntry(topic: name, topicID: id, hasAllPartitions: true))
    }
}

extension MetadataRequest.Topic {
    fileprivate init(_ answered: MetadataResponse.Topic) {
        self.init()
        name = answered.name
        topicID = answered.topicID
    }

    fileprivate func refusal(_ code: KafkaErrorCode) -> MetadataResponse.Topic {
        var result = MetadataResponse.Topic()
        // A topic that is named by its id has no name.
        result.name = name ?? ""
        result.topicID = topicID
        result.errorCode = code
        return result
    }
}

extension MetadataResponse.Topic {
    fileprivate mutating func removeLeaders(_ refusal: EntryRefusal) {
        for index in partitions.indices {
            let entry = RequestEntry(topic: name, topicID: topicID, partition: partitions[index].partitionIndex)
            guard refusal.contains(entry) else { continue }
            partitions[index].errorCode = refusal.code
            partitions[index].leaderID = -1
        }
    }
}

extension DescribeTopicPartitionsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition] }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics) { isIncluded(RequestEntry(topic: $0.name, hasAllPartitions: true)) }
    }

    /// An empty list asks for all topics, so that those to refuse are known only once they are listed.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> DescribeTopicPartitionsResponse?
    ) throws -> DescribeTopicPartitionsResponse? {
        guard var response = try handle(self, nil) else { return nil }
        let areOfPartitions = leaderErrors.contains(refusal.code) || refusal.filter.partition != nil
        for index in response.topics.indices {
            var topic = response.topics[index]
            if areOfPartitions {
                for index in topic.partitions.indices {
                    let entry = RequestEntry(topic: topic.name, partition: topic.partitions[index].partitionIndex)
                    guard refusal.contains(entry) else { continue }
                    topic.partitions[index].errorCode = refusal.code
                    topic.partitions[index].leaderID = -1
                }
            } else if refusal.contains(RequestEntry(topic: topic.name)) {
                topic.errorCode = refusal.code
                topic.partitions = []
            }
            response.topics[index] = topic
        }
        return response
    }
}

extension CreateTopicsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .topic }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics) { isIncluded(RequestEntry(topic: $0.name)) }
    }

    static func add(_ part: CreateTopicsResponse, to response: inout CreateTopicsResponse) {
        response.topics += part.topics
    }
}

extension DeleteTopicsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .topic }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        var part = self
        part.topics = topics.filter { isIncluded(RequestEntry(topic: $0.name, topicID: $0.topicID)) }
        part.topicNames = topicNames.filter { isIncluded(RequestEntry(topic: $0)) }
        return part.topics.isEmpty && part.topicNames.isEmpty ? nil : part
    }

    static func add(_ part: DeleteTopicsResponse, to response: inout DeleteTopicsResponse) {
        response.responses += part.responses
    }
}

extension CreatePartitionsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { .topic }

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

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics) { isIncluded(RequestEntry(topic: $0.name)) }
    }

    static func add(_ part: CreatePartitionsResponse, to response: inout CreatePartitionsResponse) {
        response.results += part.results
    }
}
