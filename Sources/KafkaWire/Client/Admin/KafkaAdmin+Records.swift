import KafkaProtocol

extension KafkaAdmin {
    // MARK: Offsets

    /// Looks up offsets of partitions; one result for each, in the same order.
    ///
    /// The offset is nil if no record is at that position, for example none as late as a timestamp.
    ///
    /// - Parameter partitions: each partition at most once.
    public func listOffsets(
        _ partitions: [(partition: TopicPartition, spec: OffsetSpec)], isolation: IsolationLevel = .readUncommitted
    ) -> [Result<ListedOffset, KafkaError>] {
        let keys = partitions.map(\.partition)
        return perform("listing an offset of", keys.map(\.description), at: keys.map(AdminTarget.leader)) {
            connection, items, results throws(KafkaError) in
            var sent: [Int] = []
            for index in items {
                switch partitions[index].spec.position {
                case .offset(let offset):
                    let listed = ListedOffset(offset: offset, timestampMilliseconds: nil, leaderEpoch: nil)
                    results.set(keys[index].description, .none, nil, listed)
                case .named(let name):
                    let (version, feature) = OffsetSpec.requirement(of: name)
                    try connection.require(.listOffsets, version: version, for: feature)
                    sent.append(index)
                }
            }
            guard !sent.isEmpty else { return }
            var request = ListOffsetsRequest()
            request.replicaID = -1
            request.isolationLevel = isolation.rawValue
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.topics = keys.groupedByTopic(sent).map { group in
                var topic = ListOffsetsRequest.ListOffsetsTopic()
                topic.name = group.topic
                topic.partitions = group.items.map { index in
                    var partition = ListOffsetsRequest.ListOffsetsPartition()
                    partition.partitionIndex = keys[index].partition
                    if case .named(let name) = partitions[index].spec.position { partition.timestamp = name }
                    return partition
                }
                return topic
            }
            for topic in try connection.request(request).topics {
                for partition in topic.partitions {
                    let name = TopicPartition(topic.name, partition.partitionIndex).description
                    results.set(name, partition.errorCode, nil, ListedOffset(partition))
                }
            }
        }
    }

    /// Partition to the offset of its next record.
    public func endOffsets(_ topic: String) throws(KafkaError) -> [Int32: Int64] {
        let description = try client.retrying("describing topic \(topic)", client.cancellation) {
            () throws(KafkaError) in
            try client.topic(topic, client.cancellation)
        }
        let partitions = description.partitions.map { TopicPartition(topic, $0.index) }
        let offsets = try listOffsets(partitions.map { ($0, .latest) }).get()
        return Dictionary(uniqueKeysWithValues: zip(partitions, offsets).map { ($0.partition, $1.offset ?? 0) })
    }

    // MARK: Deleting

    /// Deletes the records before offsets; one result for each partition, in the same order: its first offset
    /// afterwards.
    ///
    /// - Parameter partitions: each partition with the offset of the first record to keep; -1: none is kept.
    public func deleteRecords(
        _ partitions: [(partition: TopicPartition, before: Int64)]
    ) -> [Result<Int64, KafkaError>] {
        let keys = partitions.map(\.partition)
        return perform("deleting records of", keys.map(\.description), at: keys.map(AdminTarget.leader)) {
            connection, items, results throws(KafkaError) in
            var request = DeleteRecordsRequest()
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.topics = keys.groupedByTopic(items).map { group in
                var topic = DeleteRecordsRequest.DeleteRecordsTopic()
                topic.name = group.topic
                topic.partitions = group.items.map { index in
                    var partition = DeleteRecordsRequest.DeleteRecordsPartition()
                    partition.partitionIndex = keys[index].partition
                    partition.offset = partitions[index].before
                    return partition
                }
                return topic
            }
            for topic in try connection.request(request).topics {
                for partition in topic.partitions {
                    let name = TopicPartition(topic.name, partition.partitionIndex).description
                    results.set(name, partition.errorCode, nil, partition.lowWatermark)
                }
            }
        }
    }
}

/// An offset of a partition, and the record there.
public struct ListedOffset: Sendable, Equatable {
    /// nil if the partition has no such record.
    public var offset: Int64?
    /// The record's timestamp in milliseconds since 1970; nil unless it was looked up by time.
    public var timestampMilliseconds: Int64?
    /// The epoch of the leader that wrote the record (KIP-320); nil if unknown.
    public var leaderEpoch: Int32?

    init(offset: Int64?, timestampMilliseconds: Int64?, leaderEpoch: Int32?) {
        self.offset = offset
        self.timestampMilliseconds = timestampMilliseconds
        self.leaderEpoch = leaderEpoch
    }

    fileprivate init(_ answer: ListOffsetsResponse.ListOffsetsPartitionResponse) {
        offset = answer.offset < 0 ? nil : answer.offset
        timestampMilliseconds = answer.timestamp < 0 ? nil : answer.timestamp
        leaderEpoch = answer.leaderEpoch < 0 ? nil : answer.leaderEpoch
    }
}
