import KafkaProtocol

extension KafkaClient {
    /// The offset that `spec` denotes in every partition of a topic; names are resolved by the partitions' leaders.
    func offsets(
        of topic: TopicDescription, at spec: OffsetSpec, isolation: IsolationLevel, _ cancellation: Cancellation
    ) throws(KafkaError) -> [Int32: Int64] {
        let timestamp: Int64
        switch spec.position {
        case .offset(let offset):
            return Dictionary(uniqueKeysWithValues: topic.partitions.map { ($0.index, offset) })
        case .named(let name): timestamp = name
        }
        let listed = try listOffsets(of: topic, at: timestamp, isolation, cancellation)
        guard listed.count == topic.partitions.count else {
            throw .code(.unknownServerError, about: "offsets of \(topic.name): the response lacks partitions")
        }
        return listed.mapValues { $0?.offset ?? -1 }
    }

    /// The offset of `spec`, which is not an offset itself, in some partitions of a topic; nil for a partition
    /// without a record at that position.
    func listOffsets(
        of name: String, _ partitions: [Int32], at spec: OffsetSpec, _ isolation: IsolationLevel,
        _ cancellation: Cancellation
    ) throws(KafkaError) -> [Int32: TimestampedOffset?] {
        guard case .named(let timestamp) = spec.position else { preconditionFailure("an offset is not looked up") }
        var topic = try topic(name, cancellation)
        topic.partitions.removeAll { !partitions.contains($0.index) }
        if let missing = Set(partitions).subtracting(topic.partitions.map(\.index)).min() {
            throw .code(.unknownTopicOrPartition, about: "partition \(missing) of topic \(name)")
        }
        return try listOffsets(of: topic, at: timestamp, isolation, cancellation)
    }

    private func listOffsets(
        of topic: TopicDescription, at timestamp: Int64, _ isolation: IsolationLevel, _ cancellation: Cancellation
    ) throws(KafkaError) -> [Int32: TimestampedOffset?] {
        var listed: [Int32: TimestampedOffset?] = [:]
        for (leader, partitions) in topic.partitionsByLeader {
            let request = ListOffsetsRequest(topic.name, partitions, timestamp, isolation, configuration)
            let found = try withBroker(leader, cancellation) { connection throws(KafkaError) in
                let partitions = try connection.request(request).topics.flatMap(\.partitions)
                for partition in partitions where partition.errorCode != .none {
                    throw .code(partition.errorCode, about: "offsets of \(topic.name)-\(partition.partitionIndex)")
                }
                return partitions
            }
            for partition in found { listed[partition.partitionIndex] = .some(TimestampedOffset(partition)) }
        }
        return listed
    }
}

extension TopicDescription {
    var partitionsByLeader: [Int32: [Int32]] {
        Dictionary(grouping: partitions, by: \.leader).mapValues { $0.map(\.index) }
    }
}

extension ListOffsetsRequest {
    fileprivate init(
        _ topic: String, _ partitions: [Int32], _ timestamp: Int64, _ isolation: IsolationLevel,
        _ configuration: KafkaClientConfiguration
    ) {
        self.init()
        replicaID = -1
        isolationLevel = isolation.rawValue
        timeoutMilliseconds = Int32(clamping: configuration.requestTimeoutMilliseconds)
        var entry = ListOffsetsTopic()
        entry.name = topic
        entry.partitions = partitions.map { index in
            var partition = ListOffsetsPartition()
            partition.partitionIndex = index
            partition.timestamp = timestamp
            return partition
        }
        topics = [entry]
    }
}

extension TimestampedOffset {
    /// Returns nil if no record is at the position.
    fileprivate init?(_ partition: ListOffsetsResponse.ListOffsetsPartitionResponse) {
        guard partition.offset >= 0 else { return nil }
        self.init(
            offset: partition.offset, timestampMilliseconds: partition.timestamp,
            leaderEpoch: partition.leaderEpoch < 0 ? nil : partition.leaderEpoch)
    }
}
