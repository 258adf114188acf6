import ConnectData
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// One task on its thread, from its start to its end. Safe to use from any thread.
final class TaskRunner: Sendable {
    let taskRun: TaskRun
    private var id: TaskID { taskRun.id }
    private let connectorConfig: ConnectorConfig
    private let taskConfig: ConnectorConfig
    private let environment: WorkerEnvironment
    private let publisher: StatusPublisher
    private let control: TaskControl
    private let gate: PauseGate
    private let work = Mutex(WorkState())
    private let isRevoked = Atomic(false)
    private let logger: Logger
    /// Names the task in the log.
    private let label: String

    /// The work, and what was requested of it before it existed: the class of a connector, and so its kind, may be the
    /// value of a variable, which is resolved on the task's thread.
    private struct WorkState {
        var work: (any TaskWork)?
        var isHeld = false
        var isAbandoned = false
    }

    init(
        _ taskRun: TaskRun, connectorConfig: ConnectorConfig, taskConfig: ConnectorConfig, isPaused: Bool,
        environment: WorkerEnvironment
    ) {
        self.taskRun = taskRun
        let id = taskRun.id
        self.connectorConfig = connectorConfig
        self.taskConfig = taskConfig
        self.environment = environment
        let plugin = environment.plugins.connectorPlugin(named: connectorConfig["connector.class"] ?? "")
        let kind = plugin?.kind == .sink ? "WorkerSinkTask" : "WorkerSourceTask"
        label = "\(kind){id=\(id)}"
        logger = Logger(
            "org.apache.kafka.connect.runtime.\(kind)", context: "[\(id.connector)|task-\(id.task)] ")
        let publisher = StatusPublisher(
            id: id, version: plugin?.descriptor.version(for: connectorConfig.dictionary), isPaused: isPaused,
            statuses: environment.statuses, identity: environment.identity)
        control = TaskControl { publisher.handle(.externalSystemChanged($0)) }
        gate = PauseGate(isPaused: isPaused)
        self.publisher = publisher
    }

    // MARK: From outside

    /// - Parameter ended: called on the task's thread when it ends.
    func start(_ ended: @escaping @Sendable (_ hasFailed: Bool) -> Void) {
        logger.info("Creating task \(id)")
        // For the recursive parsers of statements and documents.
        startThread(named: "task-thread-\(id)", stackBytes: 8 << 20) { [self] in
            run()
            ended(hasFailed)
        }
    }

    var hasFailed: Bool { publisher.hasFailed }

    func pause() {
        gate.pause()
        publisher.handle(.paused)
        currentWork?.gateChanged()
    }

    func resume() {
        publisher.handle(.resumed)
        gate.resume()
        currentWork?.gateChanged()
    }

    private var currentWork: (any TaskWork)? { work.withLock { $0.work } }

    /// Whether the run was ended because the worker left its group; another run is to be started.
    var wasRevoked: Bool { isRevoked.load(ordering: .acquiring) }

    /// The worker is no longer a member of its group, so another one may run this task. Nothing is emitted or committed
    /// from now on. A task whose work a stop would discard waits; with `revokes` every other one ends without a last
    /// commit, since an offset that is written late may be older than another worker's. Does not wait.
    ///
    /// - Returns: whether the task ends because of this call.
    func leaveGroup(_ reason: String, revokes: Bool) -> Bool {
        guard !hasFailed else { return false }
        // Commits first: publishing the status may wait for room in a producer's buffer.
        work.withLock { state in
            state.isHeld = true
            state.work?.holdCommits()
        }
        gate.suspend()
        currentWork?.gateChanged()
        publisher.handle(.leftGroup(reason: reason))
        return revokes && !control.stopDiscardsWork && revoke()
    }

    /// Ends the task for a new one to be started from the stored offset, without a last commit. Does not wait.
    ///
    /// - Returns: whether the task ends because of this call.
    func revoke() -> Bool {
        guard !hasFailed, !isRevoked.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        currentWork?.endCommits()
        requestStop()
        abandonWork()
        return true
    }

    /// The worker is a member again, and no other worker has run this task.
    func rejoinGroup() {
        guard !wasRevoked else { return }
        publisher.handle(.rejoinedGroup)
        gate.endSuspension()
        work.withLock { $0.isHeld = false }
        currentWork?.releaseCommits()
        currentWork?.gateChanged()
    }

    /// Requests the task to end. The gate is last: a paused task that it releases checks whether a stop was requested.
    func requestStop() {
        control.stop()
        gate.stop()
    }

    /// The task has not ended in time after `requestStop`: it neither commits nor reports a state any more.
    func abandon() {
        logger.error("Graceful stop of task \(id) failed.")
        publisher.handle(.abandoned)
        abandonWork()
    }

    private func abandonWork() {
        let current = work.withLock { state in
            state.isAbandoned = true
            return state.work
        }
        current?.abandon()
    }

    // MARK: The thread

    private func run() {
        do {
            if gate.isClosed {
                publisher.handle(.paused)
                try gate.pass()
            }
            try runTask()
            publisher.handle(.stopped)
        } catch is CancellationError where control.isStopping {
            publisher.handle(.stopped)
        } catch where wasRevoked {
            // Its producer was aborted; any other error occurs again when the task is restarted.
            logger.info("\(label) Task has ended without its group: \(error)")
            publisher.handle(.stopped)
        } catch {
            let trace = StackTrace.text(of: error)
            logger.error(
                "\(label) Task threw an uncaught and unrecoverable exception. Task is being killed and will not "
                    + "recover until manually restarted: \(trace)")
            publisher.handle(.failed(trace: trace))
        }
    }

    private func runTask() throws {
        let providers = environment.configuration.configProviders
        let configuration = try providers.resolved(connectorConfig.dictionary)
        let taskConfiguration = try providers.resolved(taskConfig.dictionary)
        let plugin = try environment.plugins.connector(of: connectorConfig, configuration)
        publisher.setVersion(plugin.descriptor.version(for: configuration))
        let overrides = ClientOverride(
            connector: configuration, worker: environment.configuration, name: id.connector, kind: plugin.kind)
        if !overrides.withoutEffect.isEmpty {
            logger.warn(
                "Accepted, but without effect in this worker: \(overrides.withoutEffect.joined(separator: ", "))")
        }
        for warning in overrides.warnings { logger.warn(warning) }
        let setup = TaskSetup(
            connector: configuration, task: taskConfiguration, overrides: overrides,
            wait: BrokerWait(control: control, publisher: publisher, logger: logger))
        try begin(plugin).run(setup) { [self] in wasRevoked }
    }

    private func begin(_ plugin: ConnectorPlugin) throws -> any TaskWork {
        let context = TaskWorkContext(
            id: id, environment: environment, control: control, publisher: publisher, gate: gate, logger: logger)
        let work: any TaskWork
        switch plugin.factory {
        case .source(let factory): work = SourceTaskWork(context, factory)
        case .sink(let factory): work = SinkTaskWork(context, factory)
        }
        let isAbandoned = self.work.withLock { state in
            state.work = work
            if state.isHeld { work.holdCommits() }
            return state.isAbandoned
        }
        if isAbandoned { work.abandon() }
        return work
    }
}
