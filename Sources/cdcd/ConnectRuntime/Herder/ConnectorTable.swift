import WireCore

/// The connectors on this worker with their instances, of which each connector has at most one. A value without I/O.
struct ConnectorTable {
    private var slots = NameMap<ConnectorSlot>()
    private var lastRunNumber = 0

    var isEmpty: Bool { slots.isEmpty }
    /// In the order of their bytes.
    var names: [String] { slots.names }

    subscript(name: String) -> ConnectorSlot? {
        get { slots[name] }
        set { slots[name] = newValue }
    }

    /// When a call of a plugin has to have returned at the earliest.
    var nextDeadline: MonotonicInstant? { slots.values.compactMap { $0.instance?.deadline }.min() }

    /// The calls of plugins that should have returned by now.
    func overdueCalls(at now: MonotonicInstant) -> [(run: ConnectorRun, call: ConnectorInstance.Call)] {
        slots.sorted.compactMap { _, slot in
            guard let instance = slot.instance, let call = instance.overdueCall(at: now) else { return nil }
            return (instance.run, call)
        }
    }

    /// The connector is to be started, again if it runs.
    mutating func requestStart(_ name: String) { slots[name, default: ConnectorSlot()].startIsDue = true }

    /// The connector was deleted.
    mutating func requestRemoval(_ name: String) { slots[name, default: ConnectorSlot()].isRemoving = true }

    // MARK: Instances

    /// Whether a run is its connector's instance and was not stopped.
    func isCurrent(_ run: ConnectorRun) -> Bool {
        slots[run.name]?.instance.map { $0.run == run && !$0.isStopping } ?? false
    }

    func hasConfiguredTasks(_ run: ConnectorRun) -> Bool { slots[run.name]?.instance?.hasConfiguredTasks == true }

    mutating func start(_ name: String, until deadline: MonotonicInstant) -> ConnectorRun {
        lastRunNumber += 1
        let run = ConnectorRun(name: name, number: lastRunNumber)
        slots[name, default: ConnectorSlot()].instance = ConnectorInstance(starting: run, until: deadline)
        slots[name]?.startIsDue = false
        return run
    }

    /// Returns whether the plugin is to be stopped now.
    mutating func stop(_ run: ConnectorRun, until deadline: MonotonicInstant) -> Bool {
        slots[run.name]?.instance?.stop(until: deadline) == true
    }

    mutating func end(_ run: ConnectorRun) {
        if slots[run.name]?.instance?.run == run { slots[run.name]?.instance = nil }
    }

    /// `start` returned. Returns whether the tasks are to be configured now.
    mutating func started(_ run: ConnectorRun, configuringUntil deadline: MonotonicInstant) -> Bool {
        slots[run.name]?.instance?.started(configuringUntil: deadline) == true
    }

    /// `taskConfigurations` returned. Returns whether the result counts.
    mutating func configured(_ run: ConnectorRun) -> Bool { slots[run.name]?.instance?.configured() == true }

    /// The task configurations are committed. Returns whether the tasks are to be configured again.
    mutating func published(_ run: ConnectorRun, configuringUntil deadline: MonotonicInstant) -> Bool {
        slots[run.name]?.instance?.published(configuringUntil: deadline) == true
    }

    /// The plugin has requested another configuration of its tasks. Returns whether it is due now.
    mutating func reconfigurationRequested(
        _ run: ConnectorRun, configuringUntil deadline: MonotonicInstant
    ) -> Bool {
        slots[run.name]?.instance?.reconfigurationRequested(configuringUntil: deadline) == true
    }

    /// Returns and removes the restart requests that wait for a connector.
    mutating func takeWaiters(of name: String) -> [RequestID] {
        defer { slots[name]?.waiters = [] }
        return slots[name]?.waiters ?? []
    }
}
