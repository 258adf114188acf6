import ConnectData
import WireCore
import WireStreams

/// Carries out the herder's actions without waiting for any: the ends come back as events. Used by the herder's thread
/// only.
final class HerderExecutor {
    private let environment: WorkerEnvironment
    private let herder: Herder
    /// What the leader assigns to this worker by the given state of the config topic.
    private let assignment: (ConfigView) -> WorkAssignment
    private var connectors: [ConnectorRun: ConnectorRunner] = [:]
    private var tasks: [TaskRun: TaskRunner] = [:]
    private let configThread = SerialThread(named: "config-topic")
    private let metrics = WorkerMetrics()
    private let logger = Logger(Herder.loggerName)

    init(
        environment: WorkerEnvironment, herder: Herder, assignment: @escaping (ConfigView) -> WorkAssignment
    ) {
        self.environment = environment
        self.herder = herder
        self.assignment = assignment
    }

    /// Removes the statuses of connectors and tasks that do not exist any more.
    func removeStaleStatuses() {
        let (view, statuses) = (environment.configs.snapshot, environment.statuses.snapshot)
        for name in statuses.connectors.names where view.connectors[name] == nil {
            environment.statuses.removeConnector(name)
        }
        for id in statuses.tasks.keys where !view.tasks(of: id.connector).contains(id) {
            environment.statuses.removeTask(id)
        }
    }

    /// Called before the machine handles an event.
    func prepare(for event: HerderEvent) {
        switch event {
        case .groupJoined: metrics.rebalances.add()
        case .connectorStarted(_, nil): metrics.connectorStarts.add()
        case .connectorStarted(_, .some): metrics.connectorFailures.add()
        case .taskEnded(let run, let hasFailed):
            if hasFailed { metrics.taskFailures.add() }
            release(run)
        default: break
        }
    }

    /// The event that an event leads to.
    func followUp(_ event: HerderEvent) -> HerderEvent? {
        switch event {
        case .configsRead, .groupJoined: .assigned(assignment(environment.configs.snapshot))
        default: nil
        }
    }

    func execute(_ action: HerderAction) {
        switch action {
        case .startConnector(let run, let config): start(run, config)
        case .configureTasks(let run, let tasksMax): connectors[run]?.configureTasks(maximum: tasksMax)
        case .stopConnector(let run): connectors.removeValue(forKey: run)?.stop()
        case .releaseConnector(let run): connectors.removeValue(forKey: run)?.release()
        case .startTask(let run, let connector, let task, let isPaused): start(run, connector, task, isPaused: isPaused)
        case .stopTask(let run): tasks[run]?.requestStop()
        case .abandonTask(let run):
            tasks[run]?.abandon()
            release(run)
        case .pauseTask(let run): tasks[run]?.pause()
        case .resumeTask(let run): tasks[run]?.resume()
        case .write(let records): write(records)
        case .readConfigs: readConfigs()
        case .createSessionKey:
            herder.post(.sessionKeyCreated(SessionKey.create(
                bytes: environment.configuration.sessionKeyBytes, nowMilliseconds: environment.clock())))
        case .checkOffsets(let id, let name, let changes): checkOffsets(id, name, changes)
        case .writeOffsets(let id, let name, let changes): writeOffsets(id, name, changes)
        case .showConnector(let name, let state, let trace):
            environment.statuses.put(
                connector: name, environment.identity.status(state, trace: trace, version: version(of: name)))
        case .showTask(let id, let state):
            let version = environment.statuses.snapshot.tasks[id]?.version
            environment.statuses.put(task: id, environment.identity.status(state, version: version))
        case .removeConnectorStatus(let name): environment.statuses.removeConnector(name)
        case .removeTaskStatus(let id): environment.statuses.removeTask(id)
        case .removeTaskStatuses(let name, let kept):
            for (id, _) in environment.statuses.snapshot.tasks(of: name) where !kept.contains(id) {
                environment.statuses.removeTask(id)
            }
        case .removeTopics(let name):
            environment.statuses.removeTopics(of: name)
            TaskMetrics.remove(connector: name)
        case .setLoggerLevel(let name, let level):
            logger.info("Setting level of namespace \(name) and children to \(level.name)")
            _ = LogSystem.shared.setLevel(level, of: name, nowMilliseconds: environment.clock())
        case .log(let level, let text, let connector?):
            Logger(Herder.workerLoggerName, context: "[\(connector)|worker] ").log(level, text)
        case .log(let level, let text, nil): logger.log(level, text)
        case .complete, .finish: preconditionFailure("an action of the herder itself")
        }
    }

