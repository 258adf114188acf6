import KafkaProtocol

extension KafkaAdmin {
    /// The committed offsets of groups; one result for each group, in the same order.
    ///
    /// - Parameters:
    ///   - groups: each group with the partitions of interest; nil: all that it has committed.
    ///   - requireStable: waits until transactions that commit offsets of the group have ended (Kafka 2.5).
    public func listGroupOffsets(
        _ groups: [(groupID: String, partitions: [TopicPartition]?)], requireStable: Bool = false
    ) -> [Result<[GroupOffset], KafkaError>] {
        let names = groups.map(\.groupID)
        return perform("listing the offsets of group", names, at: names.map { .coordinator(.group($0)) }) {
            connection, items, results throws(KafkaError) in
            if requireStable { try connection.require(.offsetFetch, version: 7, for: "listing stable offsets") }
            // Version 8 has several groups in a request; version 10 names topics by their ids.
            let isBatched = try connection.versions.version(of: .offsetFetch) >= 8
            for batch in isBatched ? [items] : items.map({ [$0] }) {
                let request = OffsetFetchRequest(batch.map { groups[$0] }, requireStable: requireStable)
                let response = try connection.request(request, atMost: 9)
                let answers = isBatched
                    ? response.groups : [OffsetFetchResponse.Group(response, groupID: groups[batch[0]].groupID)]
                for group in answers { apply(group, to: &results) }
            }
        }
    }

    private func apply(_ group: OffsetFetchResponse.Group, to results: inout AdminResults<[GroupOffset]>) {
        let partitions = group.topics.flatMap { topic in topic.partitions.map { (topic.name, $0) } }
        // An offset of an open transaction (KIP-447): the whole group is asked again.
        let unstable = partitions.contains { $0.1.errorCode == .unstableOffsetCommit }
        let code: KafkaErrorCode = group.errorCode == .none && unstable ? .unstableOffsetCommit : group.errorCode
        results.set(group.groupID, code, nil, partitions.map { GroupOffset(topic: $0, $1) })
    }

    /// Commits offsets of a group without members, or of partitions that no member has; one result for each partition,
    /// in the same order.
    public func alterGroupOffsets(
        _ groupID: String, _ offsets: [(partition: TopicPartition, offset: OffsetAndMetadata)]
    ) -> [Result<Void, KafkaError>] {
        let partitions = offsets.map(\.partition)
        return perform(
            "committing the offset of group \(groupID) for", partitions.map(\.description),
            at: partitions.map { _ in .coordinator(.group(groupID)) }, where: Self.isRetriableWithUnknownTopic
        ) { connection, items, results throws(KafkaError) in
            var request = OffsetCommitRequest()
            request.groupID = groupID
            request.topics = partitions.groupedByTopic(items).map { group in
                var topic = OffsetCommitRequest.Topic()
                topic.name = group.topic
                topic.partitions = group.items.map { index in
                    OffsetCommitRequest.Partition(partitions[index].partition, offsets[index].offset)
                }
                return topic
            }
            // Version 10 names topics by their ids.
            for topic in try connection.request(request, atMost: 9).topics {
                for partition in topic.partitions {
                    let name = TopicPartition(topic.name, partition.partitionIndex).description
                    results.set(name, partition.errorCode, nil, ())
                }
            }
        }
    }

    /// Deletes committed offsets of a group (Kafka 2.4); one result for each partition, in the same order.
    /// `.groupSubscribedToTopic` if a member subscribes to the topic.
    public func deleteGroupOffsets(
        _ groupID: String, _ partitions: [TopicPartition]
    ) -> [Result<Void, KafkaError>] {
        perform(
            "deleting the offset of group \(groupID) for", partitions.map(\.description),
            at: partitions.map { _ in .coordinator(.group(groupID)) }, where: Self.isRetriableWithUnknownTopic
        ) { connection, items, results throws(KafkaError) in
            var request = OffsetDeleteRequest()
            request.groupID = groupID
            request.topics = partitions.groupedByTopic(items).map { group in
                var topic = OffsetDeleteRequest.Topic()
                topic.name = group.topic
                topic.partitions = group.items.map { index in
                    var partition = OffsetDeleteRequest.Partition()
                    partition.partitionIndex = partitions[index].partition
                    return partition
                }
                return topic
            }
            let response = try connection.request(request)
            try response.errorCode.check("deleting offsets of group \(groupID)")
            for topic in response.topics {
                for partition in topic.partitions {
                    let name = TopicPartition(topic.name, partition.partitionIndex).description
                    results.set(name, partition.errorCode, nil, ())
                }
            }
        }
    }
}
