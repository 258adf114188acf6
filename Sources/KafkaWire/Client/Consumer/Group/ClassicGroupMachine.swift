import KafkaProtocol
import WireCore

/// A consumer's membership in a classic group: when it joins, what it revokes before, and what it has afterwards.
/// A state machine without network and clock; `GroupMachine` describes one join.
///
/// Eager: all partitions are revoked before each join. Cooperative (KIP-429): a member joins with what it has, revokes
/// what the new assignment lacks, and joins again, so that another member can be assigned it.
struct ClassicGroupMachine: Equatable, Sendable {
    private enum Phase: Equatable, Sendable {
        /// Not a member: joins unless it is suspended.
        case outside
        /// Everything is revoked that must be: joins.
        case ready
        case joining
        case stable
        case failed
    }

    private let isCooperative: Bool
    private let heartbeatIntervalMilliseconds: Int
    private var phase = Phase.outside
    private var generation: Int32 = -1
    private var nextHeartbeat: MonotonicInstant?
    private var retryAt: MonotonicInstant?
    private var needsRejoin = false
    /// Whether the program has not polled for too long.
    private var isSuspended = false
    private var mustLeave = false
    /// The topics to which the program is subscribed.
    private var topics: Set<String>
    /// What the program has.
    var owned: Set<TopicPartition> { steps.owned }
    private var steps = RebalanceSteps()

    init(topics: Set<String>, isCooperative: Bool, heartbeatIntervalMilliseconds: Int) {
        self.topics = topics
        self.isCooperative = isCooperative
        self.heartbeatIntervalMilliseconds = heartbeatIntervalMilliseconds
    }

    /// Whether offsets can be committed with the generation.
    var isMember: Bool { generation >= 0 }

    mutating func next(now: MonotonicInstant) -> GroupAction {
        if mustLeave {
            mustLeave = false
            return .leave
        }
        if let step = steps.next() { return .step(step) }
        if steps.isHandling { return heartbeat(now) }
        switch phase {
        case .failed, .joining: return .wait(until: nil)
        case .outside:
            guard owned.isEmpty else {
                // Another member may have them.
                steps.append(.lost, owned)
                return next(now: now)
            }
            if isSuspended { return .wait(until: nil) }
            if let retryAt, now < retryAt { return .wait(until: retryAt) }
            phase = .joining
            return .join(owned: [], generation: -1)
        case .ready:
            phase = .joining
            return .join(owned: owned, generation: generation)
        case .stable:
            guard needsRejoin else { return heartbeat(now) }
            needsRejoin = false
            phase = .ready
            let given = isCooperative ? owned.filter { !topics.contains($0.topic) } : owned
            if !given.isEmpty { steps.append(.revoked, given) }
            return next(now: now)
        }
    }

    private mutating func heartbeat(_ now: MonotonicInstant) -> GroupAction {
        guard isMember, let due = nextHeartbeat else { return .wait(until: nil) }
        guard due <= now else { return .wait(until: due) }
        nextHeartbeat = now.advanced(byMilliseconds: heartbeatIntervalMilliseconds)
        return .heartbeat
    }

    // MARK: Events

    /// The program has another subscription, or the topics have other partitions.
    mutating func resubscribe(_ topics: Set<String>) {
        self.topics = topics
        needsRejoin = true
    }

    /// The step is handled.
    mutating func stepped() { steps.finish() }

    /// The group has formed, with this assignment.
    ///
    /// A static member keeps its place in a rebalance that it misses; the leader then assigns by the metadata of its
    /// last join, which may lack partitions that it has got since. If it has missed one, others may have what it owns:
    /// that is lost, and it joins again without it.
    mutating func joined(
        _ generation: Int32, _ assignment: Set<TopicPartition>, hasMissedGenerations: Bool = false,
        now: MonotonicInstant
    ) {
        guard phase == .joining else { return }
        guard !hasMissedGenerations || owned.isEmpty else { return fenced() }
        self.generation = generation
        phase = .stable
        retryAt = nil
        nextHeartbeat = now.advanced(byMilliseconds: heartbeatIntervalMilliseconds)
        let revoked = owned.subtracting(assignment)
        if !revoked.isEmpty {
            steps.append(.revoked, revoked)
            needsRejoin = true
        }
        steps.append(.assigned, assignment.subtracting(owned))
    }

    /// The member id or generation is not valid any more.
    mutating func fenced() {
        generation = -1
        needsRejoin = false
        steps.removePending()
        phase = .outside
    }

    /// The join did not succeed; the membership may last.
    mutating func joinFailed(retryAt: MonotonicInstant) {
        guard phase == .joining else { return }
        fenced()
        self.retryAt = retryAt
    }

    mutating func heartbeatAnswered(_ result: HeartbeatResult) {
        switch result {
        case .stable: break
        case .rebalancing: needsRejoin = true
        case .fenced: fenced()
        }
    }

    /// A heartbeat was not answered: it is repeated soon.
    mutating func heartbeatFailed(retryAt: MonotonicInstant) { nextHeartbeat = retryAt }

    /// The program has not polled within the maximum interval: the member leaves, so that the group can rebalance.
    mutating func pollExpired() {
        guard phase != .failed, !isSuspended else { return }
        mustLeave = phase != .outside
        isSuspended = true
        fenced()
    }

    /// The program polls again.
    mutating func polled() { isSuspended = false }

    mutating func failed() {
        fenced()
        phase = .failed
    }
}
