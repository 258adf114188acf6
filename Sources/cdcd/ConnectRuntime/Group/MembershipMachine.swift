import KafkaProtocol
import KafkaWire
import WireCore

/// A worker's membership of its group. Responses of the coordinator and the time come in; the next request and the
/// effect on the tasks come out. A value without network, clock or lock.
///
/// The coordinator ends the session of a member whose heartbeats stop for the session timeout, and may then assign the
/// tasks to another worker. This worker measures the same timeout from when it *sent* the last heartbeat that was
/// answered, so that it stops before another worker can start.
///
/// ```
/// member --rebalance--> rejoining --joined--> member
///   |                       '--join failed--.
///   '--unknown member--> outside <----------'  describes the group, then joins
/// ```
///
/// Whether tasks run does not follow from the state in this diagram: they run until the end of the session, and again
/// once the worker is a member.
struct MembershipMachine: Equatable, Sendable {
    /// The next request to the coordinator, and the delay before it.
    enum Step: Equatable, Sendable {
        case heartbeat(afterMilliseconds: Int)
        case describeGroup(afterMilliseconds: Int)
        case join(afterMilliseconds: Int)
    }

    /// The effect of an event on the tasks.
    enum Effect: Equatable, Sendable {
        case none
        /// The coordinator may assign the tasks to another worker: they must not emit or commit, but may still resume.
        case suspend
        /// The session is over: tasks must not run.
        case leave
        /// The worker is a member again, and no other worker has run the tasks meanwhile.
        case resume
        /// The worker is a member again, and other workers may have run the tasks meanwhile.
        case restart
    }

    private enum State: Equatable, Sendable {
        case member
        case rejoining
        /// - Parameter isEmpty: whether the group had no members when it was described; nil: not described yet.
        case outside(isEmpty: Bool?)
    }

    let sessionTimeoutMilliseconds: Int
    let heartbeatIntervalMilliseconds: Int
    /// The delay before another request after one that failed: short, so that the membership survives a short outage of
    /// the coordinator.
    static let retryMilliseconds = 200

    private var state = State.member
    /// The last generation that this worker led.
    private(set) var generation: Int32
    /// When tasks must end; nil while they have to wait.
    private(set) var sessionEnd: MonotonicInstant?
    private var isUnanswered = false
    /// Whether tasks wait although the session is not over: the coordinator has removed the worker from the group.
    private var isSuspended = false

    /// - Parameters:
    ///   - generation: that of the first join.
    ///   - since: no later than when its last request was sent.
    init(
        sessionTimeoutMilliseconds: Int, heartbeatIntervalMilliseconds: Int, generation: Int32,
        since: MonotonicInstant
    ) {
        self.sessionTimeoutMilliseconds = sessionTimeoutMilliseconds
        self.heartbeatIntervalMilliseconds = heartbeatIntervalMilliseconds
        self.generation = generation
        sessionEnd = since.advanced(byMilliseconds: sessionTimeoutMilliseconds)
    }

    /// When `timePassed` has to be called next. Soon while tasks wait, since a late response may leave little or
    /// nothing of the session.
    func nextCheck(after now: MonotonicInstant) -> MonotonicInstant {
        sessionEnd ?? now.advanced(byMilliseconds: Self.retryMilliseconds)
    }

    /// Whether tasks wait: the session has ended, or the coordinator has removed the worker.
    var isAbsent: Bool { sessionEnd == nil || isSuspended }

    var nextStep: Step {
        let soon = isUnanswered ? Self.retryMilliseconds : 0
        return switch state {
        case .member:
            .heartbeat(afterMilliseconds: isUnanswered ? soon : heartbeatIntervalMilliseconds)
        case .rejoining: .join(afterMilliseconds: soon)
        case .outside(nil): .describeGroup(afterMilliseconds: soon)
        case .outside(.some): .join(afterMilliseconds: soon)
        }
    }

    // MARK: Events

    /// A heartbeat was answered at `answeredAt`, which was sent at `sentAt` or later.
    mutating func heartbeatAnswered(
        _ result: HeartbeatResult, sentAt: MonotonicInstant, answeredAt: MonotonicInstant
    ) -> Effect {
        isUnanswered = false
        switch result {
        case .stable:
            // The generation is the same: the coordinator was unavailable, but the session did not end. After a late
            // response too little of the session may be left for tasks that wait; the next heartbeat is sent soon.
            let left = sentAt.advanced(byMilliseconds: sessionTimeoutMilliseconds).milliseconds(since: answeredAt)
            isUnanswered = isAbsent && left < heartbeatIntervalMilliseconds
            return isUnanswered ? .none : extendSession(from: sentAt, others: false)
        case .rebalancing:
            // The session continues, but tasks that wait do not run before the next generation.
            if !isAbsent { _ = extendSession(from: sentAt, others: false) }
            state = .rejoining
            return .none
        case .fenced:
            state = .outside(isEmpty: nil)
            if isAbsent { return .none }
            isSuspended = true
            return .suspend
        }
    }

    /// The coordinator has described the group.
    ///
    /// - Parameter isEmpty: whether it exists and has no members.
    mutating func groupDescribed(isEmpty: Bool) {
        isUnanswered = false
        if case .outside = state { state = .outside(isEmpty: isEmpty) }
    }

    /// This worker leads a new generation.
    ///
    /// Each completed rebalance adds one to the generation, and so does the removal of a group's last member. A member
    /// that ran tasks meanwhile had a generation of its own. So no other member did if this join, and the empty group
    /// that was described before it, account for the whole difference.
    /// - Parameter sentAt: no later than when the last request of the join was sent.
    mutating func joined(generation new: Int32, sentAt: MonotonicInstant) -> Effect {
        let wasEmpty = state == .outside(isEmpty: true)
        let (step, isOverflown) = new.subtractingReportingOverflow(generation)
        let isAccountedFor = !isOverflown && (step == 1 || (step == 2 && wasEmpty))
        isUnanswered = false
        state = .member
        generation = new
        return extendSession(from: sentAt, others: !isAccountedFor)
    }

    /// A request could not be sent to the coordinator, or was not answered.
    mutating func unanswered() {
        isUnanswered = true
        // A description from before a failed join is outdated.
        if state != .member { state = .outside(isEmpty: nil) }
    }

    mutating func timePassed(_ now: MonotonicInstant) -> Effect {
        guard let end = sessionEnd, now >= end else { return .none }
        sessionEnd = nil
        isSuspended = false
        return .leave
    }

    private mutating func extendSession(from sentAt: MonotonicInstant, others: Bool) -> Effect {
        let wasAbsent = isAbsent
        isSuspended = false
        sessionEnd = sentAt.advanced(byMilliseconds: sessionTimeoutMilliseconds)
        if others { return .restart }
        return wasAbsent ? .resume : .none
    }
}
