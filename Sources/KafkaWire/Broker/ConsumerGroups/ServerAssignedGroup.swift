import KafkaProtocol
import WireCore

/// One group in the consumer protocol (KIP-848): members send heartbeats with their subscriptions, and the coordinator
/// assigns the partitions and moves them from member to member.
///
/// A state machine: heartbeats and the time go in, answers come out. The rules are those of Kafka's
/// `GroupMetadataManager` and `CurrentAssignmentBuilder`:
///
/// - A change of members, subscriptions or topics begins a new group epoch, for which a target assignment is computed.
/// - A member whose partitions are to be revoked keeps its epoch until it no longer owns them.
/// - A member gets a partition of its target when no other member has it.
struct ServerAssignedGroup: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        enum State: Int8, Sendable {
            /// Has its target assignment.
            case stable = 0
            /// Must give up partitions.
            case unrevoked = 1
            /// Waits for partitions that others have.
            case unreleased = 2
        }

        var id: String
        var instanceID: String?
        var rackID: String?
        var clientID: String
        var clientHost: String
        var rebalanceTimeoutMilliseconds: Int32
        var topicNames: [String] = []
        var pattern: String?
        var assignor: String?
        /// -2 for a static member that has left and may return.
        var epoch: Int32 = 0
        var previousEpoch: Int32 = 0
        var state = State.stable
        var assigned = PartitionSets()
        var pendingRevocation = PartitionSets()
        var sessionEnd: MonotonicInstant
        /// When it must have given up what is to be revoked.
        var revocationEnd: MonotonicInstant?
    }

    let groupID: String
    var epoch: Int32 = 0
    /// The group epoch of the target assignment.
    var targetEpoch: Int32 = 0
    var target: [String: PartitionSets] = [:]
    /// By member id.
    var members: [String: Member] = [:]
    /// The subscribed topics for which the target was computed.
    var subscribedTopics: [String: TopicCatalog.Topic] = [:]
    private var catalogVersion: UInt64?

    /// `group.consumer.session.timeout.ms` and `group.consumer.heartbeat.interval.ms`.
    static let sessionMilliseconds = 45_000
    static let heartbeatMilliseconds: Int32 = 5000
    /// The epochs by which a member leaves, for good or to return.
    static let leaveEpoch: Int32 = -1
    static let leaveStaticEpoch: Int32 = -2

    init(groupID: String) { self.groupID = groupID }

    static func == (a: Self, b: Self) -> Bool {
        a.groupID == b.groupID && a.epoch == b.epoch && a.targetEpoch == b.targetEpoch && a.target == b.target
            && a.members == b.members && a.subscribedTopics == b.subscribedTopics
    }

    /// The state's name in Kafka's tools.
    var stateName: String {
        if members.isEmpty { return "Empty" }
        if epoch > targetEpoch { return "Assigning" }
        return members.values.allSatisfy { $0.state == .stable && $0.epoch == targetEpoch } ? "Stable" : "Reconciling"
    }

    /// The assignor that most members want.
    var assignor: PartitionAssignor {
        var votes: [PartitionAssignor: Int] = [:]
        for member in members.values {
            if let wanted = member.assignor.flatMap(PartitionAssignor.init) { votes[wanted, default: 0] += 1 }
        }
        let most = votes.values.max() ?? 0
        return PartitionAssignor.allCases.first { votes[$0, default: 0] == most } ?? .uniform
    }

    // MARK: Heartbeats

    /// The content of a ConsumerGroupHeartbeat that is valid in itself.
    struct Heartbeat: Equatable, Sendable {
        var memberID: String
        var epoch: Int32
        var instanceID: String?
        var rackID: String?
        var clientID = ""
        var clientHost = ""
        /// -1 if it has not changed.
        var rebalanceTimeoutMilliseconds: Int32 = -1
        /// nil if they have not changed.
        var topicNames: [String]?
        var pattern: String?
        var assignor: String?
        /// What the member owns; nil if that has not changed.
        var owned: PartitionSets?
    }

    struct Answer: Equatable, Sendable {
        var memberID: String
        var epoch: Int32
        /// nil if it has not changed.
        var assignment: PartitionSets?
    }

    struct HeartbeatError: Error, Equatable {
        var code: KafkaErrorCode
        var message: String

        init(_ code: KafkaErrorCode, _ message: String) {
            self.code = code
            self.message = message
        }
    }

    /// A heartbeat of a member that joins, stays or leaves.
    mutating func handle(
        _ heartbeat: Heartbeat, _ catalog: TopicCatalog, now: MonotonicInstant
    ) throws(HeartbeatError) -> Answer {
        if heartbeat.epoch == Self.leaveEpoch || heartbeat.epoch == Self.leaveStaticEpoch {
            return try leave(heartbeat, now: now)
        }
        var member = try member(of: heartbeat, now: now)
        let before = member
        if let names = heartbeat.topicNames { member.topicNames = names }
        if let pattern = heartbeat.pattern { member.pattern = pattern.isEmpty ? nil : pattern }
        if let assignor = heartbeat.assignor { member.assignor = assignor }
        if let rackID = heartbeat.rackID { member.rackID = rackID }
        if heartbeat.rebalanceTimeoutMilliseconds >= 0 {
            member.rebalanceTimeoutMilliseconds = heartbeat.rebalanceTimeoutMilliseconds
        }
        member.clientID = heartbeat.clientID
        member.clientHost = heartbeat.clientHost
        member.sessionEnd = now.advanced(byMilliseconds: Self.sessionMilliseconds)
        let isNew = members[member.id] == nil
        let hasNewSubscription = member.topicNames != before.topicNames || member.pattern != before.pattern
            || member.assignor != before.assignor
        members[member.id] = member
        if isNew || hasNewSubscription || catalogVersion != catalog.version {
            let topics = resolvedTopics(catalog)
            if isNew || hasNewSubscription || topics != subscribedTopics { beginEpoch() }
            subscribedTopics = topics
            catalogVersion = catalog.version
        }
        if epoch > targetEpoch { computeTarget() }
        reconcile(member.id, owned: heartbeat.owned, now: now)
        guard let after = members[member.id] else { throw unknownMember(member.id) }
        let isFull = heartbeat.rebalanceTimeoutMilliseconds >= 0 && heartbeat.owned != nil
            && (heartbeat.topicNames != nil || heartbeat.pattern != nil)
        let isAssignmentDue = heartbeat.epoch == 0 || isFull || after.assigned != before.assigned
        return Answer(memberID: after.id, epoch: after.epoch, assignment: isAssignmentDue ? after.assigned : nil)
    }

    private func unknownMember(_ memberID: String) -> HeartbeatError {
        HeartbeatError(.unknownMemberID, "Member \(memberID) is not a member of group \(groupID).")
    }

    /// The member that sends the heartbeat, or a new one.
    private mutating func member(of heartbeat: Heartbeat, now: MonotonicInstant) throws(HeartbeatError) -> Member {
        let holder = heartbeat.instanceID.flatMap { instanceID in
            members.values.first { $0.instanceID == instanceID }
        }
        if heartbeat.epoch == 0 {
            if let holder, holder.id != heartbeat.memberID {
                guard holder.epoch == Self.leaveStaticEpoch else {
                    throw HeartbeatError(
                        .unreleasedInstanceID,
                        "Static member \(heartbeat.memberID) cannot use the instance id \(heartbeat.instanceID ?? ""): "
                            + "it was not released by \(holder.id).")
                }
                return replace(holder, by: heartbeat)
            }
            if var known = members[heartbeat.memberID] {
                if known.epoch == Self.leaveStaticEpoch { known.epoch = 0 }
                return known
            }
            return Member(
                id: heartbeat.memberID, instanceID: heartbeat.instanceID, clientID: heartbeat.clientID,
                clientHost: heartbeat.clientHost, rebalanceTimeoutMilliseconds: 0, sessionEnd: now)
        }
        if let instanceID = heartbeat.instanceID {
            guard let holder else {
                throw HeartbeatError(.unknownMemberID, "Instance id \(instanceID) is unknown.")
            }
            guard holder.id == heartbeat.memberID else {
                throw HeartbeatError(
                    .fencedInstanceID,
                    "Static member \(heartbeat.memberID) with instance id \(instanceID) was fenced by \(holder.id).")
            }
        }
        guard let known = members[heartbeat.memberID] else { throw unknownMember(heartbeat.memberID) }
        try check(heartbeat.epoch, heartbeat.owned, of: known)
        return known
    }

    /// A member may repeat its previous epoch if the response with the next one was lost.
    private func check(_ received: Int32, _ owned: PartitionSets?, of member: Member) throws(HeartbeatError) {
        if received > member.epoch {
            throw HeartbeatError(
                .fencedMemberEpoch,
                "The consumer group member has a greater member epoch (\(received)) than the one known by the group "
                    + "coordinator (\(member.epoch)). The member must abandon all its partitions and rejoin.")
        }
        if received < member.epoch {
            let isRepeated = received == member.previousEpoch && owned?.isSubset(of: member.assigned) ?? false
            guard isRepeated else {
                throw HeartbeatError(
                    .fencedMemberEpoch,
                    "The consumer group member has a smaller member epoch (\(received)) than the one known by the group "
                        + "coordinator (\(member.epoch)). The member must abandon all its partitions and rejoin.")
            }
        }
    }

    /// A static member returns with another id and keeps its assignment.
    private mutating func replace(_ holder: Member, by heartbeat: Heartbeat) -> Member {
        var member = holder
        members[holder.id] = nil
        member.id = heartbeat.memberID
        member.epoch = 0
        member.previousEpoch = 0
        target[member.id] = target.removeValue(forKey: holder.id)
        // It is the same member: its return alone begins no epoch.
        members[member.id] = member
        return member
    }

    private mutating func leave(_ heartbeat: Heartbeat, now: MonotonicInstant) throws(HeartbeatError) -> Answer {
        guard let member = members[heartbeat.memberID] else { throw unknownMember(heartbeat.memberID) }
        if let instanceID = heartbeat.instanceID, member.instanceID != instanceID {
            throw HeartbeatError(.unknownMemberID, "Instance id \(instanceID) is unknown.")
        }
        if heartbeat.epoch == Self.leaveStaticEpoch {
            members[member.id]?.epoch = Self.leaveStaticEpoch
            members[member.id]?.revocationEnd = nil
        } else {
            remove(member.id)
        }
        return Answer(memberID: heartbeat.memberID, epoch: heartbeat.epoch)
    }

    mutating func remove(_ memberID: String) {
        guard members.removeValue(forKey: memberID) != nil else { return }
        target[memberID] = nil
        catalogVersion = nil
        beginEpoch()
    }

    private mutating func beginEpoch() { epoch = epoch == .max ? 1 : epoch + 1 }

    // MARK: Assignment

    private func resolvedTopics(_ catalog: TopicCatalog) -> [String: TopicCatalog.Topic] {
        var result: [String: TopicCatalog.Topic] = [:]
        for name in members.values.flatMap(\.topicNames) { result[name] = catalog.topics[name] }
        let patterns = Set(members.values.compactMap(\.pattern)).compactMap { RegularExpression($0) }
        for pattern in patterns {
            for (name, topic) in catalog.topics where pattern.matches(name) { result[name] = topic }
        }
        return result
    }

    private mutating func computeTarget() {
        var patterns: [String: RegularExpression] = [:]
        for text in Set(members.values.compactMap(\.pattern)) { patterns[text] = RegularExpression(text) }
        let inputs = members.values.map { member in
            var topics = Set(member.topicNames.compactMap { subscribedTopics[$0]?.id })
            if let pattern = member.pattern.flatMap({ patterns[$0] }) {
                for (name, topic) in subscribedTopics where pattern.matches(name) { topics.insert(topic.id) }
            }
            return PartitionAssignor.Member(
                id: member.id, topics: topics, current: target[member.id] ?? member.assigned)
        }
        let counts = Dictionary(
            subscribedTopics.values.map { ($0.id, $0.partitionCount) }, uniquingKeysWith: { first, _ in first })
        target = assignor.assign(inputs, counts)
        targetEpoch = epoch
    }

    /// Moves a member towards its target.
    private mutating func reconcile(_ memberID: String, owned: PartitionSets?, now: MonotonicInstant) {
        guard var member = members[memberID] else { return }
        switch member.state {
        case .stable where member.epoch == targetEpoch && member.epoch != 0: return
        case .unrevoked where owned.map { $0.intersects(member.pendingRevocation) } ?? true: return
        case .stable, .unrevoked, .unreleased: break
        }
        let wanted = target[memberID] ?? PartitionSets()
        let kept = member.assigned.intersection(wanted)
        let revoked = member.assigned.subtracting(wanted)
        let others = members.values.filter { $0.id != memberID }
        let missing = wanted.subtracting(kept)
        let free = missing.filter { topicID, partition in
            !others.contains {
                $0.assigned.contains(topicID, partition) || $0.pendingRevocation.contains(topicID, partition)
            }
        }
        if !revoked.isEmpty, owned.map({ $0.intersects(revoked) }) ?? true, member.epoch != 0 {
            member.state = .unrevoked
            member.assigned = kept
            member.pendingRevocation = revoked
            member.revocationEnd = now.advanced(byMilliseconds: Int(member.rebalanceTimeoutMilliseconds))
        } else {
            member.state = free == missing ? .stable : .unreleased
            member.assigned = kept.union(free)
            member.pendingRevocation = PartitionSets()
            member.revocationEnd = nil
            if member.epoch != targetEpoch {
                member.previousEpoch = member.epoch
                member.epoch = targetEpoch
            }
        }
        members[memberID] = member
    }

    // MARK: Offsets

    /// Whether an OffsetCommit or OffsetFetch of a member is accepted.
    func validate(memberID: String, epoch received: Int32) -> KafkaErrorCode {
        if received < 0, members.isEmpty { return .none }
        guard let member = members[memberID] else { return .unknownMemberID }
        return member.epoch == received ? .none : .staleMemberEpoch
    }

    // MARK: Time

    var nextDeadline: MonotonicInstant? {
        members.values.flatMap { [$0.sessionEnd, $0.revocationEnd ?? $0.sessionEnd] }.min()
    }

    /// Removes members whose session has ended, or who did not give up their partitions in time. Returns whether there
    /// were any.
    mutating func handleTimeouts(now: MonotonicInstant) -> Bool {
        let ended = members.values.filter { $0.sessionEnd <= now || ($0.revocationEnd ?? $0.sessionEnd) <= now }
        for member in ended { remove(member.id) }
        return !ended.isEmpty
    }
}
