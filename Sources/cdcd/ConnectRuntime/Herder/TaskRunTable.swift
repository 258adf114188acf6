import WireCore

/// The tasks that run on this worker, each from its start to its end. At most one run of a task exists at a time.
struct TaskRunTable {
    private enum Phase: Equatable {
        case running
        /// Ended by itself with an error; stays so until it is restarted or removed.
        case failed
        case stopping(until: MonotonicInstant)
    }

    private struct Slot {
        let run: TaskRun
        var phase = Phase.running
        /// Whether a restart was requested, which the status shows until the next run has started.
        var isRestarting = false
    }

    /// The effect of a run's end.
    enum End: Equatable {
        case failed
        /// The task can be started again.
        case vacated(wasRestarting: Bool)
    }

    private var slots = NameMap<[Int: Slot]>()
    private var lastNumber = 0

    private subscript(id: TaskID) -> Slot? {
        get { slots[id.connector]?[id.task] }
        set {
            slots[id.connector, default: [:]][id.task] = newValue
            if slots[id.connector]?.isEmpty == true { slots[id.connector] = nil }
        }
    }

    var isEmpty: Bool { slots.isEmpty }

    func isVacant(_ id: TaskID) -> Bool { self[id] == nil }

    /// The tasks of a connector that run, are stopping or have failed.
    func ids(of connector: String) -> [TaskID] { runs(of: connector).map(\.id) }

    /// The connectors that have such tasks.
    var connectorNames: [String] { slots.names }

    /// The runs of a connector for which no stop was requested.
    func running(of connector: String) -> [TaskRun] {
        runs(of: connector).filter { self[$0.id]?.phase == .running }
    }

    private func runs(of connector: String) -> [TaskRun] {
        (slots[connector] ?? [:]).values.map(\.run).sorted { $0.id.task < $1.id.task }
    }

    /// The earliest time at which a run that does not stop has to be abandoned.
    var nextDeadline: MonotonicInstant? {
        slots.values.flatMap(\.values).compactMap { slot in
            if case .stopping(let until) = slot.phase { until } else { nil }
        }.min()
    }

    /// Begins a run of a vacant task.
    mutating func start(_ id: TaskID) -> TaskRun {
        precondition(isVacant(id), "a second run of a task")
        lastNumber += 1
        let run = TaskRun(id: id, number: lastNumber)
        self[id] = Slot(run: run)
        return run
    }

    /// Stops a task. A failed one, which has nothing left to stop, is vacated at once.
    ///
    /// - Returns: the run that has to be stopped, if any.
    mutating func stop(_ id: TaskID, restarts: Bool = false, until deadline: MonotonicInstant) -> TaskRun? {
        guard var slot = self[id] else { return nil }
        switch slot.phase {
        case .failed:
            self[id] = nil
            return nil
        case .running:
            slot.phase = .stopping(until: deadline)
            slot.isRestarting = restarts
            self[id] = slot
            return slot.run
        case .stopping(let former):
            slot.phase = .stopping(until: min(former, deadline))
            slot.isRestarting = slot.isRestarting || restarts
            self[id] = slot
            return nil
        }
    }

    /// A run is ending because the worker left its group.
    mutating func revoke(_ run: TaskRun, until deadline: MonotonicInstant) {
        guard var slot = self[run.id], slot.run == run, slot.phase == .running else { return }
        slot.phase = .stopping(until: deadline)
        self[run.id] = slot
    }

    /// - Returns: nil for a run that was abandoned before.
    mutating func end(_ run: TaskRun, hasFailed: Bool) -> End? {
        guard var slot = self[run.id], slot.run == run else { return nil }
        if slot.phase == .running, hasFailed {
            slot.phase = .failed
            self[run.id] = slot
            return .failed
        }
        self[run.id] = nil
        return .vacated(wasRestarting: slot.isRestarting)
    }

    /// The runs that should have stopped by now.
    func overdue(at now: MonotonicInstant) -> [TaskRun] {
        slots.values.flatMap(\.values).filter { slot in
            if case .stopping(let until) = slot.phase { until <= now } else { false }
        }.map(\.run).sorted { $0.number < $1.number }
    }
}
