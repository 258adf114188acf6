import WireCore

/// Decides what runs on this worker: reconciles connectors and tasks with the assignment and the config topic
/// (`DistributedHerder`). Events in, actions out; no I/O, clock, randomness or lock.
///
/// It never waits. Stopping a task, calling a plugin and writing a record are actions whose ends are events. Plugin
/// calls and stops have a deadline, after which the instance or run is abandoned and its late results are ignored.
struct HerderMachine {
    private let settings: HerderSettings
    private var membership = HerderMembership()
    private var hasFinished = false

    private var configs: ConfigTopicMachine
    private var connectors = ConnectorTable()
    private var tasks = TaskRunTable()
    /// Restart requests that are answered once the task was started.
    private var taskWaiters: [TaskID: [RequestID]] = [:]
    private var offsets: OffsetChangeQueue

    /// Connectors that have to be reconciled.
    private var dirty: Set<ExactName> = []
    private var actions: [HerderAction] = []
    private var now = HerderTime(monotonic: MonotonicInstant(nanoseconds: 0), epochMilliseconds: 0)

    init(_ settings: HerderSettings, view: ConfigView) {
        self.settings = settings
        configs = ConfigTopicMachine(settings, view: view)
        offsets = OffsetChangeQueue(checkMilliseconds: settings.pluginCallMilliseconds)
    }

    private var view: ConfigView { configs.view }
    private var assignment: WorkAssignment { membership.assignment }
    private var absence: String? { membership.absence }
    private var stopDeadline: MonotonicInstant? { membership.stopDeadline }

    /// What the herder is doing, for requests that time out.
    var stage: String {
        if let stage = configs.stage { return stage }
        return absence == nil ? "waiting for requests" : "rejoining its group"
    }

    /// When `timePassed` has to be handled next.
    var nextDeadline: MonotonicInstant? {
        let configDeadline = configs.nextDeadline(mayWrite: membership.refusal == nil)
        return [tasks.nextDeadline, configDeadline, offsets.nextDeadline, connectors.nextDeadline]
            .compactMap { $0 }.min()
    }

    // MARK: Events

    mutating func handle(_ event: HerderEvent, at time: HerderTime) -> [HerderAction] {
        now = time
        switch event {
        case .groupJoined: break
        case .assigned(let new): assign(new)
        case .membershipLost(let reason, let revoked): loseMembership(reason, revoked)
        case .membershipRegained(let revoked): regainMembership(revoked)
        case .configsRead(let view, let changes, let statuses, let startedAt):
            let wasReadRequired = configs.isReadRequired
            configs.read(view, startedAt: startedAt)
            for change in changes { handle(change, statuses) }
            if wasReadRequired { markAllDirty() }
        case .configReadFailed(let reason):
            log(.warn, "The config topic cannot be read; retrying: \(reason)")
            configs.readFailed(at: now.monotonic)
        case .written(let failure):
            if let outcome = configs.written(failure, at: now.monotonic) { handle(outcome) }
        case .request(let id, let request): receive(id, request)
        case .sessionKeyCreated(let key): configs.add(key)
        case .offsetsChecked(let id, let result):
            handle(offsets.checked(id, result, refusal: membership.error))
        case .offsetsWritten(let id, let failure): handle(offsets.written(id, failure: failure))
        case .connectorStarted(let run, let failure): connectorStarted(run, failure)
        case .tasksConfigured(let run, let result): tasksConfigured(run, result)
        case .connectorStopped(let run): endInstance(run)
        case .reconfigurationRequested(let run): reconfigurationRequested(run)
        case .connectorFailed(let run, let trace): stop(run, failure: trace, "Connector \(run.name) has failed")
        case .taskEnded(let run, let hasFailed): taskEnded(run, hasFailed)
        case .taskRefused(let run): _ = tasks.end(run, hasFailed: false)
        case .stop(let deadline): stop(deadline)
        case .timePassed: abandonOverdue()
        }
        advance()
        defer { actions = [] }
        return actions
    }

