import KafkaProtocol
import WireCore

/// A heartbeat of the consumer protocol; nil is a field that has not changed.
struct ConsumerHeartbeat: Equatable, Sendable {
    var epoch: Int32
    /// Whether rack, timeout and assignor are sent too.
    var isComplete: Bool
    var topics: [String]?
    /// The pattern of topics, in RE2 syntax; empty if there is none any more.
    var pattern: String?
    var owned: [KafkaUUID: Set<Int32>]?
}

/// A consumer's membership in a group of the consumer protocol (KIP-848): a state machine without network and clock.
///
/// The coordinator assigns in the responses to heartbeats. The member revokes what the assignment lacks, takes what is
/// new, and acknowledges with its next heartbeat, which is sent at once.
struct ConsumerGroupMachine: Equatable, Sendable {
    private enum Phase: Equatable, Sendable {
        /// Joins with epoch 0 unless the program does not poll.
        case outside
        case member
        case failed
    }

    private static let joinEpoch: Int32 = 0

    private var phase = Phase.outside
    private(set) var epoch = joinEpoch
    private var intervalMilliseconds = 5000
    private var nextHeartbeat: MonotonicInstant?
    private var retryAt: MonotonicInstant?
    private var isSuspended = false
    private var mustLeave = false
    private var topics: [String]
    private var pattern: String?
    var owned: Set<TopicPartition> { steps.owned }
    /// What the coordinator has of this member; nil if that is not known.
    private var sentTopics: [String]?
    private var sentPattern: String?
    private var sentOwned: [KafkaUUID: Set<Int32>]?
    /// The assignment that is to be reached.
    private var target: [KafkaUUID: Set<Int32>]?
    private var names: [KafkaUUID: String] = [:]
    /// The ids of the target to be asked for, before the steps are planned.
    private var unresolved: Set<KafkaUUID> = []
    private var steps = RebalanceSteps()

    /// - Parameter pattern: chooses topics besides the named ones; the coordinator finds them.
    init(topics: Set<String>, pattern: String? = nil) {
        self.topics = topics.sorted()
        self.pattern = pattern
    }

    var isMember: Bool { phase == .member }

    mutating func next(now: MonotonicInstant) -> GroupAction {
        if mustLeave {
            mustLeave = false
            return .leave
        }
        if let step = steps.next() { return .step(step) }
        switch phase {
        case .failed: return .wait(until: nil)
        case .outside:
            if steps.isHandling { return .wait(until: nil) }
            guard owned.isEmpty else {
                steps.append(.lost, owned)
                return next(now: now)
            }
            if isSuspended { return .wait(until: nil) }
            if let retryAt, now < retryAt { return .wait(until: retryAt) }
            forgetSent()
            return heartbeat(now, epoch: Self.joinEpoch)
        case .member:
            if !steps.isHandling, target != nil {
                if unresolved.isEmpty { reconcile() }
                if !steps.isEmpty { return next(now: now) }
                if !unresolved.isEmpty, retryAt.map({ $0 <= now }) ?? true {
                    let ids = unresolved
                    unresolved = []
                    return .resolve(ids)
                }
            }
            if let retryAt, now < retryAt { return .wait(until: retryAt) }
            // A change is sent at once; what is being revoked is still owned.
            let isChanged =
                !steps.isHandling && steps.isEmpty
                && (sentOwned != steps.heldByID || sentTopics != topics || sentPattern != pattern)
            if let nextHeartbeat, now < nextHeartbeat, !isChanged { return .wait(until: nextHeartbeat) }
            return heartbeat(now, epoch: epoch)
        }
    }

    private mutating func heartbeat(_ now: MonotonicInstant, epoch: Int32) -> GroupAction {
        nextHeartbeat = now.advanced(byMilliseconds: intervalMilliseconds)
        retryAt = nil
        let isComplete = sentOwned == nil
        // With what the program is about to get: the coordinator would give that to another member if it were to be
        // revoked, and the program would have it, too.
        let owned = steps.heldByID
        let beat = ConsumerHeartbeat(
            epoch: epoch, isComplete: isComplete, topics: sentTopics == topics ? nil : topics,
            pattern: sentPattern == pattern ? nil : pattern ?? "",
            owned: sentOwned == owned ? nil : owned)
        (sentTopics, sentPattern, sentOwned) = (topics, pattern, owned)
        return .consumerHeartbeat(beat)
    }

