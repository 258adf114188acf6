import KafkaProtocol
import WireCore

extension RequestHandler {
    static let offsetCommit = RequestHandler(OffsetCommitRequest.self) { service, request, context in
        service.commitOffsets(request, context: context)
    }
    static let offsetFetch = RequestHandler(OffsetFetchRequest.self) { service, request, context in
        service.fetchOffsets(request, context: context)
    }
}

extension BrokerService {
    /// OffsetCommit. Topics are identified by id since version 10.
    func commitOffsets(_ request: OffsetCommitRequest, context: RequestContext) -> OffsetCommitResponse {
        let now = WallTime.now.epochMilliseconds
        var commits: [GroupCoordinator.Commit] = []
        var response = OffsetCommitResponse()
        for wanted in request.topics {
            var result = OffsetCommitResponse.Topic()
            result.name = wanted.name
            result.topicID = wanted.topicID
            let byID = context.version >= 10
            let topic = byID ? topics.topic(id: wanted.topicID) : topics.topic(named: wanted.name)
            for entry in wanted.partitions {
                var answer = OffsetCommitResponse.Partition()
                answer.partitionIndex = entry.partitionIndex
                let metadata = entry.committedMetadata ?? ""
                if let topic, topic.partition(entry.partitionIndex) != nil {
                    if metadata.utf8.count > configuration.limits.offsetMetadataBytesMax {
                        answer.errorCode = .offsetMetadataTooLarge
                    } else {
                        let committed = CommittedOffset(
                            offset: entry.committedOffset, leaderEpoch: entry.committedLeaderEpoch,
                            metadata: metadata, committedAt: now)
                        commits.append(.init(topic: topic.name, partition: entry.partitionIndex, committed: committed))
                    }
                } else {
                    answer.errorCode = byID && topic == nil ? .unknownTopicID : .unknownTopicOrPartition
                }
                result.partitions.append(answer)
            }
            response.topics.append(result)
        }
        let code = if request.groupID.isEmpty || !isShort(request.groupID) {
            KafkaErrorCode.invalidGroupID
        } else if !coordinates(request.groupID, context) {
            KafkaErrorCode.notCoordinator
        } else {
            groups.commit(
                groupID: request.groupID, memberID: request.memberID, groupInstanceID: request.groupInstanceID,
                generation: request.generationIDOrMemberEpoch, version: context.version, commits)
        }
        // Partitions that do not exist keep their own error, as in Kafka's coordinator, which is not asked about them.
        for topic in response.topics.indices {
            for partition in response.topics[topic].partitions.indices
            where response.topics[topic].partitions[partition].errorCode == .none {
                response.topics[topic].partitions[partition].errorCode = code
            }
        }
        return response
    }

    /// OffsetFetch: one group before version 8, several since; topics by id since version 10. Repeated groups and
    /// partitions are answered once.
    func fetchOffsets(_ request: OffsetFetchRequest, context: RequestContext) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        if context.version < 8 {
            guard coordinates(request.groupID, context) else {
                return request.refusal(.notCoordinator, version: context.version)
            }
            let offsets = groups.committedOffsets(groupID: request.groupID)
            let wanted = request.topics?.map { ($0.name, $0.partitionIndexes) } ?? Self.allPartitions(in: offsets)
            var seen = Set<PartitionKey>()
            response.topics = wanted.map { name, indexes in
                var topic = OffsetFetchResponse.Topic()
                topic.name = name
                let unseen = indexes.filter { seen.insert(PartitionKey(name: name, id: .zero, index: $0)).inserted }
                topic.partitions = unseen.map { index in
                    var partition = OffsetFetchResponse.Partition()
                    partition.partitionIndex = index
                    let found = offsets[name]?[index]
                    partition.committedOffset = found?.offset ?? -1
                    partition.committedLeaderEpoch = found?.leaderEpoch ?? -1
                    partition.metadata = found?.metadata ?? ""
                    if request.requireStable,
                        self.groups.isUnstable(groupID: request.groupID, topic: name, partition: index)
                    {
                        partition.errorCode = .unstableOffsetCommit
                        partition.committedOffset = -1
                    }
                    return partition
                }
                return topic
            }
            return response
        }
        let groups = request.groups.distinct(by: \.groupID)
        response.groups = groups.map { group in
            guard coordinates(group.groupID, context) else {
                var refused = OffsetFetchResponse.Group()
                refused.groupID = group.groupID
                refused.errorCode = .notCoordinator
                return refused
            }
            return fetchOffsets(of: group, byID: context.version >= 10, requireStable: request.requireStable)
        }
        return response
    }

    private struct PartitionKey: Hashable {
        let name: String?
        let id: KafkaUUID
        let index: Int32
    }

    private static func allPartitions(
        in offsets: [String: [Int32: CommittedOffset]]
    ) -> [(String, [Int32])] {
        offsets.keys.sorted().map { ($0, (offsets[$0] ?? [:]).keys.sorted()) }
    }

    private func fetchOffsets(
        of wanted: OffsetFetchRequest.Group, byID: Bool, requireStable: Bool
    ) -> OffsetFetchResponse.Group {
        var result = OffsetFetchResponse.Group()
        result.groupID = wanted.groupID
        if let memberID = wanted.memberID, wanted.memberEpoch >= 0 {
            result.errorCode = groups.validateFetch(
                groupID: wanted.groupID, memberID: memberID, epoch: wanted.memberEpoch)
            if result.errorCode != .none { return result }
        }
        let offsets = groups.committedOffsets(groupID: wanted.groupID)
        var seen = Set<PartitionKey>()
        func answer(_ name: String?, _ id: KafkaUUID, _ indexes: [Int32]) -> OffsetFetchResponse.Topics {
            var topic = OffsetFetchResponse.Topics()
            topic.name = name ?? ""
            topic.topicID = id
            let unseen = indexes.filter { seen.insert(PartitionKey(name: name, id: id, index: $0)).inserted }
            topic.partitions = unseen.map { index in
                var partition = OffsetFetchResponse.Partitions()
                partition.partitionIndex = index
                let found = name.flatMap { offsets[$0]?[index] }
                partition.committedOffset = found?.offset ?? -1
                partition.committedLeaderEpoch = found?.leaderEpoch ?? -1
                partition.metadata = found?.metadata ?? ""
                if name == nil { partition.errorCode = .unknownTopicID }
                if requireStable, let name,
                    groups.isUnstable(groupID: wanted.groupID, topic: name, partition: index)
                {
                    partition.errorCode = .unstableOffsetCommit
                    partition.committedOffset = -1
                }
                return partition
            }
            return topic
        }
        guard let topicsWanted = wanted.topics else {
            result.topics = Self.allPartitions(in: offsets).compactMap { name, indexes in
                guard let id = topics.topic(named: name)?.id else { return nil }
                return answer(name, id, indexes)
            }
            return result
        }
        result.topics = topicsWanted.map { entry in
            let name = byID ? topics.topic(id: entry.topicID)?.name : entry.name
            return answer(name, entry.topicID, entry.partitionIndexes)
        }
        return result
    }
}