    /// Reconciles changed connectors, and begins writes and offset changes that are possible now.
    private mutating func advance() {
        repeat {
            while let name = dirty.popFirst() { reconcile(name.text) }
            guard stopDeadline == nil else { break }
            let (refusal, connectors) = (membership.refusal, connectors)
            for outcome in configs.advance(refusal: refusal, at: now, isCurrent: connectors.isCurrent) {
                handle(outcome)
            }
        } while !dirty.isEmpty
        actions += offsets.advance(refusal: membership.refusal, view, at: now.monotonic) { [tasks] in
            !tasks.ids(of: $0).isEmpty
        }
        guard stopDeadline != nil, !hasFinished, connectors.isEmpty, tasks.isEmpty else { return }
        hasFinished = true
        // Writes in progress are not waited for: Kafka may be unavailable.
        dropRequests(andCurrent: true)
        actions.append(.finish)
    }

    private mutating func assign(_ new: WorkAssignment) {
        let (added, changed, isNewGeneration) = membership.assign(new)
        if isNewGeneration { log(.info, "Starting connectors and tasks using config offset \(view.offset)") }
        for name in added { connectors.requestStart(name.text) }
        dirty.formUnion(changed)
        while let name = dirty.popFirst() { reconcile(name.text) }
        if isNewGeneration { log(.info, "Finished starting connectors and tasks") }
    }

    private mutating func loseMembership(_ reason: String, _ revoked: [TaskRun]) {
        membership.absence = reason
        for run in revoked { tasks.revoke(run, until: graceDeadline) }
        for name in connectors.names {
            connectors[name]?.startIsDue = false
            answerWaiters(name, .failure(.outsideGroup(reason: reason)))
            if let shown = connectors[name]?.shown, [.running, .paused, .restarting].contains(shown) {
                show(name, .unassigned, trace: reason)
            }
        }
        markAllDirty()
    }

    private mutating func regainMembership(_ revoked: [TaskRun]) {
        membership.absence = nil
        for run in revoked { tasks.revoke(run, until: graceDeadline) }
        configs.requireRead(since: now.monotonic)
        for name in connectors.names where connectors[name]?.shown != .failed { connectors.requestStart(name) }
        markAllDirty()
    }

    private mutating func markAllDirty() {
        let ids = assignment.tasks.map(\.connector) + taskWaiters.keys.map(\.connector)
        dirty.formUnion((connectors.names + tasks.connectorNames + ids).map { ExactName($0) })
        dirty.formUnion(assignment.connectors)
    }

    private mutating func stop(_ deadline: MonotonicInstant) {
        membership.stopDeadline = deadline
        log(.info, "Stopping connectors and tasks that are still assigned to this worker.")
        dropRequests(andCurrent: false)
        markAllDirty()
    }

    private mutating func dropRequests(andCurrent isAll: Bool) {
        let ids = configs.drop(andCurrent: isAll) + offsets.drop(andCurrent: isAll)
        for id in ids { complete(id, .failure(.shuttingDown)) }
    }

    private mutating func handle(_ outcome: ConfigTopicMachine.Outcome) {
        switch outcome {
        case .action(let action): actions.append(action)
        case .complete(let id, let result): complete(id, result)
        case .sessionKeyWritten(let failure):
            log(failure == nil ? .info : .error, failure.map { "Failed to renew the session key; retrying: \($0)" }
                ?? "Session key updated")
        case .published(let run, let failure?): failReconfiguration(run, failure)
        case .published(let run, nil):
            guard connectors.isCurrent(run) else { return }
            let isFirst = !connectors.hasConfiguredTasks(run)
            if connectors.published(run, configuringUntil: callDeadline) { configureTasks(run) }
            guard isFirst else { return }
            log(.info, "Finished creating connector \(run.name)", connector: run.name)
            answerWaiters(run.name, .success(.done))
            dirty.insert(ExactName(run.name))
        }
    }

    private mutating func handle(_ outcome: OffsetChangeQueue.Outcome?) {
        switch outcome {
        case .action(let action): actions.append(action)
        case .complete(let id, let name, let result):
            dirty.insert(name)
            complete(id, result)
        case nil: break
        }
    }

