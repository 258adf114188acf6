import ConnectData
import KafkaWire

/// The properties of a producer that depend on each other: `acks`, `enable.idempotence`, `retries`,
/// `max.in.flight.requests.per.connection`, `transactional.id`, and `delivery.timeout.ms`.
///
/// Source: `ProducerConfig.postProcessAndValidateIdempotenceConfigs` and `KafkaProducer.configureDeliveryTimeout` of
/// Kafka 4.3, whose texts the errors have.
struct ProducerDeliveryProperties: Sendable {
    var isIdempotenceGiven = false
    var isTimeoutGiven = false

    private static let idempotentInFlightMax = 5

    /// Turns off idempotence that is not asked for and that other properties exclude, and extends a delivery timeout
    /// that is not given and is too short.
    func resolve(
        _ producer: inout ProducerConfiguration, requestTimeoutMilliseconds: Int
    ) -> [ConfigError] {
        var errors: [ConfigError] = []
        func refuse(_ name: String, _ value: String?, _ message: String) {
            errors.append(ConfigError(name: name, value: value, message: message))
        }
        if producer.isIdempotent {
            let inFlightMax = producer.inFlightPerBrokerMax
            if isIdempotenceGiven, producer.retriesMax == 0 {
                refuse("retries", "0", "Must set retries to non-zero when using the idempotent producer.")
            }
            if isIdempotenceGiven, producer.acks != .all {
                refuse(
                    "acks", "\(producer.acks.rawValue)",
                    "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee "
                        + "idempotence.")
            }
            if inFlightMax > Self.idempotentInFlightMax {
                refuse(
                    "max.in.flight.requests.per.connection", "\(inFlightMax)",
                    "To use the idempotent producer, max.in.flight.requests.per.connection must be set to at most 5. "
                        + "Current value is \(inFlightMax).")
            }
            if producer.retriesMax == 0 || producer.acks != .all { producer.isIdempotent = false }
        }
        if let id = producer.transactionalID, !producer.isIdempotent, errors.isEmpty {
            refuse("transactional.id", id, "Cannot set a transactional.id without also enabling idempotence.")
        }
        let least = min(producer.lingerMilliseconds + requestTimeoutMilliseconds, Int(Int32.max))
        if let timeout = producer.deliveryTimeoutMilliseconds, timeout < least {
            if isTimeoutGiven {
                refuse(
                    "delivery.timeout.ms", "\(timeout)",
                    "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms")
            }
            producer.deliveryTimeoutMilliseconds = least
        }
        return errors
    }
}
