import ConnectData
import WireCore
import WireStreams

/// Decides what runs: brings connectors and tasks into line with the config topic (`DistributedHerder`).
///
/// Lives on the herder's thread. Requests write records; what the records say is acted upon in `followUp`, the same way
/// whether the record was written here or by somebody else.
final class Herder {
    let environment: WorkerEnvironment
    private var tasks: [TaskID: TaskRunner] = [:]
    private var connectors = NameMap<StatusRecord.State>()
    private var instances = NameMap<ConnectorInstance>()
    private let thread: HerderThread
    private var changes: [ConfigChange] = []
    /// The config topic may hold records of ours that the view does not know.
    private var mayHaveUnread = false
    private let running: RunningSet
    let logger: Logger
    /// A key that cannot be written is not tried again before this time, since each try may wait long.
    var nextKeyAttemptMilliseconds: Int64 = 0

    static let loggerName = "org.apache.kafka.connect.runtime.distributed.DistributedHerder"

    init(environment: WorkerEnvironment, running: RunningSet, thread: HerderThread) {
        self.environment = environment
        self.thread = thread
        self.running = running
        logger = Logger(Self.loggerName)
    }

    var prefix: String {
        let configuration = environment.configuration
        return "[Worker clientId=\(configuration.memberClientID), groupId=\(configuration.groupID)]"
    }

    var view: ConfigView { environment.configs.snapshot }

    /// Writes records to the config topic; `followUp` acts upon them.
    func write(_ records: [ConfigRecord.KeyValue]) throws {
        try requireMembership()
        do {
            changes += try environment.configs.write(records)
            mayHaveUnread = false
        } catch {
            // Some may be written all the same, or all of them and only the answer is lost.
            mayHaveUnread = true
            throw HerderError.failed("Failed to write to the config topic \(environment.configuration.configTopic.name): \(error)")
        }
    }

    /// Throws where the worker is outside of its group, in which nothing is its own to change.
    func requireMembership() throws(HerderError) {
        if let reason = environment.presence.absence { throw .outsideGroup(reason: reason) }
    }

    // MARK: Start and end

    /// Starts all connectors and tasks that the config topic holds.
    func startAll() {
        let view = view
        forgetStatuses(except: view)
        logger.info("\(prefix) Starting connectors and tasks using config offset \(view.offset)")
        for name in view.connectors.names { startConnector(name, view) }
        followUp()
        logger.info("\(prefix) Finished starting connectors and tasks")
    }

    /// Statuses of what does not exist any more would be shown for ever.
    private func forgetStatuses(except view: ConfigView) {
        let statuses = environment.statuses.snapshot
        for name in statuses.connectors.names where view.connectors[name] == nil {
            environment.statuses.removeConnector(name)
        }
        for id in statuses.tasks.keys where !view.tasks(of: id.connector).contains(id) {
            environment.statuses.removeTask(id)
        }
    }

    /// Stops everything, all tasks at once, in at most the time that is left.
    func stopAll(until deadline: MonotonicInstant) {
        logger.info("\(prefix) Stopping connectors and tasks that are still assigned to this worker.")
        stop(Array(tasks.keys), until: deadline)
        for name in connectors.names where connectors[name] != .failed { show(name, .unassigned) }
        for name in instances.names { stopInstance(of: name) }
        connectors = NameMap()
    }

    /// Acts upon records that were written or have come in.
    func followUp() {
        defer { running.update(connectors: connectors.names, tasks: Array(tasks.keys)) }
        guard environment.presence.absence == nil else { return }
        if mayHaveUnread { readOn() }
        while !changes.isEmpty {
            let change = changes.removeFirst()
            handle(change)
        }
        rotateSessionKey()
    }

    // MARK: Without the group

    /// The worker is no member of its group: nothing is shown as running, and what was ended is waited for.
    func leaveGroup(_ reason: String) {
        for (name, state) in connectors.sorted where [.running, .paused, .restarting].contains(state) {
            show(name, .unassigned, trace: reason)
        }
        stop(revokedTasks)
    }