    private mutating func handle(_ change: ConfigChange, _ statuses: StatusView) {
        switch change {
        case .nothing, .unreadable: break
        case .sessionKeyChanged: configs.sessionKeyChanged()
        case .loggerLevelChanged(let name, let level): actions.append(.setLoggerLevel(name, level))
        case .connectorUpdated(let name):
            log(.info, "Connector \(name) config updated")
            if assignment.contains(name) { connectors.requestStart(name) }
            dirty.insert(ExactName(name))
        case .connectorRemoved(let name):
            log(.info, "Connector \(name) config removed")
            connectors.requestRemoval(name)
            for id in tasks.ids(of: name) { stopTask(id) }
            dirty.insert(ExactName(name))
        case .targetStateChanged(let name): changeTargetState(of: name)
        case .tasksCommitted(let name):
            let ids = view.tasks(of: name)
            log(.info, "Tasks [\(ids.map(\.description).joined(separator: ", "))] configs updated")
            // Tasks that run with the former configurations are replaced.
            for id in tasks.ids(of: name) { stopTask(id) }
            actions.append(.removeTaskStatuses(of: name, except: ids + tasks.ids(of: name)))
            dirty.insert(ExactName(name))
        case .restartRequested(let request): restart(request, statuses)
        }
    }

    private mutating func changeTargetState(of name: String) {
        let state = view.targetState(of: name)
        log(.info, "Connector \(name) target state change")
        log(.info, "Setting connector \(name) state to \(state.rawValue)")
        dirty.insert(ExactName(name))
        switch state {
        case .stopped: break
        case .paused: for run in tasks.running(of: name) { actions.append(.pauseTask(run)) }
        case .started:
            for run in tasks.running(of: name) { actions.append(.resumeTask(run)) }
            // A connector that failed stays so until it is restarted.
            guard let connector = connectors[name], connector.shown != .failed else { return }
            if connector.instance?.isStopping ?? true { connectors.requestStart(name) }
        }
    }

    private mutating func restart(_ request: RestartRequest, _ statuses: StatusView) {
        guard membership.refusal == nil, let plan = RestartPlan(request, statuses) else { return }
        let name = request.connector
        log(.info, "Received restart request for \(name)")
        for id in plan.restartingTasks where isWanted(id) { restartTask(id) }
        if plan.restartsConnector, assignment.contains(name) {
            connectors.requestStart(name)
            show(name, .restarting)
        }
        dirty.insert(ExactName(name))
    }

    /// Reconciles a connector and its tasks with the assignment and the config topic.
    private mutating func reconcile(_ name: String) {
        for id in tasks.ids(of: name) where !isWanted(id) && (absence == nil || stopDeadline != nil) {
            stopTask(id)
        }
        reconcileConnector(name)
        let mayStart = absence == nil && !configs.isReadRequired && connectors[name]?.holdsTasks != true
            && !offsets.isChanging(name)
        for id in view.tasks(of: name) where mayStart && tasks.isVacant(id) && isWanted(id) { startTask(id) }
        for id in taskWaiters.keys where id.connector.isExactly(name) {
            if let error = restartError(id) { answerTaskWaiters(id, .failure(error)) }
        }
    }

    private mutating func reconcileConnector(_ name: String) {
        guard let connector = connectors[name] else { return }
        let isHere = assignment.contains(name) && view.connectors[name] != nil && stopDeadline == nil
        let wanted = isHere && absence == nil ? view.targetState(of: name) : nil
        if let instance = connector.instance {
            if connector.startIsDue || wanted != .started { stop(instance.run) }
            return
        }
        if connector.isRemoving, stopDeadline == nil {
            guard tasks.ids(of: name).isEmpty else { return }
            finishRemoval(name)
        }
        switch wanted {
        case nil:
            if !isHere { leave(name) }
        case .stopped:
            guard tasks.ids(of: name).isEmpty, connector.startIsDue || connector.shown != .stopped else { return }
            actions.append(.removeTaskStatuses(of: name, except: []))
            settle(name, .stopped)
        case .paused:
            guard connector.startIsDue || (connector.shown != .paused && connector.shown != .failed) else { return }
            settle(name, .paused)
            log(.info, "Finished creating connector \(name)", connector: name)
        case .started:
            let mayStart = !configs.isReadRequired && !offsets.isChanging(name)
            if connector.startIsDue, mayStart { start(name) }
        }
    }

    /// Removes a connector that is no longer assigned to this worker, once its tasks have ended.
    private mutating func leave(_ name: String) {
        answerWaiters(name, .failure(restartError(of: name) ?? .shuttingDown))
        guard tasks.ids(of: name).isEmpty else { return }
        let shown = connectors[name]?.shown
        connectors[name] = nil
        guard view.connectors[name] != nil, let shown, shown != .failed else { return }
        actions.append(.showConnector(name, .unassigned, trace: nil))
    }