    /// Plans the steps to the target, as far as its topics are known.
    private mutating func reconcile() {
        guard let target else { return }
        var ids: [String: KafkaUUID] = [:]
        var unknown: Set<KafkaUUID> = []
        for id in target.keys {
            if let name = names[id] {
                // Of two topics with one name the former one, which the program has, is deleted.
                if ids[name] == nil || ids[name] == steps.topicIDs[name] { ids[name] = id }
            } else {
                unknown.insert(id)
            }
        }
        if unknown.isEmpty { self.target = nil }
        var wanted: Set<TopicPartition> = []
        for (name, id) in ids {
            for partition in target[id] ?? [] { wanted.insert(TopicPartition(name, partition)) }
        }
        // The topic was deleted and created again: positions and commits of the former one mean nothing.
        let lost = owned.filter { partition in
            ids[partition.topic].map { $0 != steps.topicIDs[partition.topic] } ?? false
        }
        let kept = owned.subtracting(lost)
        let revoked = kept.subtracting(wanted)
        let added = wanted.subtracting(kept)
        if !lost.isEmpty { steps.append(.lost, lost) }
        if !revoked.isEmpty { steps.append(.revoked, revoked) }
        if !added.isEmpty { steps.append(.assigned, added, topicIDs: ids) }
        if lost.isEmpty, revoked.isEmpty, added.isEmpty { unresolved = unknown }
    }

    // MARK: Events

    mutating func resubscribe(_ topics: Set<String>, pattern: String? = nil) {
        (self.topics, self.pattern) = (topics.sorted(), pattern)
    }

    mutating func stepped() { steps.finish() }

    /// A heartbeat was accepted; nil is an assignment that has not changed.
    mutating func accepted(
        epoch: Int32, intervalMilliseconds: Int, assignment: [KafkaUUID: Set<Int32>]?, now: MonotonicInstant
    ) {
        guard phase != .failed, !isSuspended else { return }
        phase = .member
        self.epoch = epoch
        retryAt = nil
        self.intervalMilliseconds = max(1, intervalMilliseconds)
        nextHeartbeat = now.advanced(byMilliseconds: self.intervalMilliseconds)
        guard let assignment else { return }
        target = assignment
        // The names are asked for first: a new topic may have the name of one that the program has.
        unresolved = Set(assignment.keys.filter { names[$0] == nil })
    }

    /// The names of topics, as far as they exist.
    mutating func resolved(_ found: [KafkaUUID: String], retryAt: MonotonicInstant) {
        names.merge(found) { $1 }
        // Topics that are too new for the broker that was asked are asked for with the next heartbeat.
        guard let target, target.keys.contains(where: { names[$0] == nil }) else { return }
        self.retryAt = retryAt
    }

    /// A heartbeat was refused. Returns false if the membership cannot continue.
    mutating func refused(_ code: KafkaErrorCode, retryAt: MonotonicInstant) -> Bool {
        switch code {
        case .unknownMemberID, .fencedMemberEpoch:
            fenced()
            return true
        case _ where code.isRetriable:
            lost(retryAt: retryAt)
            return true
        default:
            fenced()
            phase = .failed
            return false
        }
    }

    /// A heartbeat was not answered: the coordinator may or may not have it, so the next one is complete.
    mutating func lost(retryAt: MonotonicInstant) {
        forgetSent()
        self.retryAt = retryAt
    }

    private mutating func forgetSent() { (sentTopics, sentPattern, sentOwned) = (nil, nil, nil) }

    private mutating func fenced() {
        phase = .outside
        epoch = Self.joinEpoch
        steps.removePending()
        (target, unresolved) = (nil, [])
        retryAt = nil
    }

    /// The program has not polled within the maximum interval.
    mutating func pollExpired() {
        guard phase != .failed, !isSuspended else { return }
        mustLeave = phase == .member
        isSuspended = true
        fenced()
    }

    mutating func polled() { isSuspended = false }
}
