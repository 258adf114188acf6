import ConnectData
import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// One task on its thread, from its start to its end. Safe to use from any thread.
final class TaskRunner: Sendable {
    let id: TaskID
    private let plugin: PluginDescriptor
    private let factory: SourceConnectorFactory
    private let connectorConfig: ConnectorConfig
    private let taskConfig: ConnectorConfig
    private let environment: WorkerEnvironment
    private let publisher: StatusPublisher
    private let control: TaskControl
    private let gate: PauseGate
    private let producer = Mutex<(any RecordProducer)?>(nil)
    private let tracker: DeliveryTracker
    private let commit: TaskCommit
    private let isRevoked = Atomic(false)
    private let completion = ThreadCompletion()
    private let logger: Logger

    init(
        _ id: TaskID, plugin: PluginDescriptor, factory: SourceConnectorFactory,
        connectorConfig: ConnectorConfig, taskConfig: ConnectorConfig, isPaused: Bool, environment: WorkerEnvironment
    ) {
        self.id = id
        self.plugin = plugin
        self.factory = factory
        self.connectorConfig = connectorConfig
        self.taskConfig = taskConfig
        self.environment = environment
        logger = Logger(
            "org.apache.kafka.connect.runtime.WorkerSourceTask", context: "[\(id.connector)|task-\(id.task)] ")
        let publisher = StatusPublisher(
            id: id, version: plugin.version(for: connectorConfig.dictionary), isPaused: isPaused,
            statuses: environment.statuses, identity: environment.identity)
        let control = TaskControl { publisher.handle(.sourceChanged($0)) }
        let (statuses, committer, clock) = (environment.statuses, environment.committer, environment.clock)
        let tracksTopics = environment.configuration.topicTrackingEnabled
        tracker = DeliveryTracker(
            toleratesErrors: ErrorHandling(configuration: connectorConfig.dictionary).skipsRecords, logger: logger,
            reports: DeliveryTracker.Reports(
                progress: { _ in committer.noteProgress(of: id) },
                firstWrite: { if tracksTopics { statuses.recordTopic($0, of: id, nowMilliseconds: clock()) } },
                // The task may be waiting for its source; it has to fail now and not when something comes.
                failed: { control.stop() },
                brokersChanged: { publisher.handle(.brokersChanged($0)) }))
        commit = TaskCommit(id: id, tracker: tracker, store: environment.offsets) {
            publisher.handle(.commitsChanged($0))
        }
        gate = PauseGate(isPaused: isPaused)
        self.publisher = publisher
        self.control = control
    }

    // MARK: From outside

    func start() {
        logger.info("Creating task \(id)")
        // Room for recursive descent into long statements and documents.
        startThread(named: "task-thread-\(id)", stackBytes: 8 << 20, completion: completion) { [self] in run() }
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

    /// Whether the task was ended because the worker left its group, and is to be started again.
    var wasRevoked: Bool { isRevoked.load(ordering: .acquiring) }

    /// The worker is no member of its group any more, so another one may run this task. Nothing is emitted or committed
    /// from now on. What a stop would discard waits; everything else ends, without a last commit: an offset that is
    /// written late may be older than another worker's. Does not wait.
    func leaveGroup(_ reason: String) {
        guard !hasFailed else { return }
        // First what must not happen any more; the status may wait for room in a producer's buffer.
        commit.isHeld = true
        gate.suspend()
        publisher.handle(.leftGroup(reason: reason))
        if !control.stopDiscardsWork { revoke() }
    }

    /// Ends the task for a new one to be started from the stored offset, without a last commit. Does not wait.
    func revoke() {
        guard !hasFailed else { return }
        isRevoked.store(true, ordering: .releasing)
        commit.abandon()
        requestStop()
        tracker.abandon()
        producer.withLock { $0 }?.abort()
    }

    /// The worker is a member again, and nobody else has run this task.
    func rejoinGroup() {
        guard !wasRevoked else { return }
        commit.isHeld = false
        publisher.handle(.rejoinedGroup)
        gate.endSuspension()
        environment.committer.noteProgress(of: id)
    }

    /// Asks the task to end. The gate last: a paused task that it lets go looks whether it was asked to stop.
    func requestStop() {
        control.stop()
        gate.stop()
    }

    /// Waits for the end after `requestStop`. A task that is not done by then is given up: it commits and says no more.
    func awaitStop(until deadline: MonotonicInstant) {
        guard !completion.wait(milliseconds: max(0, deadline.milliseconds(since: .now))) else { return }
        logger.error("Graceful stop of task \(id) failed.")
        publisher.handle(.abandoned)
        commit.abandon()
        environment.committer.unregister(commit)
        tracker.abandon()
        producer.withLock { $0 }?.abort()
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
            // Its producer was cut off; whatever else is wrong shows when it is started again.
            logger.info("WorkerSourceTask{id=\(id)} Task has ended without its group: \(error)")
            publisher.handle(.stopped)
        } catch {
            logger.error(
                "WorkerSourceTask{id=\(id)} Task threw an uncaught and unrecoverable exception. Task is being killed and will not "
                    + "recover until manually restarted: \(error)")
            publisher.handle(.failed(trace: "\(error)"))
        }
    }

