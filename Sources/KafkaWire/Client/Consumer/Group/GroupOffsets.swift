import KafkaProtocol

extension OffsetCommitResponse: CoordinatorResponse {
    var coordinatorErrorCode: KafkaErrorCode { topics.first?.partitions.first?.errorCode ?? .none }
}

extension ConsumerGroupHeartbeatResponse: CoordinatorResponse {
    var coordinatorErrorCode: KafkaErrorCode { errorCode }
}

extension OffsetFetchResponse: CoordinatorResponse {
    var coordinatorErrorCode: KafkaErrorCode { groups.first?.errorCode ?? errorCode }
}

extension OffsetAndMetadata {
    init(_ position: FetchPosition) {
        self.init(position.offset, leaderEpoch: position.epoch < 0 ? nil : position.epoch)
    }
}

/// OffsetCommit and OffsetFetch: one attempt each.
struct GroupOffsets: Sendable {
    let client: KafkaClient
    let cancellation: Cancellation

    /// Later versions name topics by their ids only, which need not be known.
    private static let commitVersionMax: Int16 = 9
    private static let fetchVersionMax: Int16 = 9

    /// - Returns: the error code of each partition.
    func commit(
        _ offsets: [TopicPartition: OffsetAndMetadata], _ member: ConsumerGroupMetadata, limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> [TopicPartition: KafkaErrorCode] {
        var request = OffsetCommitRequest()
        request.groupID = member.groupID
        request.generationIDOrMemberEpoch = member.generationID
        request.memberID = member.memberID
        request.groupInstanceID = member.groupInstanceID
        request.topics = offsets.keys.byTopic.map { name, partitions in
            var topic = OffsetCommitRequest.Topic()
            topic.name = name
            topic.partitions = partitions.map { index in
                var partition = OffsetCommitRequest.Partition()
                partition.partitionIndex = index
                guard let offset = offsets[TopicPartition(name, index)] else { return partition }
                partition.committedOffset = offset.offset
                partition.committedLeaderEpoch = offset.leaderEpoch ?? -1
                partition.committedMetadata = offset.metadata
                return partition
            }
            return topic
        }
        let response = try client.withCoordinator(
            of: .group(member.groupID), limitMilliseconds: limitMilliseconds, cancellation
        ) { connection throws(KafkaError) in
            try connection.request(request, atMost: Self.commitVersionMax, limitMilliseconds: limitMilliseconds)
        }
        var codes: [TopicPartition: KafkaErrorCode] = [:]
        for topic in response.topics {
            for partition in topic.partitions {
                codes[TopicPartition(topic.name, partition.partitionIndex)] = partition.errorCode
            }
        }
        return codes
    }

    /// The committed offsets; nil for a partition without one. Offsets of open transactions are waited for
    /// (`require_stable`): the error is UNSTABLE_OFFSET_COMMIT.
    func fetch(
        _ partitions: [TopicPartition], _ member: ConsumerGroupMetadata
    ) throws(KafkaError) -> [TopicPartition: OffsetAndMetadata?] {
        var group = OffsetFetchRequest.Group()
        group.groupID = member.groupID
        group.memberID = member.memberID.isEmpty ? nil : member.memberID
        group.memberEpoch = member.memberID.isEmpty ? -1 : member.generationID
        group.topics = partitions.byTopic.map { name, partitions in
            var topic = OffsetFetchRequest.Topics()
            topic.name = name
            topic.partitionIndexes = partitions
            return topic
        }
        var request = OffsetFetchRequest()
        request.groups = [group]
        request.groupID = member.groupID
        request.topics = partitions.byTopic.map { name, partitions in
            var topic = OffsetFetchRequest.Topic()
            topic.name = name
            topic.partitionIndexes = partitions
            return topic
        }
        request.requireStable = true
        let response = try client.withCoordinator(of: .group(member.groupID), cancellation) {
            connection throws(KafkaError) in
            try connection.request(request, atMost: Self.fetchVersionMax)
        }
        let about = "committed offsets of group \(member.groupID)"
        guard response.coordinatorErrorCode == .none else { throw .code(response.coordinatorErrorCode, about: about) }
        let old = response.topics.flatMap { topic in
            topic.partitions.map {
                (topic.name, $0.partitionIndex, $0.committedOffset, $0.committedLeaderEpoch, $0.metadata, $0.errorCode)
            }
        }
        let new = response.groups.flatMap(\.topics).flatMap { topic in
            topic.partitions.map {
                (topic.name, $0.partitionIndex, $0.committedOffset, $0.committedLeaderEpoch, $0.metadata, $0.errorCode)
            }
        }
        var found: [TopicPartition: OffsetAndMetadata?] = [:]
        for (name, index, offset, epoch, metadata, code) in old + new {
            guard code == .none else { throw .code(code, about: "\(about) of \(TopicPartition(name, index))") }
            found[TopicPartition(name, index)] = .some(
                offset < 0 ? nil : OffsetAndMetadata(offset, leaderEpoch: epoch < 0 ? nil : epoch, metadata: metadata ?? ""))
        }
        return found
    }
}
