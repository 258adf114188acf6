import KafkaProtocol
import Synchronization
import WireCore

/// Groups in the protocol of KIP-848, and the offsets of all groups.
extension GroupCoordinator {
    /// A ConsumerGroupHeartbeat that is valid in itself.
    func handle(
        _ heartbeat: ServerAssignedGroup.Heartbeat, groupID: String, _ catalog: TopicCatalog
    ) -> Result<ServerAssignedGroup.Answer, ServerAssignedGroup.HeartbeatError> {
        change { state in
            do throws(ServerAssignedGroup.HeartbeatError) {
                if let classic = state.groups[groupID], !classic.members.isEmpty || !classic.pendingMembers.isEmpty {
                    throw .init(.groupIDNotFound, "Group \(groupID) is not a consumer group.")
                }
                let before = state.serverAssigned[groupID]
                guard before != nil || heartbeat.epoch == 0 else {
                    throw .init(.groupIDNotFound, "Group \(groupID) not found.")
                }
                var group = before ?? ServerAssignedGroup(groupID: groupID)
                let answer = try group.handle(heartbeat, catalog, now: .now)
                guard state.store(group, instead: before) else {
                    throw .init(.coordinatorNotAvailable, "The group cannot be stored.")
                }
                return .success(answer)
            } catch { return .failure(error) }
        }
    }

    func serverAssignedGroup(_ groupID: String) -> ServerAssignedGroup? {
        state.withLock { $0.serverAssigned[groupID] }
    }

    // MARK: Offsets

    /// Removes offsets of a group (OffsetDelete). Offsets of topics that members are subscribed to are kept.
    ///
    /// - Returns: the code for the whole request, and those of the partitions.
    func deleteOffsets(
        groupID: String, _ wanted: [(topic: String, partition: Int32)]
    ) -> (KafkaErrorCode, [KafkaErrorCode]) {
        state.withLock { state in
            let (classic, other) = (state.groups[groupID], state.serverAssigned[groupID])
            guard classic != nil || other != nil || !state.offsets.topics(of: groupID).isEmpty else {
                return (.groupIDNotFound, [])
            }
            var subscribed: Set<String> = []
            if let other, !other.members.isEmpty { subscribed = Set(other.subscribedTopics.keys) }
            if let classic, !classic.members.isEmpty {
                guard classic.protocolType == "consumer" else { return (.nonEmptyGroup, []) }
                subscribed = classic.subscribedTopics
            }
            let removable = wanted.filter { !subscribed.contains($0.topic) }
            let known = removable.filter { state.offsets[groupID, $0.topic, $0.partition] != nil }
            let entries = known.map {
                GroupJournalEntry.offsetRemoved(groupID: groupID, topic: $0.topic, partition: $0.partition)
            }
            guard entries.isEmpty || state.write(entries) else { return (.coordinatorNotAvailable, []) }
            for entry in known { state.offsets[groupID, entry.topic, entry.partition] = nil }
            return (.none, wanted.map { subscribed.contains($0.topic) ? .groupSubscribedToTopic : .none })
        }
    }

    /// Removes the offsets of groups that have had no members, and committed nothing, for the retention time
    /// (`offsets.retention.minutes`).
    func removeOldOffsets(now: Int64, retentionMilliseconds: Int64) {
        state.withLock { state in
            var entries: [GroupJournalEntry] = []
            for (groupID, topics) in state.offsets.byGroup {
                let hasMembers = state.groups[groupID]?.members.isEmpty == false
                    || state.serverAssigned[groupID]?.members.isEmpty == false
                guard !hasMembers else {
                    state.emptySince[groupID] = nil
                    continue
                }
                let since = state.emptySince[groupID] ?? now
                state.emptySince[groupID] = since
                for (topic, partitions) in topics {
                    for (partition, committed) in partitions
                    where now - max(since, committed.committedAt) >= retentionMilliseconds {
                        entries.append(.offsetRemoved(groupID: groupID, topic: topic, partition: partition))
                    }
                }
            }
            guard !entries.isEmpty, state.write(entries) else { return }
            for case .offsetRemoved(let groupID, let topic, let partition) in entries {
                state.offsets[groupID, topic, partition] = nil
            }
        }
    }
}

extension GroupCoordinator.State {
    /// A LeaveGroup for a member of a group in the protocol of KIP-848, by which an administrator removes it: a static
    /// member by its instance id alone.
    mutating func removeServerAssigned(
        _ memberID: String, _ groupInstanceID: String?, from groupID: String
    ) -> KafkaErrorCode {
        guard let before = serverAssigned[groupID] else { return .unknownMemberID }
        var member = before.members[memberID]
        if let groupInstanceID {
            member = before.members.values.first { $0.instanceID == groupInstanceID }
            if let member, !memberID.isEmpty, member.id != memberID { return .fencedInstanceID }
        }
        guard let member else { return .unknownMemberID }
        var group = before
        group.remove(member.id)
        return store(group, instead: before) ? .none : .coordinatorNotAvailable
    }

    /// Replaces a group's state, which is written if what is stored of it has changed. Returns false if it cannot be
    /// written.
    @discardableResult
    mutating func store(_ group: ServerAssignedGroup, instead before: ServerAssignedGroup?) -> Bool {
        func stored(_ group: ServerAssignedGroup) -> [UInt8] {
            var writer = KafkaWriter(isFlexible: true)
            group.encode(into: &writer)
            return writer.bytes.array()
        }
        if before.map(stored) != stored(group) {
            guard write([.serverAssigned(group)]) else { return false }
        }
        serverAssigned[group.groupID] = group
        groups[group.groupID] = nil
        return true
    }
}

extension ConsumerGroup {
    /// The topics in the members' subscriptions, if it is a group of consumers.
    var subscribedTopics: Set<String> {
        var topics: Set<String> = []
        for member in members {
            let metadata = member.metadata(for: protocolName ?? member.protocols.first?.name)
            do throws(WireError) {
                // Version i16, then the fields of that version, of which the names come first.
                var reader = KafkaReader(ByteReader(metadata.span.bytes), isFlexible: false)
                _ = try reader.int16()
                for _ in 0..<(try reader.arrayCount()) { topics.insert(try reader.string()) }
            } catch { continue }
        }
        return topics
    }
}
