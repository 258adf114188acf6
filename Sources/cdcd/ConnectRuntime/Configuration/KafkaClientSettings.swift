import KafkaWire
import WireStreams

/// What a Kafka client, and its producer if it has one, are created with.
package struct KafkaClientSettings: Sendable {
    package var client: KafkaClientConfiguration
    package var producer = ProducerConfiguration()

    package init(client: KafkaClientConfiguration) { self.client = client }

    /// The settings of a task's producer before its properties are read: Kafka 4.3's defaults (KIP-1030), with those
    /// that Connect sets. A checkpoint flushes the producer, so single rows do not wait for `linger.ms`. Batches are as
    /// large as brokers accept by default: Kafka's own 16 KiB hold two messages with schemas.
    init(taskProducerOf worker: KafkaClientConfiguration) {
        client = worker
        client.requestTimeoutMilliseconds = 30_000
        producer.lingerMilliseconds = 5
        producer.bufferBytesMax = 33_554_432
        producer.requestBytesMax = 1_048_576
        producer.blockMillisecondsMax = nil
        producer.deliveryTimeoutMilliseconds = nil
    }
}
