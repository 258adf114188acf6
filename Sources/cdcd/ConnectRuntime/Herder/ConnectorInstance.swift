import WireCore

/// An instance of a connector's plugin, from its start to its end. One call to the plugin is in progress at a time.
///
/// ```
/// starting --> configuring --> publishing --> idle --reconfiguration requested--> configuring
///     '-------------'-------------'------------'---stop--> stopping
/// ```
struct ConnectorInstance: Equatable {
    private enum Phase: Equatable {
        case starting(until: MonotonicInstant)
        case configuring(until: MonotonicInstant)
        /// The task configurations wait to be written, or are being written.
        case publishing
        case idle
        case stopping(until: MonotonicInstant)
    }

    /// A call to the plugin.
    enum Call: String { case start, taskConfigurations, stop }

    let run: ConnectorRun
    private var phase: Phase
    private var reconfigurationIsDue = false
    /// Whether the tasks were configured once.
    private(set) var hasConfiguredTasks = false

    init(starting run: ConnectorRun, until deadline: MonotonicInstant) {
        self.run = run
        phase = .starting(until: deadline)
    }

    var isStopping: Bool { if case .stopping = phase { true } else { false } }

    /// When the call in progress has to have returned.
    var deadline: MonotonicInstant? {
        switch phase {
        case .starting(let until), .configuring(let until), .stopping(let until): until
        case .publishing, .idle: nil
        }
    }

    /// The call that should have returned by now.
    func overdueCall(at now: MonotonicInstant) -> Call? {
        guard let deadline, deadline <= now else { return nil }
        switch phase {
        case .starting: return .start
        case .configuring: return .taskConfigurations
        case .stopping: return .stop
        case .publishing, .idle: return nil
        }
    }

    /// `start` returned. Returns whether the tasks are to be configured now.
    mutating func started(configuringUntil deadline: MonotonicInstant) -> Bool {
        guard case .starting = phase else { return false }
        phase = .configuring(until: deadline)
        return true
    }

    /// `taskConfigurations` returned. Returns whether the result counts.
    mutating func configured() -> Bool {
        guard case .configuring = phase else { return false }
        phase = .publishing
        return true
    }

    /// The task configurations are committed. Returns whether the tasks are to be configured again.
    mutating func published(configuringUntil deadline: MonotonicInstant) -> Bool {
        guard phase == .publishing else { return false }
        hasConfiguredTasks = true
        phase = reconfigurationIsDue ? .configuring(until: deadline) : .idle
        defer { reconfigurationIsDue = false }
        return reconfigurationIsDue
    }

    /// The plugin has requested another configuration of its tasks. Returns whether it is due now.
    mutating func reconfigurationRequested(configuringUntil deadline: MonotonicInstant) -> Bool {
        guard phase == .idle else {
            // `start` is followed by a configuration anyway.
            if case .starting = phase { return false }
            reconfigurationIsDue = true
            return false
        }
        phase = .configuring(until: deadline)
        return true
    }

    /// Returns whether the plugin is to be stopped now.
    mutating func stop(until deadline: MonotonicInstant) -> Bool {
        if case .stopping(let former) = phase {
            phase = .stopping(until: min(former, deadline))
            return false
        }
        phase = .stopping(until: deadline)
        return true
    }
}