    private func runTask() throws {
        let configuration = connectorConfig.dictionary
        let withoutEffect = ClientOverride.withoutEffect(in: configuration)
        if !withoutEffect.isEmpty {
            logger.warn("Accepted, but without effect in this worker: \(withoutEffect.joined(separator: ", "))")
        }
        let pipeline = try RecordPipeline(
            connector: configuration, worker: environment.configuration, plugins: environment.plugins)
        let creation = environment.configuration.topicCreationEnabled ? try TopicCreation(configuration) : nil
        let settings = try ProducerSettings(connector: configuration, worker: environment.configuration)
        let producer = try environment.cluster.makeProducer(
            settings, clientID: "connector-producer-\(id)", listener: tracker)
        self.producer.withLock { $0 = producer }
        environment.committer.register(commit)
        let cluster = environment.cluster
        let wait = BrokerWait(control: control, publisher: publisher, logger: logger)
        let sink = ProducerSink(
            id: id, pipeline: pipeline, producer: producer, tracker: tracker, gate: gate,
            errors: ErrorHandling(configuration: configuration), logger: logger
        ) { topic in
            guard let creation else { return }
            try wait.retrying("looking for topic \(topic)") { try cluster.ensureTopic(creation.newTopic(topic)) }
        }
        let result = Result { try runSource(sink, wait, settings) }
        finish(sink, producer)
        // What went wrong on the way to Kafka is the reason, whatever the source says about being stopped.
        if let failure = tracker.failure { throw DeliveryError(failure) }
        try result.get()
    }

    private func runSource(_ sink: ProducerSink, _ wait: BrokerWait, _ settings: ProducerSettings) throws {
        let context = StoredOffsets(
            connectorName: id.connector, taskID: id.task, deliveryTimeoutMilliseconds: settings.deliveryMillisecondsMax,
            offsets: environment.offsets)
        let (offsets, control) = (environment.offsets, control)
        let handler = control.onStop { offsets.wakeReaders() }
        defer { control.removeStopHandler(handler) }
        try wait.retrying("reading the stored offsets") {
            try offsets.refresh { control.isStopping }
        }
        let task = try factory.makeTask(
            PluginContext(
                properties: taskConfig.dictionary, connectorConfiguration: connectorConfig.dictionary,
                plugins: environment.plugins), context)
        logger.info("WorkerSourceTask{id=\(id)} Source task finished initialization and start")
        publisher.handle(.started)
        try task.run(sink: sink, control: control)
        guard control.isStopping else { throw WorkerError("The task ended by itself, though nobody asked it to.") }
    }

    /// Waits for what is under way and commits it, also after a failure.
    private func finish(_ sink: ProducerSink, _ producer: any RecordProducer) {
        let timeout = environment.configuration.offsetFlushTimeoutMilliseconds
        let isSettled = wasRevoked || sink.settle(by: MonotonicInstant.now.advanced(byMilliseconds: timeout))
        if !isSettled, tracker.failure == nil {
            logger.error("WorkerSourceTask{id=\(id)} Failed to flush: not everything was acknowledged within \(timeout) ms")
        }
        _ = commit.commit()
        environment.committer.unregister(commit)
        // Everything was waited for above; what is left has no time any more.
        producer.close(timeoutMilliseconds: 100)
        self.producer.withLock { $0 = nil }
    }
}

/// Reads the stored offsets of one task's connector.
private struct StoredOffsets: SourceTaskContext {
    let connectorName: String
    let taskID: Int
    let deliveryTimeoutMilliseconds: Int?
    let offsets: OffsetStore

    func storedOffset(for partition: JSONObject) throws -> JSONObject? {
        offsets.offset(of: OffsetView.Source(connector: connectorName, partition: partition))
    }
}
