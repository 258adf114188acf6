import ConnectData
import KafkaWire
import Synchronization
import WireCore

/// The clients that a sink task uses for its dead letter queue. Safe to use from any thread.
final class DeadLetterClients: Sendable {
    private let id: TaskID
    private let settings: DeadLetterQueueSettings
    private let topic: String
    private let admin: TaskAdmin
    private let deliveries: DeadLetterDeliveries
    private let producer: TaskProducer

    /// - Parameters:
    ///   - failures: counts the records that cannot be stored.
    ///   - failed: called when a record cannot be stored.
    init(
        _ context: TaskWorkContext, _ settings: DeadLetterQueueSettings, topic: String, _ overrides: ClientOverride,
        failures: Counter, failed: @escaping @Sendable () -> Void
    ) {
        id = context.id
        self.settings = settings
        self.topic = topic
        admin = TaskAdmin(
            context.environment.cluster, overrides.admin, clientID: "connector-dlq-adminclient-\(context.id)")
        deliveries = DeadLetterDeliveries(
            brokersChanged: { [publisher = context.publisher] in publisher.handle(.brokersChanged($0)) },
            failures: failures, failed: failed)
        let clientID = "connector-dlq-producer-\(context.id)"
        var producing = overrides.producer
        producing.client.observer = KafkaClientMetrics(.producer, clientID: clientID)
        producer = TaskProducer(producing, clientID: clientID, listener: deliveries)
    }

    /// Creates the topic, with one partition, unless it exists.
    func ensureTopic() throws {
        try admin.ensureTopic(
            NewTopic(name: topic, partitions: 1, replicationFactor: settings.replicationFactor))
    }

    func makeQueue() throws -> DeadLetterQueue {
        try DeadLetterQueue(id, settings, topic: topic, producer: producer.producer, deliveries: deliveries)
    }

    /// Discards the records that are not delivered and ends every wait for them.
    func abandon() {
        deliveries.abandon()
        admin.close()
        producer.abort()
    }

    /// The records were waited for before.
    func close() {
        admin.close()
        producer.close(timeoutMilliseconds: 100)
    }
}
