import KafkaWire

/// Kafka rejects a task's records with an error that is not retriable.
struct DeliveryError: Error, CustomStringConvertible {
    let cause: KafkaError

    init(_ cause: KafkaError) { self.cause = cause }

    var description: String { "Unrecoverable exception from producer send callback: \(cause.explained())" }
}
