import ConnectData

/// The state that REST shows for a task, as a value: events in, the state to publish out.
///
/// `FAILED` and the end are final. Otherwise `UNASSIGNED` outside of the group takes precedence, then `PAUSED`. An
/// unavailable external system, broker or schema registry is shown as `RESTARTING` with the reason, since nothing runs
/// meanwhile, and so is a task whose offsets cannot be committed.
struct TaskLifecycle: Equatable, Sendable {
    struct Shown: Equatable, Sendable {
        var state: StatusRecord.State
        var trace: String?
    }

    enum Event: Equatable, Sendable {
        /// The task runs, or is about to.
        case started
        case paused
        case resumed
        /// The source, or the system to which a sink writes.
        case externalSystemChanged(TaskControl.Condition)
        case brokersChanged(TaskControl.Condition)
        /// Requests to Kafka other than the delivery of records, such as reading the stored offset.
        case clusterChanged(TaskControl.Condition)
        case commitsChanged(TaskControl.Condition)
        /// A transform or converter fails temporarily.
        case conversionChanged(TaskControl.Condition)
        /// The worker is not a member of its group: nothing runs.
        case leftGroup(reason: String)
        case rejoinedGroup
        /// The task ended because a stop was requested.
        case stopped
        case failed(trace: String)
        /// The task did not end in time; its later events are ignored.
        case abandoned
    }

    private enum End: Equatable { case none, stopped, failed(String), abandoned }

    private var hasStarted = false
    private var isPaused: Bool
    private var externalSystem = TaskControl.Condition.running
    private var brokers = TaskControl.Condition.running
    private var cluster = TaskControl.Condition.running
    private var commits = TaskControl.Condition.running
    private var conversion = TaskControl.Condition.running
    private var absence: String?
    private var end = End.none
    private var published: Shown?

    init(isPaused: Bool) { self.isPaused = isPaused }

    var hasFailed: Bool { if case .failed = end { true } else { false } }

    /// Handles an event. Returns the state to publish; nil if the visible state has not changed.
    mutating func handle(_ event: Event) -> Shown? {
        guard end == .none else { return nil }
        switch event {
        case .started: hasStarted = true
        case .paused: isPaused = true
        case .resumed: isPaused = false
        case .externalSystemChanged(let condition): externalSystem = condition
        case .brokersChanged(let condition): brokers = condition
        case .clusterChanged(let condition): cluster = condition
        case .commitsChanged(let condition): commits = condition
        case .conversionChanged(let condition): conversion = condition
        case .leftGroup(let reason): absence = reason
        case .rejoinedGroup: absence = nil
        case .stopped: end = .stopped
        case .failed(let trace): end = .failed(trace)
        case .abandoned: end = .abandoned
        }
        guard let shown, shown != published else { return nil }
        published = shown
        return shown
    }

    private var shown: Shown? {
        switch end {
        case .abandoned: return nil
        case .stopped: return Shown(state: .unassigned, trace: absence)
        case .failed(let trace): return Shown(state: .failed, trace: trace)
        case .none: break
        }
        if let absence { return Shown(state: .unassigned, trace: absence) }
        if isPaused { return Shown(state: .paused) }
        for condition in [externalSystem, brokers, cluster, conversion, commits] {
            if case .interrupted(let reason) = condition { return Shown(state: .restarting, trace: reason) }
        }
        return hasStarted ? Shown(state: .running) : nil
    }
}
