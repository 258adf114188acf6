import KafkaProtocol

extension OffsetCommitRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition, .group] }

    func refusal(_ code: KafkaErrorCode) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        response.topics = topics.map { topic in
            var result = OffsetCommitResponse.Topic(topic.name, topic.partitions.map(\.partitionIndex), code)
            result.topicID = topic.topicID
            return result
        }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(
                RequestEntry(
                    topic: topic.name, topicID: topic.topicID, partition: partition.partitionIndex, group: groupID))
        }
    }

    static func add(_ part: OffsetCommitResponse, to response: inout OffsetCommitResponse) {
        response.topics.merge(part.topics, by: { TopicIdentity($0.name, $0.topicID) }, \.partitions)
    }
}

extension OffsetFetchRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition, .group] }

    func refusal(_ code: KafkaErrorCode) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        response.errorCode = code
        response.groups = groups.map { group in
            var result = OffsetFetchResponse.Group()
            result.groupID = group.groupID
            result.errorCode = code
            return result
        }
        return response
    }

    /// A group whose topics are not listed has one entry: all its offsets.
    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        var part = self
        part.groups = groups.compactMap { group in
            guard let topics = group.topics else {
                return isIncluded(RequestEntry(group: group.groupID)) ? group : nil
            }
            var kept = group
            kept.topics = topics.keeping(\.partitionIndexes) { topic, index in
                isIncluded(
                    RequestEntry(topic: topic.name, topicID: topic.topicID, partition: index, group: group.groupID))
            }
            return kept.topics?.isEmpty == true ? nil : kept
        }
        guard groups.isEmpty else { return part.groups.isEmpty ? nil : part }
        guard let topics else { return isIncluded(RequestEntry(group: groupID)) ? self : nil }
        part.topics = topics.keeping(\.partitionIndexes) { topic, index in
            isIncluded(RequestEntry(topic: topic.name, partition: index, group: groupID))
        }
        return part.topics?.isEmpty == true ? nil : part
    }

    /// Groups have the error, unless topics are selected.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> OffsetFetchResponse?
    ) throws -> OffsetFetchResponse? {
        try partialResponse(refusing: refusal, version: version, handle) { part in
            refusal.filter.selectsTopics
                ? part.partitionRefusal(refusal.code) : part.refusal(refusal.code, version: version)
        }
    }

    /// Version 1 has no error code for the group: partitions have it.
    func refusal(_ code: KafkaErrorCode, version: Int16) -> OffsetFetchResponse {
        version < 2 ? partitionRefusal(code) : refusal(code)
    }

    private func partitionRefusal(_ code: KafkaErrorCode) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        response.topics = (topics ?? []).map { topic in
            var result = OffsetFetchResponse.Topic()
            result.name = topic.name
            result.partitions = topic.partitionIndexes.map { index in
                var entry = OffsetFetchResponse.Partition()
                entry.partitionIndex = index
                entry.committedOffset = -1
                entry.errorCode = code
                return entry
            }
            return result
        }
        response.groups = groups.map { group in
            var result = OffsetFetchResponse.Group()
            result.groupID = group.groupID
            result.topics = (group.topics ?? []).map { topic in
                var result = OffsetFetchResponse.Topics()
                result.name = topic.name
                result.topicID = topic.topicID
                result.partitions = topic.partitionIndexes.map { index in
                    var entry = OffsetFetchResponse.Partitions()
                    entry.partitionIndex = index
                    entry.committedOffset = -1
                    entry.errorCode = code
                    return entry
                }
                return result
            }
            return result
        }
        return response
    }

    static func add(_ part: OffsetFetchResponse, to response: inout OffsetFetchResponse) {
        response.topics.merge(part.topics, by: \.name, \.partitions)
        for group in part.groups {
            guard let index = response.groups.firstIndex(where: { $0.groupID == group.groupID }) else {
                response.groups.append(group)
                continue
            }
            if group.errorCode != .none { response.groups[index].errorCode = group.errorCode }
            response.groups[index].topics.merge(
                group.topics, by: { TopicIdentity($0.name, $0.topicID) }, \.partitions)
        }
    }
}

extension OffsetDeleteRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .partition, .group] }

    func refusal(_ code: KafkaErrorCode) -> OffsetDeleteResponse {
        var response = OffsetDeleteResponse()
        response.errorCode = code
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.topics, \.partitions) { topic, partition in
            isIncluded(RequestEntry(topic: topic.name, partition: partition.partitionIndex, group: groupID))
        }
    }

    /// The group has the error, unless topics are selected.
    func response(
        refusing refusal: EntryRefusal, version: Int16,
        _ handle: (Self, EntryRefusal?) throws -> OffsetDeleteResponse?
    ) throws -> OffsetDeleteResponse? {
        try partialResponse(refusing: refusal, version: version, handle) { part in
            refusal.filter.selectsTopics ? part.partitionRefusal(refusal.code) : part.refusal(refusal.code)
        }
    }

    private func partitionRefusal(_ code: KafkaErrorCode) -> OffsetDeleteResponse {
        var response = OffsetDeleteResponse()
        response.topics = topics.map { .init($0.name, $0.partitions.map(\.partitionIndex), code) }
        return response
    }

    static func add(_ part: OffsetDeleteResponse, to response: inout OffsetDeleteResponse) {
        response.topics.merge(part.topics, by: \.name, \.partitions)
    }
}