    /// The worker is a member again: everything that does not run is started, after what others have changed meanwhile.
    func rejoinGroup() {
        stop(revokedTasks)
        mayHaveUnread = true
        readOn()
        let view = view
        for (name, state) in connectors.sorted where state != .failed { startConnector(name, view) }
    }

    private var revokedTasks: [TaskID] { tasks.filter { $0.value.wasRevoked }.map(\.key) }

    private func readOn() {
        do {
            changes += try environment.configs.refresh()
            mayHaveUnread = false
        } catch {
            logger.warn("\(prefix) The config topic cannot be read and will be tried again: \(error)")
        }
    }

    private func handle(_ change: ConfigChange) {
        let view = view
        switch change {
        case .nothing, .unreadable, .sessionKeyChanged: break
        case .loggerLevelChanged(let name):
            logger.warn("\(prefix) The level of logger \(name) was set for the whole cluster, which is not supported yet")
        case .connectorUpdated(let name):
            logger.info("\(prefix) Connector \(name) config updated")
            guard view.connectors[name] != nil else { return }
            startConnector(name, view)
        case .connectorRemoved(let name):
            // The name may have been taken again by a later record.
            guard view.connectors[name] == nil else { return }
            removeConnector(name)
        case .targetStateChanged(let name):
            logger.info("\(prefix) Connector \(name) target state change")
            guard view.connectors[name] != nil else { return }
            changeTargetState(of: name, view)
        case .tasksCommitted(let name):
            let ids = view.tasks(of: name)
            logger.info("\(prefix) Tasks [\(ids.map(\.description).joined(separator: ", "))] configs updated")
            restartTasks(of: name, view)
        case .restartRequested(let request): restart(request)
        }
    }

    // MARK: Connectors

    private func show(_ name: String, _ state: StatusRecord.State, trace: String? = nil) {
        connectors[name] = state
        let config = view.connectors[name]
        let plugin = config.flatMap { environment.plugins.connector(named: $0["connector.class"] ?? "") }
        let version = config.flatMap { plugin?.version(for: $0.dictionary) }
        environment.statuses.put(
            connector: name, environment.identity.status(state, trace: trace, version: version))
    }

    /// Starts a connector anew with its present configuration and target state, then its tasks.
    private func startConnector(_ name: String, _ view: ConfigView) {
        guard let config = view.connectors[name] else { return }
        let className = config["connector.class"] ?? ""
        if let reason = environment.presence.absence { return show(name, .unassigned, trace: reason) }
        let context = Logger(Self.workerLoggerName, context: "[\(name)|worker] ")
        context.info("Creating connector \(name) of type \(className)")
        stopInstance(of: name)
        guard let plugin = environment.plugins.connector(named: className),
            case .sourceConnector(let factory) = plugin.factory
        else {
            let trace = environment.plugins.unknownConnectorMessage(className)
            context.error(trace)
            show(name, .failed, trace: trace)
            stop(runningTasks(of: name))
            for id in view.tasks(of: name) {
                let status = environment.identity.status(.failed, trace: trace, version: nil)
                environment.statuses.put(task: id, status)
            }
            return
        }
        let version = plugin.version(for: config.dictionary)
        context.info("Instantiated connector \(name) with version \(version) of type class \(plugin.className)")
        switch view.targetState(of: name) {
        case .stopped:
            show(name, .stopped)
            return
        case .paused: show(name, .paused)
        case .started:
            show(name, .running)
            if !configureTasks(of: name, config, factory) { return }
        }
        context.info("Finished creating connector \(name)")
        startMissingTasks(of: name)
    }

    static let workerLoggerName = "org.apache.kafka.connect.runtime.Worker"