    /// Publishes the status of a connector that has no instance.
    private mutating func settle(_ name: String, _ state: StatusRecord.State) {
        connectors[name]?.startIsDue = false
        show(name, state)
        answerWaiters(name, .success(.done))
    }

    private mutating func finishRemoval(_ name: String) {
        connectors[name]?.isRemoving = false
        connectors[name]?.shown = nil
        actions.append(.removeConnectorStatus(name))
        actions.append(.removeTaskStatuses(of: name, except: []))
        actions.append(.removeTopics(of: name))
        log(.info, "Successfully processed removal of connector '\(name)'")
    }

    private var callDeadline: MonotonicInstant {
        now.monotonic.advanced(byMilliseconds: settings.pluginCallMilliseconds)
    }

    private var graceDeadline: MonotonicInstant {
        stopDeadline ?? now.monotonic.advanced(byMilliseconds: settings.gracefulShutdownMilliseconds)
    }

    private mutating func start(_ name: String) {
        guard let config = view.connectors[name] else { return }
        let run = connectors.start(name, until: callDeadline)
        log(.info, "Creating connector \(name) of type \(config["connector.class"] ?? "")", connector: name)
        actions.append(.startConnector(run, config))
    }

    private mutating func stop(_ run: ConnectorRun) {
        if connectors.stop(run, until: graceDeadline) { actions.append(.stopConnector(run)) }
    }

    private mutating func connectorStarted(_ run: ConnectorRun, _ failure: String?) {
        guard connectors.isCurrent(run) else { return }
        if let failure {
            actions.append(.releaseConnector(run))
            endInstance(run)
            return fail(run.name, failure)
        }
        guard connectors.started(run, configuringUntil: callDeadline) else { return }
        show(run.name, .running)
        configureTasks(run)
    }

    private mutating func configureTasks(_ run: ConnectorRun) {
        let config = view.connectors[run.name] ?? ConnectorConfig()
        actions.append(.configureTasks(run, tasksMax: TaskConfigUpdate.tasksMax(config)))
    }

    private mutating func tasksConfigured(_ run: ConnectorRun, _ result: Result<[ConnectorConfig], PluginError>) {
        guard connectors.isCurrent(run), connectors.configured(run) else { return }
        switch result {
        case .failure(let error): failReconfiguration(run, error.description)
        case .success(let made):
            let config = view.connectors[run.name] ?? ConnectorConfig()
            if !TaskConfigUpdate.limitIsVariable(config),
                let error = TaskConfigUpdate.error(run.name, taskCount: made.count, config.dictionary) {
                return failReconfiguration(run, error)
            }
            configs.add(run, made)
        }
    }

    private mutating func reconfigurationRequested(_ run: ConnectorRun) {
        guard connectors.isCurrent(run) else { return }
        if connectors.reconfigurationRequested(run, configuringUntil: callDeadline) { configureTasks(run) }
    }

    private mutating func failReconfiguration(_ run: ConnectorRun, _ reason: String) {
        stop(run, failure: reason, "Failed to reconfigure connector's tasks (\(run.name))")
    }

    /// Stops an instance that has failed.
    private mutating func stop(_ run: ConnectorRun, failure reason: String, _ event: String) {
        guard connectors.isCurrent(run) else { return }
        log(.error, "\(event): \(reason)")
        stop(run)
        fail(run.name, reason)
    }

    private mutating func fail(_ name: String, _ reason: String) {
        show(name, .failed, trace: reason)
        answerWaiters(name, .failure(.failed("Failed to start connector: \(name): \(reason)")))
        dirty.insert(ExactName(name))
    }

    private mutating func endInstance(_ run: ConnectorRun) {
        connectors.end(run)
        dirty.insert(ExactName(run.name))
    }

    private mutating func abandonOverdue() {
        for run in tasks.overdue(at: now.monotonic) {
            actions.append(.abandonTask(run))
            taskEnded(run, false)
        }
        for outcome in offsets.abandonOverdue(at: now.monotonic) { handle(outcome) }
        for (run, call) in connectors.overdueCalls(at: now.monotonic) {
            let name = run.name
            actions.append(.releaseConnector(run))
            endInstance(run)
            if call == .stop { log(.error, "The connector did not stop in time and was abandoned", connector: name) } else {
                fail(name, "The connector's \(call.rawValue) did not return within \(settings.pluginCallMilliseconds) ms. "
                    + "Check the systems that it connects to, then restart the connector")
            }
        }
    }

