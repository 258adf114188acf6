import KafkaProtocol

extension OffsetCommitRequest.Partition {
    init(_ index: Int32, _ offset: OffsetAndMetadata) {
        self.init()
        partitionIndex = index
        committedOffset = offset.offset
        committedLeaderEpoch = offset.leaderEpoch ?? -1
        committedMetadata = offset.metadata
    }
}

extension OffsetFetchRequest {
    /// Has the fields of every version: those of one group are of versions up to 7.
    init(_ groups: [(groupID: String, partitions: [TopicPartition]?)], requireStable: Bool) {
        self.init()
        self.requireStable = requireStable
        self.groups = groups.map { groupID, partitions in
            var group = Group()
            group.groupID = groupID
            group.topics = partitions.map { partitions in
                partitions.byTopic.map { name, indexes in
                    var topic = Topics()
                    topic.name = name
                    topic.partitionIndexes = indexes
                    return topic
                }
            }
            return group
        }
        groupID = self.groups.first?.groupID ?? ""
        topics = self.groups.first?.topics.map { topics in
            topics.map { byName in
                var topic = Topic()
                topic.name = byName.name
                topic.partitionIndexes = byName.partitionIndexes
                return topic
            }
        }
    }
}

extension OffsetFetchResponse.Group {
    /// The only group of a version before 8.
    init(_ response: OffsetFetchResponse, groupID: String) {
        self.init()
        self.groupID = groupID
        errorCode = response.errorCode
        topics = response.topics.map { old in
            var topic = OffsetFetchResponse.Topics()
            topic.name = old.name
            topic.partitions = old.partitions.map { old in
                var partition = OffsetFetchResponse.Partitions()
                partition.partitionIndex = old.partitionIndex
                partition.committedOffset = old.committedOffset
                partition.committedLeaderEpoch = old.committedLeaderEpoch
                partition.metadata = old.metadata
                partition.errorCode = old.errorCode
                return partition
            }
            return topic
        }
    }
}

extension GroupOffset {
    init(topic: String, _ answer: OffsetFetchResponse.Partitions) {
        partition = TopicPartition(topic, answer.partitionIndex)
        guard answer.errorCode == .none else {
            offset = .failure(.code(answer.errorCode, about: "the committed offset of \(partition)"))
            return
        }
        // An offset of -1 means that there is none.
        offset = .success(
            answer.committedOffset < 0
                ? nil
                : OffsetAndMetadata(
                    answer.committedOffset,
                    leaderEpoch: answer.committedLeaderEpoch < 0 ? nil : answer.committedLeaderEpoch,
                    metadata: answer.metadata ?? ""))
    }
}
