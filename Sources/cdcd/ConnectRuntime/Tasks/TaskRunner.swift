import ConnectData
import KafkaProtocol
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
    private let delivery: any Delivery
    private let isRevoked = Atomic(false)
    private let logger: Logger

    init(
        _ taskRun: TaskRun, connectorConfig: ConnectorConfig, taskConfig: ConnectorConfig, isPaused: Bool,
        environment: WorkerEnvironment
    ) {
        self.taskRun = taskRun
        let id = taskRun.id
        self.connectorConfig = connectorConfig
        self.taskConfig = taskConfig
        self.environment = environment
        logger = Logger(
            "org.apache.kafka.connect.runtime.WorkerSourceTask", context: "[\(id.connector)|task-\(id.task)] ")
        let plugin = environment.plugins.connector(named: connectorConfig["connector.class"] ?? "")
        let publisher = StatusPublisher(
            id: id, version: plugin?.version(for: connectorConfig.dictionary), isPaused: isPaused,
            statuses: environment.statuses, identity: environment.identity)
        let control = TaskControl { publisher.handle(.sourceChanged($0)) }
        let gate = PauseGate(isPaused: isPaused)
        delivery = DeliveryContext(
            id: id, environment: environment, control: control, publisher: publisher, gate: gate, logger: logger
        ).makeDelivery()
        self.gate = gate
        self.publisher = publisher
        self.control = control
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
    }

    func resume() {
        publisher.handle(.resumed)
        gate.resume()
    }

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
        delivery.holdCommits()
        gate.suspend()
        publisher.handle(.leftGroup(reason: reason))
        return revokes && !control.stopDiscardsWork && revoke()
    }

    /// Ends the task for a new one to be started from the stored offset, without a last commit. Does not wait.
    ///
    /// - Returns: whether the task ends because of this call.
    func revoke() -> Bool {
        guard !hasFailed, !isRevoked.exchange(true, ordering: .acquiringAndReleasing) else { return false }
        delivery.endCommits()
        requestStop()
        delivery.abandon()
        return true
    }

    /// The worker is a member again, and no other worker has run this task.
    func rejoinGroup() {
        guard !wasRevoked else { return }
        publisher.handle(.rejoinedGroup)
        gate.endSuspension()
        delivery.releaseCommits()
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
        delivery.abandon()
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
            logger.info("WorkerSourceTask{id=\(id)} Task has ended without its group: \(error)")
            publisher.handle(.stopped)
        } catch {
            logger.error(
                "WorkerSourceTask{id=\(id)} Task threw an uncaught and unrecoverable exception. Task is being killed and will not "
                    + "recover until manually restarted: \(KafkaError.explained(error))")
            publisher.handle(.failed(trace: KafkaError.explained(error)))
        }
    }

    private func runTask() throws {
        let providers = environment.configuration.configProviders
        let configuration = try providers.resolved(connectorConfig.dictionary)
        let taskConfiguration = try providers.resolved(taskConfig.dictionary)
        let (plugin, factory) = try environment.plugins.sourceConnector(of: connectorConfig, configuration)
        publisher.setVersion(plugin.version(for: configuration))
        let overrides = ClientOverride(connector: configuration, worker: environment.configuration)
        if !overrides.withoutEffect.isEmpty {
            logger.warn(
                "Accepted, but without effect in this worker: \(overrides.withoutEffect.joined(separator: ", "))")
        }
        for warning in overrides.warnings { logger.warn(warning) }
        let wait = BrokerWait(control: control, publisher: publisher, logger: logger)
        let sink = try delivery.open(configuration, overrides, wait)
        let context = PluginContext(
            properties: taskConfiguration, connectorConfiguration: configuration, plugins: environment.plugins)
        let result = Result {
            try runSource(
                factory, context, sink, wait,
                deliveryTimeoutMilliseconds: overrides.producer.producer.deliveryTimeoutMilliseconds)
        }
        finish(sink)
        // A delivery error takes precedence over an error that the source reports because it was stopped.
        if let failure = delivery.failure { throw failure }
        try result.get()
    }

    private func runSource(
        _ factory: SourceConnectorFactory, _ context: PluginContext, _ sink: any DeliverySink, _ wait: BrokerWait,
        deliveryTimeoutMilliseconds: Int?
    ) throws {
        let offsets = StoredOffsets(
            id: id, deliveryTimeoutMilliseconds: deliveryTimeoutMilliseconds, offsets: environment.offsets)
        try offsets.refresh(control, wait)
        let task = try factory.makeTask(context, offsets)
        logger.info("WorkerSourceTask{id=\(id)} Source task finished initialization and start")
        publisher.handle(.started)
        try task.run(sink: sink, control: control)
        guard control.isStopping else { throw WorkerError("Task returned without being asked to stop") }
    }

    /// Waits until all emitted records are delivered and commits their offsets, also after a failure.
    private func finish(_ sink: any DeliverySink) {
        let timeout = environment.configuration.offsetFlushTimeoutMilliseconds
        let isSettled = wasRevoked || sink.settle(by: MonotonicInstant.now.advanced(byMilliseconds: timeout))
        if !isSettled, delivery.failure == nil {
            logger.error("WorkerSourceTask{id=\(id)} Failed to flush: not all records were acknowledged within \(timeout) ms")
        }
        _ = delivery.commit()
        delivery.close()
    }
}
