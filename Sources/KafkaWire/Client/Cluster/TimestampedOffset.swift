import KafkaProtocol

/// The first record of a partition at or after a time.
public struct TimestampedOffset: Sendable, Equatable {
    /// The record's offset.
    public var offset: Int64
    /// The record's timestamp in milliseconds since 1970; -1 if unknown.
    public var timestampMilliseconds: Int64
    /// The leader epoch of the record; nil if unknown.
    public var leaderEpoch: Int32?
}

extension KafkaClient {
    /// The offsets of partitions at a timestamp, or one of the names that ListOffsets has instead (-1, -2); nil for a
    /// partition without a record of that time.
    func timestampedOffsets(
        of name: String, _ partitions: [Int32], at timestamp: Int64, _ isolation: IsolationLevel,
        _ cancellation: Cancellation
    ) throws(KafkaError) -> [Int32: TimestampedOffset?] {
        var topic = try topic(name, cancellation)
        topic.partitions.removeAll { !partitions.contains($0.index) }
        if let missing = Set(partitions).subtracting(topic.partitions.map(\.index)).min() {
            throw .code(.unknownTopicOrPartition, about: "partition \(missing) of topic \(name)")
        }
        var found: [Int32: TimestampedOffset?] = [:]
        for (leader, indices) in topic.partitionsByLeader {
            let request = ListOffsetsRequest(name, indices, timestamp, isolation, configuration)
            let response = try withBroker(leader, cancellation) { connection throws(KafkaError) in
                try connection.request(request)
            }
            for partition in response.topics.flatMap(\.partitions) {
                guard partition.errorCode == .none else {
                    throw .code(partition.errorCode, about: "offsets of \(name)-\(partition.partitionIndex)")
                }
                found[partition.partitionIndex] = .some(
                    partition.offset < 0
                        ? nil
                        : TimestampedOffset(
                            offset: partition.offset, timestampMilliseconds: partition.timestamp,
                            leaderEpoch: partition.leaderEpoch < 0 ? nil : partition.leaderEpoch))
            }
        }
        return found
    }

    /// The names of topics with these ids; those that the broker does not know are left out. Throws
    /// `.unsupportedVersion` before Kafka 3.1.
    func topicNames(
        _ ids: Set<KafkaUUID>, _ cancellation: Cancellation
    ) throws(KafkaError) -> [KafkaUUID: String] {
        var request = MetadataRequest()
        request.allowAutoTopicCreation = false
        request.topics = ids.map { id in
            var topic = MetadataRequest.Topic()
            topic.topicID = id
            topic.name = nil
            return topic
        }
        let response = try withAnyBroker(cancellation) { connection throws(KafkaError) in
            try connection.request(request)
        }
        var names: [KafkaUUID: String] = [:]
        for topic in response.topics where topic.errorCode == .none { names[topic.topicID] = topic.name }
        return names
    }
}
