import KafkaProtocol
import Synchronization
import WireCore

/// The requests that are answered at once.
extension GroupCoordinator {
    func heartbeat(groupID: String, memberID: String, groupInstanceID: String?, generation: Int32) -> KafkaErrorCode {
        change { world in
            guard var group = world.groups[groupID] else { return .unknownMemberID }
            let code = group.heartbeat(
                memberID: memberID, groupInstanceID: groupInstanceID, generation: generation, now: .now)
            world.groups[groupID] = group
            return code
        }
    }

    /// Takes members out of a group, in the order given; returns a code for each.
    func leave(groupID: String, _ leaving: [(memberID: String, groupInstanceID: String?)]) -> [KafkaErrorCode] {
        change { world in
            leaving.map { memberID, groupInstanceID in
                guard var group = world.groups[groupID] else { return .unknownMemberID }
                let (code, actions) = group.leave(memberID: memberID, groupInstanceID: groupInstanceID, now: .now)
                world.groups[groupID] = group
                world.perform(actions, for: groupID)
                return code
            }
        }
    }

    // MARK: Offsets

    struct Commit: Sendable {
        var topic: String
        var partition: Int32
        var committed: CommittedOffset
    }

    /// Writes offsets down, if the sender may; they last when this returns without an error.
    func commit(
        groupID: String, memberID: String, groupInstanceID: String?, generation: Int32, _ commits: [Commit]
    ) -> KafkaErrorCode {
        change { world in
            var group = world.groups[groupID] ?? ConsumerGroup(groupID: groupID)
            let code = group.commitVerdict(
                memberID: memberID, groupInstanceID: groupInstanceID, generation: generation, now: .now)
            if world.groups[groupID] != nil { world.groups[groupID] = group }
            guard code == .none else { return code }
            let entries = commits.map { commit -> GroupJournalEntry in
                .offset(groupID: groupID, topic: commit.topic, partition: commit.partition, commit.committed)
            }
            guard world.write(entries) else { return .coordinatorNotAvailable }
            for commit in commits { world.offsets[groupID, commit.topic, commit.partition] = commit.committed }
            return .none
        }
    }

    func committed(groupID: String) -> [String: [Int32: CommittedOffset]] {
        world.withLock { $0.offsets.topics(of: groupID) }
    }

    /// Whether a member may fetch the offsets of its group (OffsetFetch from version 9 on).
    func fetchVerdict(groupID: String, memberID: String, generation: Int32) -> KafkaErrorCode {
        world.withLock { world in
            guard let group = world.groups[groupID], group.index(of: memberID) != nil else { return .unknownMemberID }
            return group.generation == generation ? .none : .illegalGeneration
        }
    }

    func topicDeleted(_ topic: String) {
        world.withLock { world in
            let entries = world.offsets.removeTopic(topic)
            if !entries.isEmpty { world.write(entries) }
        }
    }

    // MARK: Looking at groups

    /// A group as it is now; one that only has offsets is shown as an empty one.
    func snapshot(of groupID: String) -> ConsumerGroup? {
        world.withLock { world in
            if let group = world.groups[groupID] { return group }
            return world.offsets.topics(of: groupID).isEmpty ? nil : ConsumerGroup(groupID: groupID)
        }
    }

    /// All groups in the order of their names.
    var snapshots: [ConsumerGroup] {
        world.withLock { world in
            let names = Set(world.groups.keys).union(world.offsets.byGroup.keys)
            return names.sorted().map { world.groups[$0] ?? ConsumerGroup(groupID: $0) }
        }
    }

    func delete(groupID: String) -> KafkaErrorCode {
        world.withLock { world in
            let group = world.groups[groupID]
            guard group != nil || !world.offsets.topics(of: groupID).isEmpty else { return .groupIDNotFound }
            if let group, !group.members.isEmpty || !group.announced.isEmpty { return .nonEmptyGroup }
            guard world.write([.groupRemoved(groupID: groupID)]) else { return .coordinatorNotAvailable }
            world.groups[groupID] = nil
            world.offsets.removeGroup(groupID)
            return .none
        }
    }
}
