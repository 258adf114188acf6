import KafkaProtocol
import Synchronization
import WireCore

/// The requests that are answered immediately.
extension GroupCoordinator {
    func heartbeat(groupID: String, memberID: String, groupInstanceID: String?, generation: Int32) -> KafkaErrorCode {
        change { state in
            guard var group = state.groups[groupID] else { return .unknownMemberID }
            let code = group.heartbeat(
                memberID: memberID, groupInstanceID: groupInstanceID, generation: generation, now: .now)
            state.groups[groupID] = group
            return code
        }
    }

    /// Removes members from a group. Returns an error code for each, in the same order.
    func leave(groupID: String, _ leaving: [(memberID: String, groupInstanceID: String?)]) -> [KafkaErrorCode] {
        change { state in
            leaving.map { memberID, groupInstanceID in
                if state.serverAssigned[groupID] != nil {
                    return state.removeServerAssigned(memberID, groupInstanceID, from: groupID)
                }
                guard var group = state.groups[groupID] else { return .unknownMemberID }
                let (code, actions) = group.leave(memberID: memberID, groupInstanceID: groupInstanceID, now: .now)
                state.groups[groupID] = group
                state.perform(actions, for: groupID)
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

    /// Commits offsets, if the sender may. They survive the end of the process when this returns without an error.
    ///
    /// - Parameter version: that of the request.
    func commit(
        groupID: String, memberID: String, groupInstanceID: String?, generation: Int32, version: Int16 = 9,
        _ commits: [Commit]
    ) -> KafkaErrorCode {
        change { state in
            var code: KafkaErrorCode
            if let other = state.serverAssigned[groupID] {
                code = other.validate(memberID: memberID, epoch: generation)
                // Older versions have no epoch of a member (KIP-848).
                if version < 9, other.members[memberID] != nil { code = .unsupportedVersion }
            } else if generation >= 0, !state.hasClassicGroup(groupID) {
                code = version >= 9 ? .groupIDNotFound : .illegalGeneration
            } else {
                var group = state.groups[groupID] ?? ConsumerGroup(groupID: groupID)
                code = group.validateCommit(
                    memberID: memberID, groupInstanceID: groupInstanceID, generation: generation, now: .now)
                if state.groups[groupID] != nil { state.groups[groupID] = group }
            }
            guard code == .none else { return code }
            let entries = commits.map { commit -> GroupJournalEntry in
                .offset(groupID: groupID, topic: commit.topic, partition: commit.partition, commit.committed)
            }
            guard state.write(entries) else { return .coordinatorNotAvailable }
            for commit in commits { state.offsets[groupID, commit.topic, commit.partition] = commit.committed }
            return .none
        }
    }

    func committedOffsets(groupID: String) -> [String: [Int32: CommittedOffset]] {
        state.withLock { $0.offsets.topics(of: groupID) }
    }

    /// Keeps the offsets of a transaction until it ends, if the sender may commit for the group (TxnOffsetCommit).
    func commitInTransaction(
        producerID: Int64, groupID: String, memberID: String, groupInstanceID: String?, generation: Int32,
        _ commits: [Commit]
    ) -> KafkaErrorCode {
        change { state in
            // A producer that does not know the group's metadata is not checked.
            if let other = state.serverAssigned[groupID], generation >= 0 || !memberID.isEmpty {
                let code = other.validate(memberID: memberID, epoch: generation)
                guard code == .none else { return code }
            } else if generation >= 0 || !memberID.isEmpty || groupInstanceID != nil {
                if generation >= 0, !state.hasClassicGroup(groupID) { return .illegalGeneration }
                var group = state.groups[groupID] ?? ConsumerGroup(groupID: groupID)
                let code = group.validateCommit(
                    memberID: memberID, groupInstanceID: groupInstanceID, generation: generation, now: .now)
                if state.groups[groupID] != nil { state.groups[groupID] = group }
                guard code == .none || code == .rebalanceInProgress else { return code }
            }
            let entries = commits.map { commit -> GroupJournalEntry in
                .pendingOffset(
                    producerID: producerID, groupID: groupID, topic: commit.topic, partition: commit.partition,
                    commit.committed)
            }
            guard state.write(entries) else { return .coordinatorNotAvailable }
            for commit in commits {
                state.pendingOffsets.add(commit.committed, groupID, commit.topic, commit.partition, by: producerID)
            }
            return .none
        }
    }

    /// Makes the offsets of a producer's transaction valid, or discards them. Returns false if that cannot be stored.
    func endTransaction(producerID: Int64, isCommit: Bool) -> Bool {
        state.withLock { state in
            guard state.pendingOffsets.hasProducer(producerID) else { return true }
            guard state.write([.transactionEnded(producerID: producerID, isCommit: isCommit)]) else { return false }
            state.pendingOffsets.end(producerID, isCommit: isCommit, &state.offsets)
            return true
        }
    }

    /// Whether an open transaction may change the offset.
    func isUnstable(groupID: String, topic: String, partition: Int32) -> Bool {
        state.withLock { $0.pendingOffsets.contains(groupID, topic, partition) }
    }

    /// Whether a member may fetch the offsets of its group (OffsetFetch from version 9 on). As in Kafka, only a group
    /// of the consumer protocol checks that.
    func validateFetch(groupID: String, memberID: String, epoch: Int32) -> KafkaErrorCode {
        state.withLock { $0.serverAssigned[groupID]?.validate(memberID: memberID, epoch: epoch) ?? .none }
    }

    func topicDeleted(_ topic: String) {
        state.withLock { state in
            let entries = state.offsets.removeTopic(topic)
            if !entries.isEmpty { state.write(entries) }
        }
    }

    // MARK: Descriptions

    /// The classic group's current state. A group that only has offsets is returned as an empty group.
    func snapshot(of groupID: String) -> ConsumerGroup? {
        state.withLock { state in
            if state.serverAssigned[groupID] != nil { return nil }
            if let group = state.groups[groupID] { return group }
            return state.offsets.topics(of: groupID).isEmpty ? nil : ConsumerGroup(groupID: groupID)
        }
    }

    /// What ListGroups says of a group.
    struct Listing: Equatable, Sendable {
        var groupID: String
        var protocolType: String
        var stateName: String
        /// `classic` or `consumer`.
        var type: String
    }

    /// All groups, sorted by name.
    var listings: [Listing] {
        state.withLock { state in
            let names = Set(state.groups.keys).union(state.offsets.byGroup.keys).union(state.serverAssigned.keys)
            return names.sorted().map { name in
                if let group = state.serverAssigned[name] {
                    return Listing(
                        groupID: name, protocolType: "consumer", stateName: group.stateName, type: "consumer")
                }
                let group = state.groups[name] ?? ConsumerGroup(groupID: name)
                return Listing(
                    groupID: name, protocolType: group.protocolType ?? "", stateName: group.stateName, type: "classic")
            }
        }
    }

    func delete(groupID: String) -> KafkaErrorCode {
        state.withLock { state in
            let group = state.groups[groupID]
            let other = state.serverAssigned[groupID]
            guard group != nil || other != nil || !state.offsets.topics(of: groupID).isEmpty else {
                return .groupIDNotFound
            }
            if other?.members.isEmpty == false { return .nonEmptyGroup }
            if let group, !group.members.isEmpty || !group.pendingMembers.isEmpty { return .nonEmptyGroup }
            guard state.write([.groupRemoved(groupID: groupID)]) else { return .coordinatorNotAvailable }
            state.groups[groupID] = nil
            state.serverAssigned[groupID] = nil
            state.offsets.removeGroup(groupID)
            state.pendingOffsets.removeGroup(groupID)
            return .none
        }
    }
}
