import KafkaWire
import Synchronization
import WireCore

/// One of the worker's topics on a real cluster (`KafkaBasedLog`).
final class KafkaTopicLog: TopicLog {
    private let topic: String
    private let reader: TopicReader
    private let reading = Mutex(false)
    private let producer: KafkaProducer
    private let handle: ProducerTopic
    private let failures: FailureLog
    private static let logger = Logger("org.apache.kafka.connect.util.KafkaBasedLog")

    init(_ client: KafkaClient, topic: String, deliveryTimeoutMilliseconds: Int) throws {
        Self.logger.info("Starting KafkaBasedLog with topic \(topic)")
        self.topic = topic
        reader = try TopicReader(client, topic: topic)
        try reader.seekToBeginning()
        var configuration = ProducerConfiguration()
        configuration.deliveryTimeoutMilliseconds = deliveryTimeoutMilliseconds
        configuration.blockMillisecondsMax = deliveryTimeoutMilliseconds
        failures = FailureLog(topic: topic)
        producer = KafkaProducer(client, configuration, listener: failures)
        handle = try producer.topic(topic)
    }

    func readToEnd(_ body: (StoreRecord) -> Void) throws {
        // Reading is one thread's work; the lock makes it so.
        try reading.withLock { hasRead in
            try reader.readToEnd { record in
                body(StoreRecord(
                    partition: record.partition, offset: record.offset,
                    timestampMilliseconds: record.timestampMilliseconds, key: record.key, value: record.value))
            }
            if !hasRead { Self.logger.info("Started KafkaBasedLog for topic \(topic)") }
            hasRead = true
        }
    }

    func append(key: [UInt8], value: [UInt8]?) throws { try producer.send(topic, key: key, value: value) }

    func appendLater(key: [UInt8], value: [UInt8]?) {
        do {
            try key.withUnsafeBytes { key in
                if let value {
                    try value.withUnsafeBytes { try producer.append(to: handle, key: key, value: $0) }
                } else {
                    try producer.append(to: handle, key: key, value: nil)
                }
            }
            producer.flush()
        } catch {
            Self.logger.error("A record for \(topic) could not be written: \(error)")
        }
    }

    func awaitDelivery(timeoutMilliseconds: Int) {
        do {
            try producer.awaitDelivery(timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            Self.logger.warn("Records for \(topic) were not written within \(timeoutMilliseconds) ms: \(error)")
        }
    }

    func close(timeoutMilliseconds: Int) {
        reader.cancel()
        producer.close(timeoutMilliseconds: timeoutMilliseconds)
    }

    private final class FailureLog: DeliveryListener {
        private let topic: String

        init(topic: String) { self.topic = topic }

        func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
            guard let error, error != .closed else { return }
            KafkaTopicLog.logger.error("Records for \(topic) could not be written: \(error)")
        }

        func brokerUnreachable(_ error: KafkaError) {
            KafkaTopicLog.logger.warn("Records for \(topic) wait, since a broker does not take them: \(error)")
        }
    }
}