    /// Starts the connector unless it runs, and writes its tasks' configurations if they have changed. Returns false
    /// if that fails.
    private func configureTasks(
        of name: String, _ config: ConnectorConfig, _ factory: SourceConnectorFactory
    ) -> Bool {
        do {
            let maximum = max(1, Int(JavaText.trim(config["tasks.max"] ?? "1")) ?? 1)
            let isEnforced = JavaText.trim(config["tasks.max.enforce"] ?? "").lowercased() != "false"
            var made = try instance(of: name, config, factory).taskConfigurations(maximumTasks: maximum)
            guard made.count <= maximum || !isEnforced else {
                throw WorkerError(
                    "The connector \(name) has generated \(made.count) tasks, which is greater than \(maximum), the maximum number of "
                        + "tasks it is configured to create. This behaviour should be considered a bug and is disallowed.")
            }
            for index in made.indices where made[index]["task.class"] == nil {
                made[index]["task.class"] = factory.taskClassName
            }
            let view = view
            let ids = view.tasks(of: name)
            let isUnchanged = !view.isInconsistent(name) && ids.count == made.count
                && view.configAtCommit(of: name) == config
                && zip(ids, made).allSatisfy { view.taskConfig($0)?.dictionary == $1 }
            if isUnchanged { return true }
            var records = made.enumerated().map { index, properties in
                ConfigRecord.task(TaskID(connector: name, task: index), ConnectorConfig(properties))
            }
            records.append(ConfigRecord.commit(name, tasks: made.count))
            try write(records)
            return true
        } catch {
            let text = "\(error)"
            logger.error("\(prefix) Failed to reconfigure connector's tasks (\(name)): \(text)")
            show(name, .failed, trace: text)
            return false
        }
    }

    private func instance(
        of name: String, _ config: ConnectorConfig, _ factory: SourceConnectorFactory
    ) throws -> any SourceConnector {
        if let running = instances[name] { return running.connector }
        let context = HerderConnectorContext(connectorName: name, offsets: environment.offsets, thread: thread)
        let connector = factory.makeConnector(environment.plugins)
        try connector.start(config.dictionary, context: context)
        instances[name] = ConnectorInstance(connector: connector, factory: factory, context: context)
        return connector
    }

    private func stopInstance(of name: String) {
        instances[name]?.connector.stop()
        instances[name] = nil
    }

    /// A running connector wants other tasks.
    func reconfigureTasks(_ context: HerderConnectorContext) {
        let name = context.connectorName
        guard let instance = instances[name], instance.context === context, let config = view.connectors[name]
        else { return }
        _ = configureTasks(of: name, config, instance.factory)
    }

    /// A running connector has reported an error.
    func failConnector(_ context: HerderConnectorContext, trace: String) {
        guard instances[context.connectorName]?.context === context else { return }
        logger.error("\(prefix) Connector \(context.connectorName) has failed: \(trace)")
        show(context.connectorName, .failed, trace: trace)
    }

    private func removeConnector(_ name: String) {
        logger.info("\(prefix) Connector \(name) config removed")
        stopInstance(of: name)
        stop(runningTasks(of: name))
        connectors[name] = nil
        environment.statuses.removeConnector(name)
        for (id, _) in environment.statuses.snapshot.tasks(of: name) { environment.statuses.removeTask(id) }
        environment.statuses.forgetTopics(of: name)
        logger.info("\(prefix) Successfully processed removal of connector '\(name)'")
    }

    private func changeTargetState(of name: String, _ view: ConfigView) {
        let state = view.targetState(of: name)
        logger.info("\(prefix) Setting connector \(name) state to \(state.rawValue)")
        switch state {
        case .stopped:
            stopInstance(of: name)
            stop(runningTasks(of: name))
            forgetTaskStatuses(of: name, keeping: [])
            show(name, .stopped)
        case .paused:
            stopInstance(of: name)
            // A connector that failed stays so until it is restarted; its tasks are paused all the same.
            if connectors[name] != .failed { show(name, .paused) }
            for (id, task) in tasks where id.connector.isExactly(name) { task.pause() }
        case .started:
            for (id, task) in tasks where id.connector.isExactly(name) { task.resume() }
            guard connectors[name] != .failed, let config = view.connectors[name],
                let plugin = environment.plugins.connector(named: config["connector.class"] ?? ""),
                case .sourceConnector(let factory) = plugin.factory
            else { return }
            show(name, .running)
            if configureTasks(of: name, config, factory) { startMissingTasks(of: name) }
        }
    }

    // MARK: Tasks

    private func runningTasks(of name: String) -> [TaskID] { tasks.keys.filter { $0.connector.isExactly(name) } }

