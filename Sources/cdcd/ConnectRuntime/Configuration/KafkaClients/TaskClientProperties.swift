/// The properties that Connect gives the clients of a task, besides those of the worker and the connector.
///
/// Source: `Worker.baseProducerConfigs` of Connect 4.3.
enum TaskClientProperties {
    /// Batches are as large as brokers accept by default: Kafka's own 16 KiB hold two messages with schemas.
    private static let batchBytes = "1000000"

    /// Single rows do not wait for `linger.ms`: a checkpoint flushes the producer.
    static func producer(bootstrapServers: String) -> [String: String] {
        [
            "bootstrap.servers": bootstrapServers, "acks": "all", "enable.idempotence": "false",
            "max.in.flight.requests.per.connection": "1", "delivery.timeout.ms": "2147483647",
            "max.block.ms": "9223372036854775807", "batch.size": batchBytes,
        ]
    }
}