    private mutating func show(_ name: String, _ state: StatusRecord.State, trace: String? = nil) {
        connectors[name]?.shown = state
        actions.append(.showConnector(name, state, trace: trace))
    }

    /// Whether the task should run here, now or once the worker is a member again.
    private func isWanted(_ id: TaskID) -> Bool {
        stopDeadline == nil && assignment.tasks.contains(id) && view.tasks(of: id.connector).contains(id)
            && view.targetState(of: id.connector) != .stopped && connectors[id.connector]?.isRemoving != true
    }

    private mutating func startTask(_ id: TaskID) {
        guard let connector = view.connectors[id.connector], let config = view.taskConfig(id) else { return }
        let isPaused = view.targetState(of: id.connector) == .paused
        actions.append(.startTask(tasks.start(id), connector: connector, task: config, isPaused: isPaused))
        answerTaskWaiters(id, .success(.done))
    }

    private mutating func stopTask(_ id: TaskID) {
        if let run = tasks.stop(id, until: graceDeadline) { actions.append(.stopTask(run)) }
        if tasks.isVacant(id) { vacated(id) }
    }

    private mutating func restartTask(_ id: TaskID) {
        if let run = tasks.stop(id, restarts: true, until: graceDeadline) { actions.append(.stopTask(run)) }
        if tasks.isVacant(id) { actions.append(.showTask(id, .restarting)) }
        dirty.insert(ExactName(id.connector))
    }

    private mutating func taskEnded(_ run: TaskRun, _ hasFailed: Bool) {
        guard case .vacated(let wasRestarting) = tasks.end(run, hasFailed: hasFailed) else { return }
        if wasRestarting, isWanted(run.id) { actions.append(.showTask(run.id, .restarting)) }
        vacated(run.id)
    }

    private mutating func vacated(_ id: TaskID) {
        dirty.insert(ExactName(id.connector))
        // The statuses of a deleted connector are removed together.
        guard connectors[id.connector]?.isRemoving != true else { return }
        let exists = view.tasks(of: id.connector).contains(id) && view.targetState(of: id.connector) != .stopped
        if !exists { actions.append(.removeTaskStatus(id)) }
    }

    private mutating func receive(_ id: RequestID, _ request: HerderRequest) {
        if stopDeadline != nil { return complete(id, .failure(.shuttingDown)) }
        switch request {
        case .ping: configs.add(ping: id)
        case .change(let change): configs.add(id, change)
        case .restartConnector(let name):
            if let error = restartError(of: name) { return complete(id, .failure(error)) }
            connectors.requestStart(name)
            connectors[name]?.waiters.append(id)
            dirty.insert(ExactName(name))
        case .restartTask(let task):
            if let error = restartError(task) { return complete(id, .failure(error)) }
            taskWaiters[task, default: []].append(id)
            restartTask(task)
        case .changeOffsets(let name, let changes): offsets.add(id, name, changes)
        }
    }

    /// Why a connector cannot be restarted here; nil if it can.
    private func restartError(of name: String) -> HerderError? {
        membership.error ?? view.restartError(of: name, assignment)
    }

    private func restartError(_ id: TaskID) -> HerderError? { membership.error ?? view.restartError(id, assignment) }

    private mutating func complete(_ id: RequestID, _ result: Result<HerderAnswer, HerderError>) {
        actions.append(.complete(id, result))
    }

    private mutating func answerWaiters(_ name: String, _ result: Result<HerderAnswer, HerderError>) {
        for id in connectors.takeWaiters(of: name) { complete(id, result) }
    }

    private mutating func answerTaskWaiters(_ id: TaskID, _ result: Result<HerderAnswer, HerderError>) {
        for request in taskWaiters.removeValue(forKey: id) ?? [] { complete(request, result) }
    }

    private mutating func log(_ level: LogLevel, _ text: String, connector: String? = nil) {
        actions.append(.log(level, connector == nil ? "\(settings.logPrefix) \(text)" : text, connector: connector))
    }
}