    private func forgetTaskStatuses(of name: String, keeping ids: [TaskID]) {
        for (id, _) in environment.statuses.snapshot.tasks(of: name) where !ids.contains(id) {
            environment.statuses.removeTask(id)
        }
    }

    /// Task configurations were committed: what ran with the old ones is replaced.
    private func restartTasks(of name: String, _ view: ConfigView) {
        stop(runningTasks(of: name))
        forgetTaskStatuses(of: name, keeping: view.tasks(of: name))
        startMissingTasks(of: name)
    }

    private func startMissingTasks(of name: String) {
        let view = view
        // A commit that is not acted upon yet starts them with their new configuration.
        guard view.targetState(of: name) != .stopped, !changes.contains(.tasksCommitted(name)) else { return }
        for id in view.tasks(of: name) where tasks[id] == nil { startTask(id, view) }
    }

    private func startTask(_ id: TaskID, _ view: ConfigView) {
        guard let config = view.connectors[id.connector], let taskConfig = view.taskConfig(id),
            let plugin = environment.plugins.connector(named: config["connector.class"] ?? ""),
            case .sourceConnector(let factory) = plugin.factory
        else { return }
        let runner = TaskRunner(
            id, plugin: plugin, factory: factory, connectorConfig: config, taskConfig: taskConfig,
            isPaused: view.targetState(of: id.connector) == .paused, environment: environment)
        // Outside of the group nothing is started; it is once the worker is a member again.
        guard environment.presence.admit(runner) else { return }
        tasks[id] = runner
        runner.start()
    }

    private func stop(_ ids: [TaskID]) {
        let timeout = environment.configuration.gracefulShutdownMilliseconds
        stop(ids, until: MonotonicInstant.now.advanced(byMilliseconds: timeout))
    }

    private func stop(_ ids: [TaskID], until deadline: MonotonicInstant) {
        let runners = ids.compactMap { tasks.removeValue(forKey: $0) }
        for runner in runners { environment.presence.remove(runner) }
        for runner in runners { runner.requestStop() }
        for runner in runners { runner.awaitStop(until: deadline) }
    }

    // MARK: Restarts

    /// Acts upon a restart request that came as a record.
    private func restart(_ request: RestartRequest) {
        guard let plan = RestartPlan(request, environment.statuses.snapshot) else { return }
        logger.info("\(prefix) Received restart request for \(request.connector)")
        let ids = plan.restartingTasks
        stop(ids)
        for id in ids {
            let version = environment.statuses.snapshot.tasks[id]?.version
            environment.statuses.put(task: id, environment.identity.status(.restarting, version: version))
        }
        if plan.restartsConnector {
            show(request.connector, .restarting)
            startConnector(request.connector, view)
        }
        startMissingTasks(of: request.connector)
    }

    /// Starts the connector anew, its tasks untouched, and says why where that fails.
    func restartConnector(_ name: String) throws(HerderError) {
        try requireMembership()
        guard view.connectors[name] != nil else { throw .notFound("Unknown connector: \(name)") }
        startConnector(name, view)
        if connectors[name] == .failed {
            let trace = environment.statuses.snapshot.connectors[name]?.trace ?? ""
            throw .failed("Failed to start connector: \(name): \(trace)")
        }
    }

    func restartTask(_ id: TaskID) throws(HerderError) {
        try requireMembership()
        let view = view
        guard view.connectors[id.connector] != nil else { throw .notFound("Unknown connector: \(id.connector)") }
        guard view.tasks(of: id.connector).contains(id), view.targetState(of: id.connector) != .stopped else {
            throw .notFound("Unknown task: \(id)")
        }
        stop([id])
        startTask(id, view)
    }
}

/// What runs at the moment, for the group member's thread to look at.
final class RunningSet: Sendable {
    private let state = Monitor((connectors: [String](), tasks: [TaskID]()))

    func update(connectors: [String], tasks: [TaskID]) { state.withLock { $0 = (connectors, tasks) } }

    var current: (connectors: [String], tasks: [TaskID]) { state.withLock { $0 } }
}
