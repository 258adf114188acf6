import ConnectData
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// The work of a sink task: a consumer of the connector's group, whose records the connector's plugin writes.
final class SinkTaskWork: TaskWork {
    /// What another thread interrupts.
    private struct Clients {
        var source: ConsumerRecordSource?
        var deadLetters: DeadLetterClients?
        var isAbandoned = false
    }

    private let context: TaskWorkContext
    private let factory: SinkConnectorFactory
    private let clients = Mutex(Clients())

    /// How long leaving the group may take when the task ends.
    private static let closeMilliseconds = 2000

    init(_ context: TaskWorkContext, _ factory: SinkConnectorFactory) {
        self.context = context
        self.factory = factory
    }

    private var label: String { "WorkerSinkTask{id=\(context.id)}" }

    func run(_ setup: TaskSetup, wasRevoked: @escaping () -> Bool) throws {
        if let error = setup.overrides.errors.first { throw error }
        let topics = try SinkTopics(setup.task)
        let errors = ErrorHandling(configuration: setup.connector)
        let metrics = SinkTaskMetrics(context.id)
        let reader = try makeReader(setup, errors, metrics)
        let source = makeSource(setup)
        try adopt { $0.source = source }
        context.control.stopDiscardsWork = true
        let stopHandler = context.control.onStop { source.wake() }
        defer {
            context.control.removeStopHandler(stopHandler)
            source.close(timeoutMilliseconds: Self.closeMilliseconds)
        }
        let deadLetters = try openDeadLetters(setup, source, metrics)
        defer { deadLetters?.close() }
        let reporter = SinkErrorReporter(
            id: context.id, errors: errors, deadLetters: try deadLetters?.makeQueue(), metrics: metrics)
        let plugin = PluginContext(
            properties: setup.task, connectorConfiguration: setup.connector, plugins: context.environment.plugins)
        try SinkTaskLoop(parts(source, reader, reporter)).run(
            topics, makeTask: { try factory.makeTask(plugin, $0) },
            started: {
                context.logger.info("\(label) Sink task finished initialization and start")
                context.publisher.handle(.started)
            }, endsWithoutCommit: wasRevoked)
    }

    /// Lets other threads interrupt a client. Throws if the task was abandoned before.
    private func adopt(_ body: (inout Clients) -> Void) throws {
        let isAbandoned = clients.withLock { clients in
            body(&clients)
            return clients.isAbandoned
        }
        if isAbandoned {
            closeClients()
            throw CancellationError()
        }
    }

    private func makeReader(
        _ setup: TaskSetup, _ errors: ErrorHandling, _ metrics: SinkTaskMetrics
    ) throws -> RecordReader {
        let environment = context.environment
        let plugins = try RecordPlugins(
            connector: setup.connector, worker: environment.configuration, plugins: environment.plugins,
            control: context.control)
        let retryWait = RetryWait(
            errors: errors, control: context.control, gate: context.gate, logger: context.logger,
            metrics: metrics.task
        ) { [publisher = context.publisher] in publisher.handle(.conversionChanged($0)) }
        return RecordReader(plugins, retryWait: retryWait)
    }

    private func makeSource(_ setup: TaskSetup) -> ConsumerRecordSource {
        let clientID = "connector-consumer-\(context.id)"
        var settings = setup.overrides.consumer
        let observer = ConsumerObserver(KafkaClientMetrics(.consumer, clientID: clientID))
        settings.client.observer = observer
        return ConsumerRecordSource(settings, clientID: clientID, control: context.control) {
            [publisher = context.publisher] in
            if let condition = observer.takeChange() { publisher.handle(.clusterChanged(condition)) }
        }
    }

    private func openDeadLetters(
        _ setup: TaskSetup, _ source: ConsumerRecordSource, _ metrics: SinkTaskMetrics
    ) throws -> DeadLetterClients? {
        let settings = DeadLetterQueueSettings(configuration: setup.connector)
        guard let topic = JavaText.trimmedOrNil(settings.topic) else { return nil }
        let clients = DeadLetterClients(
            context, settings, topic: topic, setup.overrides, failures: metrics.deadLetterFailures,
            failed: { source.wake() })
        do {
            try adopt { $0.deadLetters = clients }
            try setup.wait.retrying("looking for topic \(topic)") { try clients.ensureTopic() }
        } catch {
            clients.close()
            guard let cause = error as? KafkaError else { throw error }
            throw ConnectError(
                "Could not initialize dead letter queue with topic=\(topic)\nCaused by: \(cause.explained())")
        }
        return clients
    }

    private func parts(
        _ source: ConsumerRecordSource, _ reader: RecordReader, _ reporter: SinkErrorReporter
    ) -> SinkTaskLoop.Parts {
        let (id, environment, publisher) = (context.id, context.environment, context.publisher)
        let configuration = environment.configuration
        var parts = SinkTaskLoop.Parts(
            id: id, source: source, reader: reader, reporter: reporter, control: context.control, gate: context.gate,
            logger: context.logger, commitIntervalMilliseconds: configuration.offsetFlushIntervalMilliseconds,
            commitTimeoutMilliseconds: configuration.offsetFlushTimeoutMilliseconds)
        if configuration.topicTrackingEnabled {
            parts.topicUsed = {
                environment.statuses.recordTopic($0, of: id, nowMilliseconds: environment.clock())
            }
        }
        parts.commitsChanged = { publisher.handle(.commitsChanged($0)) }
        return parts
    }

    func gateChanged() { clients.withLock { $0.source }?.wake() }

    /// The group accepts no offsets of a member that it has removed, whether or not the worker is in its own group.
    func holdCommits() {}
    func releaseCommits() {}
    func endCommits() {}

    func abandon() {
        clients.withLock { $0.isAbandoned = true }
        closeClients()
    }

    /// On a thread of its own: the consumer leaves its group, so that another task gets its partitions at once.
    private func closeClients() {
        let (source, deadLetters) = clients.withLock { ($0.source, $0.deadLetters) }
        deadLetters?.abandon()
        guard let source else { return }
        startThread(named: "task-thread-\(context.id)-close") {
            source.close(timeoutMilliseconds: Self.closeMilliseconds)
        }
    }
}
