import KafkaProtocol

/// The places in a partition that ListOffsets has names for.
enum OffsetSpec: Int64 {
    case end = -1, beginning = -2
}

extension KafkaClient {
    /// The offset of a place in every partition of a topic, asked of the partitions' leaders.
    func offsets(
        of topic: TopicDescription, at place: OffsetSpec, isolation: IsolationLevel,
        _ cancellation: Cancellation
    ) throws(KafkaError) -> [Int32: Int64] {
        var offsets: [Int32: Int64] = [:]
        for (leader, partitions) in topic.partitionsByLeader {
            let request = ListOffsetsRequest(topic.name, partitions, place, isolation, configuration)
            let response = try withBroker(leader, cancellation) { connection throws(KafkaError) in
                try connection.request(request)
            }
            for partition in response.topics.flatMap(\.partitions) {
                guard partition.errorCode == .none else {
                    throw .code(partition.errorCode, about: "offsets of \(topic.name)-\(partition.partitionIndex)")
                }
                offsets[partition.partitionIndex] = partition.offset
            }
        }
        guard offsets.count == topic.partitions.count else {
            throw .code(.unknownServerError, about: "offsets of \(topic.name): not all partitions were answered")
        }
        return offsets
    }
}

extension TopicDescription {
    var partitionsByLeader: [Int32: [Int32]] {
        Dictionary(grouping: partitions, by: \.leader).mapValues { $0.map(\.index) }
    }
}

extension ListOffsetsRequest {
    fileprivate init(
        _ topic: String, _ partitions: [Int32], _ place: OffsetSpec, _ isolation: IsolationLevel,
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
            partition.timestamp = place.rawValue
            return partition
        }
        topics = [entry]
    }
}