    // MARK: Connectors and tasks

    private func start(_ run: ConnectorRun, _ config: ConnectorConfig) {
        let runner = ConnectorRunner(
            run, config: config, plugins: environment.plugins, providers: environment.configuration.configProviders,
            offsets: environment.offsets
        ) { [herder] event in herder.post(event) }
        connectors[run] = runner
        runner.start()
    }

    /// The version of a connector; nil if its class is unknown.
    private func version(of name: String) -> String? {
        let config = environment.configs.snapshot.connectors[name]
        if let className = config?["connector.class"], ConfigVariable.exists(in: className) {
            return connectors.first { $0.key.name == name }?.value.version
                ?? environment.statuses.snapshot.connectors[name]?.version
        }
        let plugin = config.flatMap { environment.plugins.connector(named: $0["connector.class"] ?? "") }
        return config.flatMap { plugin?.version(for: $0.dictionary) }
    }

    private func start(
        _ run: TaskRun, _ connector: ConnectorConfig, _ task: ConnectorConfig, isPaused: Bool
    ) {
        let runner = TaskRunner(
            run, connectorConfig: connector, taskConfig: task, isPaused: isPaused, environment: environment)
        guard environment.presence.admit(runner) else { return herder.post(.taskRefused(run)) }
        tasks[run] = runner
        runner.start { [herder] hasFailed in herder.post(.taskEnded(run, hasFailed: hasFailed)) }
    }

    private func release(_ run: TaskRun) {
        if let runner = tasks.removeValue(forKey: run) { environment.presence.remove(runner) }
    }

    // MARK: Topics

    private func write(_ records: [ConfigRecord]) {
        configThread.add { [environment, herder] in
            let startedAt = MonotonicInstant.now
            do {
                try environment.configs.write(records)
                Self.postChanges(environment, herder, startedAt)
                herder.post(.written(failure: nil))
            } catch {
                herder.post(.written(failure: "\(error)"))
            }
        }
    }

    private func readConfigs() {
        configThread.add { [environment, herder] in
            let startedAt = MonotonicInstant.now
            do {
                try environment.configs.refresh()
                Self.postChanges(environment, herder, startedAt)
            } catch {
                herder.post(.configReadFailed("\(error)"))
            }
        }
    }

    private static func postChanges(_ environment: WorkerEnvironment, _ herder: Herder, _ startedAt: MonotonicInstant) {
        let (view, changes) = environment.configs.takeChanges()
        herder.post(.configsRead(view, changes, environment.statuses.snapshot, startedAt: startedAt))
    }

    // MARK: Offsets

    /// On a thread of its own, which may block in the plugin without limit.
    private func checkOffsets(_ id: RequestID, _ name: String, _ changes: [RequestedOffset]?) {
        startThread(named: "connector-offsets-\(name)") { [environment, herder] in
            do {
                let check = try ConnectorOffsets(of: name, environment).check(changes)
                herder.post(.offsetsChecked(id, .success(check)))
            } catch {
                herder.post(.offsetsChecked(id, .failure(error as? HerderError ?? .failed("\(error)"))))
            }
        }
    }

    private func writeOffsets(_ id: RequestID, _ name: String, _ changes: OffsetCheck.Changes) {
        startThread(named: "offset-writer") { [environment, herder] in
            do {
                try ConnectorOffsets(of: name, environment).write(changes)
                herder.post(.offsetsWritten(id, failure: nil))
            } catch {
                herder.post(.offsetsWritten(id, failure: "\(error)"))
            }
        }
    }
}
