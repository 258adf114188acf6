import ConnectData
import KafkaWire
import Synchronization
import WireCore

/// Delivers records with an idempotent producer and stores an offset once everything emitted before it is acknowledged.
///
/// After a crash the records since the last stored offset are delivered again; after an orderly stop none is.
final class AtLeastOnceDelivery: Delivery {
    private let context: TaskWorkContext
    private let tracker: DeliveryTracker
    private let taskCommit: TaskCommit
    private let producer = Mutex<TaskProducer?>(nil)
    private let admin = Mutex<TaskAdmin?>(nil)

    init(_ context: TaskWorkContext) {
        self.context = context
        let (id, environment) = (context.id, context.environment)
        let (control, publisher) = (context.control, context.publisher)
        let (statuses, committer, clock) = (environment.statuses, environment.committer, environment.clock)
        let tracksTopics = environment.configuration.topicTrackingEnabled
        tracker = DeliveryTracker(
            logger: context.logger, metrics: SourceTaskMetrics(id),
            reports: DeliveryTracker.Reports(
                progress: { _ in committer.reportProgress(of: id) },
                firstWrite: { if tracksTopics { statuses.recordTopic($0, of: id, nowMilliseconds: clock()) } },
                // The task may be waiting for its source; it has to fail now and not with the source's next event.
                failed: { control.stop() },
                brokersChanged: { publisher.handle(.brokersChanged($0)) }))
        taskCommit = TaskCommit(id: id, tracker: tracker, store: environment.offsets) {
            publisher.handle(.commitsChanged($0))
        }
    }

    func open(
        _ connector: [String: String], _ overrides: ClientOverride, _ wait: BrokerWait
    ) throws -> any DeliverySink {
        let environment = context.environment
        let errors = ErrorHandling(configuration: connector)
        tracker.toleratesErrors = errors.skipsRecords
        let writer = try RecordWriter(
            connector: connector, worker: environment.configuration, plugins: environment.plugins,
            control: context.control)
        let creation = environment.configuration.topicCreationEnabled ? try TopicCreation(connector) : nil
        if let error = overrides.errors.first { throw error }
        let clientID = "connector-producer-\(context.id)"
        var settings = overrides.producer
        settings.client.observer = KafkaClientMetrics(.producer, clientID: clientID)
        let producer = TaskProducer(settings, clientID: clientID, listener: tracker)
        self.producer.withLock { $0 = producer }
        environment.committer.register(taskCommit)
        let admin = TaskAdmin(environment.cluster, overrides.admin, clientID: "connector-adminclient-\(context.id)")
        self.admin.withLock { $0 = admin }
        let publisher = context.publisher
        let retryWait = RetryWait(
            errors: errors, control: context.control, gate: context.gate, logger: context.logger,
            metrics: tracker.metrics?.task
        ) { publisher.handle(.conversionChanged($0)) }
        return ProducerSink(
            id: context.id, writer: writer, producer: producer.producer, tracker: tracker, gate: context.gate,
            retryWait: retryWait, logger: context.logger
        ) { topic in
            guard let creation else { return }
            try wait.retrying("looking for topic \(topic)") { try admin.ensureTopic(try creation.newTopic(topic)) }
        }
    }

    var failure: (any Error)? { tracker.failure.map { DeliveryError($0) } }

    func commit() -> Bool { taskCommit.commit() }

    func holdCommits() { taskCommit.isHeld = true }

    func releaseCommits() {
        taskCommit.isHeld = false
        context.environment.committer.reportProgress(of: context.id)
    }

    func endCommits() { taskCommit.abandon() }

    func abandon() {
        taskCommit.abandon()
        context.environment.committer.unregister(taskCommit)
        tracker.abandon()
        admin.withLock { $0 }?.close()
        producer.withLock { $0 }?.abort()
    }

    func close() {
        context.environment.committer.unregister(taskCommit)
        admin.withLock { $0 }?.close()
        // `settle` has waited for the deliveries.
        producer.withLock { producer in
            defer { producer = nil }
            return producer
        }?.close(timeoutMilliseconds: 100)
    }
}
