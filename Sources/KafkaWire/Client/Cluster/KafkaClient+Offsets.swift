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
        var offsets: [Int32: Int64] = [:]
        for (leader, partitions) in topic.partitionsByLeader {
            let request = ListOffsetsRequest(topic.name, partitions, timestamp, isolation, configuration)
            let found = try withBroker(leader, cancellation) { connection throws(KafkaError) in
                let partitions = try connection.request(request).topics.flatMap(\.partitions)
                for partition in partitions where partition.errorCode != .none {
                    throw .code(partition.errorCode, about: "offsets of \(topic.name)-\(partition.partitionIndex)")
                }
                return partitions
            }
            for partition in found { offsets[partition.partitionIndex] = partition.offset }
        }
        guard offsets.count == topic.partitions.count else {
            throw .code(.unknownServerError, about: "offsets of \(topic.name): the response lacks partitions")
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
    init(
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
