import KafkaWire

/// Kafka refuses a task's records for good.
struct DeliveryError: Error, CustomStringConvertible {
    let cause: KafkaError

    init(_ cause: KafkaError) { self.cause = cause }

    var description: String { "Unrecoverable exception from producer send callback: \(cause)" }
}
