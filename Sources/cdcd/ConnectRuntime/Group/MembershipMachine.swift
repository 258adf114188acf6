import KafkaProtocol
import KafkaWire
import WireCore

/// A worker's membership of its group as a value: what the coordinator answers and the time go in, what to do next and
/// what it means for the tasks comes out. No network, clock or lock.
///
/// The coordinator ends a session that hears no heartbeat for the session timeout, and may then give the tasks to
/// another worker. So the worker counts too, from when it *sent* the last heartbeat that was answered: it stops earlier
/// than anybody else can start.
///
/// ```
/// member --rebalance--> rejoining --joined--> member
///   |                       '--join failed--.
///   '--unknown member--> outside <----------'  asks who is in the group, then joins
/// ```
///
/// Whether tasks run does not follow from the place in this picture: they run until the session's end has passed, and
/// again once the worker is a member.
struct MembershipMachine: Equatable, Sendable {
    /// What to ask the coordinator next, and after which delay in milliseconds.
    enum Step: Equatable, Sendable {
        case heartbeat(afterMilliseconds: Int)
        /// See who is in the group.
        case look(afterMilliseconds: Int)
        case join(afterMilliseconds: Int)
    }

    /// What an event means for the tasks.
    enum Effect: Equatable, Sendable {
        case none
        /// Another worker may be given the tasks: they must not emit or commit, but may still resume.
        case suspend
        /// The session is over: tasks must not run.
        case leave
        /// Member again, and nobody else has run anything meanwhile.
        case resume
        /// Member again, and others may have run the tasks meanwhile.
        case restart
    }

    private enum Place: Equatable, Sendable {
        case member
        case rejoining
        /// - Parameter isEmpty: whether the group was seen without members; nil: to be looked at.
        case outside(isEmpty: Bool?)
    }

    let sessionTimeoutMilliseconds: Int
    let heartbeatIntervalMilliseconds: Int
    /// A coordinator that is away is asked again soon, so that the membership outlives a short absence.
    static let retryMilliseconds = 200

    private var place = Place.member
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

    /// When `timePassed` has something to do next. While tasks wait that is soon: an answer that comes late may leave
    /// little of a session, or nothing.
    func nextCheck(after now: MonotonicInstant) -> MonotonicInstant {
        sessionEnd ?? now.advanced(byMilliseconds: Self.retryMilliseconds)
    }

    /// Whether tasks wait: the session has ended, or the coordinator has removed the worker.
    var isAbsent: Bool { sessionEnd == nil || isSuspended }

    var nextStep: Step {
        let soon = isUnanswered ? Self.retryMilliseconds : 0
        return switch place {
        case .member:
            .heartbeat(afterMilliseconds: isUnanswered ? soon : heartbeatIntervalMilliseconds)
        case .rejoining: .join(afterMilliseconds: soon)
        case .outside(nil): .look(afterMilliseconds: soon)
        case .outside(.some): .join(afterMilliseconds: soon)
        }
    }

    // MARK: Events

    /// A heartbeat was answered at `answeredAt`, which was sent at `sentAt` or later.
    mutating func heartbeatAnswered(
        _ standing: HeartbeatResult, sentAt: MonotonicInstant, answeredAt: MonotonicInstant
    ) -> Effect {
        isUnanswered = false
        switch standing {
        case .stable:
            // Still in the same generation: the coordinator was away, the session was not over. What a late answer
            // leaves of the session may be too little for tasks that wait: the next heartbeat, sent soon, gives more.
            let left = sentAt.advanced(byMilliseconds: sessionTimeoutMilliseconds).milliseconds(since: answeredAt)
            isUnanswered = isAbsent && left < heartbeatIntervalMilliseconds
            return isUnanswered ? .none : extendSession(from: sentAt, others: false)
        case .rebalancing:
            // The session goes on, but before the next generation tasks that wait do not run.
            if !isAbsent { _ = extendSession(from: sentAt, others: false) }
            place = .rejoining
            return .none
        case .fenced:
            place = .outside(isEmpty: nil)
            if isAbsent { return .none }
            isSuspended = true
            return .suspend
        }
    }

    /// The group was looked at.
    ///
    /// - Parameter isEmpty: whether the coordinator knows it as a group without members.
    mutating func looked(isEmpty: Bool) {
        isUnanswered = false
        if case .outside = place { place = .outside(isEmpty: isEmpty) }
    }

    /// This worker leads a new generation.
    ///
    /// Each completed rebalance adds one to the generation, and so does the moment in which a group loses its last
    /// member. Any member that ran tasks was in a generation of its own in between, except where every number since is
    /// accounted for: by this join, and by the emptiness that was seen before it.
    /// - Parameter sentAt: no later than when the last request of the join was sent.
    mutating func joined(generation new: Int32, sentAt: MonotonicInstant) -> Effect {
        let wasEmpty = place == .outside(isEmpty: true)
        let (step, isOverflown) = new.subtractingReportingOverflow(generation)
        let isAccountedFor = !isOverflown && (step == 1 || (step == 2 && wasEmpty))
        isUnanswered = false
        place = .member
        generation = new
        return extendSession(from: sentAt, others: !isAccountedFor)
    }

    /// The coordinator could not be asked, or did not answer.
    mutating func unanswered() {
        isUnanswered = true
        // Whatever was seen before counts no longer once a join has failed.
        if place != .member { place = .outside(isEmpty: nil) }
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
