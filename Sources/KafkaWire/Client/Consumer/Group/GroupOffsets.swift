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

extension KafkaError {
    /// Whether a member's fetch of offsets was refused since its membership has changed. Its group's thread learns of
    /// that with its next heartbeat.
    var isOfFormerMembership: Bool {
        switch errorCode {
        case .staleMemberEpoch, .unknownMemberID, .fencedMemberEpoch: true
        default: false
        }
    }
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
    /// Whether the coordinator checks who fetches offsets: in groups of the consumer protocol.
    let fetchesAsMember: Bool

    /// Later versions name topics by their ids only, which need not be known.
    private static let versionWithNames: Int16 = 9

    /// - Returns: the error code of each partition.
    func commit(
        _ committed: OffsetsToCommit, _ member: ConsumerGroupMetadata, limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> [TopicPartition: KafkaErrorCode] {
        let offsets = committed.offsets
        var request = OffsetCommitRequest()
        request.groupID = member.groupID
        request.generationIDOrMemberEpoch = member.generationID
        request.memberID = member.memberID
        request.groupInstanceID = member.groupInstanceID
        request.topics = offsets.keys.byTopic.map { name, partitions in
            var topic = OffsetCommitRequest.Topic()
            topic.name = name
            topic.topicID = committed.topicIDs[name] ?? .zero
            topic.partitions = partitions.compactMap { index in
                offsets[TopicPartition(name, index)].map { OffsetCommitRequest.Partition(index, $0) }
            }
            return topic
        }
        let response = try client.withCoordinator(
            of: .group(member.groupID), limitMilliseconds: limitMilliseconds, cancellation
        ) { connection throws(KafkaError) in
            try connection.request(
                request, atMost: Self.version(request.topics.map(\.topicID)), limitMilliseconds: limitMilliseconds)
        }
        var codes: [TopicPartition: KafkaErrorCode] = [:]
        let names = Self.names(committed.topicIDs)
        for topic in response.topics {
            guard let name = topic.topicID == .zero ? topic.name : names[topic.topicID] else { continue }
            for partition in topic.partitions {
                codes[TopicPartition(name, partition.partitionIndex)] = partition.errorCode
            }
        }
        for partition in offsets.keys where codes[partition] == nil { codes[partition] = .unknownServerError }
        return codes
    }

    /// The latest version that can name topics with these ids.
    private static func version(_ ids: [KafkaUUID]) -> Int16 { ids.contains(.zero) ? versionWithNames : .max }

    private static func names(_ ids: [String: KafkaUUID]) -> [KafkaUUID: String] {
        Dictionary(ids.map { ($0.value, $0.key) }) { $1 }
    }

    /// The committed offsets; nil for a partition without one. Offsets of open transactions are waited for
    /// (`require_stable`): the error is UNSTABLE_OFFSET_COMMIT.
    func fetch(
        _ partitions: [TopicPartition], topicIDs: [String: KafkaUUID], _ member: ConsumerGroupMetadata
    ) throws(KafkaError) -> [TopicPartition: OffsetAndMetadata?] {
        var request = OffsetFetchRequest([(member.groupID, partitions)], requireStable: true)
        let topics = (request.groups[0].topics ?? []).map { topic in
            var topic = topic
            topic.topicID = topicIDs[topic.name] ?? .zero
            return topic
        }
        request.groups[0].topics = topics
        let ids = topics.map(\.topicID)
        if fetchesAsMember, !member.memberID.isEmpty {
            request.groups[0].memberID = member.memberID
            request.groups[0].memberEpoch = member.generationID
        }
        let response = try client.withCoordinator(of: .group(member.groupID), cancellation) {
            connection throws(KafkaError) in
            try connection.request(request, atMost: Self.version(ids))
        }
        let about = "committed offsets of group \(member.groupID)"
        guard response.coordinatorErrorCode == .none else { throw .code(response.coordinatorErrorCode, about: about) }
        let group = response.groups.first ?? OffsetFetchResponse.Group(response, groupID: member.groupID)
        var found: [TopicPartition: OffsetAndMetadata?] = [:]
        let names = Self.names(topicIDs)
        for topic in group.topics {
            guard let name = topic.topicID == .zero ? topic.name : names[topic.topicID] else { continue }
            for partition in topic.partitions {
                let committed = GroupOffset(topic: name, partition)
                guard partition.errorCode == .none else {
                    throw .code(partition.errorCode, about: "\(about) of \(committed.partition)")
                }
                found[committed.partition] = .some(try committed.offset.get())
            }
        }
        return found
    }
}
