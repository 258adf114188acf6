import ConnectData
import KafkaWire
import Testing

@testable import ConnectRuntime

/// Properties of a producer that depend on each other. The outcomes are those that `new KafkaProducer` of kafka-clients
/// 4.3.1 has with the same properties.
@Suite struct ProducerDeliveryPropertiesTests {
    struct Case: CustomTestStringConvertible {
        let properties: [String: String]
        var isIdempotent = true
        var deliveryTimeoutMilliseconds = 120_000
        var message: String?

        var testDescription: String { properties.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ") }
    }

    private static let inFlight = "max.in.flight.requests.per.connection"
    private static let tooMany = "To use the idempotent producer, \(inFlight) must be set to at most 5. Current value is 6."
    private static let noRetries = "Must set retries to non-zero when using the idempotent producer."
    private static let wrongAcks =
        "Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence."
    private static let noTransactions = "Cannot set a transactional.id without also enabling idempotence."
    private static let shortTimeout =
        "delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms"

    static let cases = [
        Case(properties: [:]),
        Case(properties: ["acks": "1"], isIdempotent: false),
        Case(properties: ["acks": "0"], isIdempotent: false),
        Case(properties: ["retries": "0"], isIdempotent: false),
        Case(properties: [inFlight: "6"], message: tooMany),
        Case(properties: ["enable.idempotence": "false", inFlight: "6"], isIdempotent: false),
        Case(properties: ["enable.idempotence": "true", "acks": "1"], message: wrongAcks),
        Case(properties: ["enable.idempotence": "true", "acks": "0"], message: wrongAcks),
        Case(properties: ["enable.idempotence": "true", "retries": "0"], message: noRetries),
        Case(properties: ["enable.idempotence": "true", inFlight: "6"], message: tooMany),
        Case(properties: ["acks": "1", inFlight: "6"], message: tooMany),
        Case(properties: ["retries": "0", inFlight: "6"], message: tooMany),
        Case(properties: ["enable.idempotence": "true", "acks": "1", "retries": "0"], message: noRetries),
        Case(properties: ["transactional.id": "x", "enable.idempotence": "false"], message: noTransactions),
        Case(properties: ["transactional.id": "x", "acks": "1"], message: noTransactions),
        Case(properties: ["transactional.id": "x", "retries": "0"], message: noTransactions),
        Case(properties: ["transactional.id": "x", inFlight: "6"], message: tooMany),
        Case(properties: ["delivery.timeout.ms": "1000"], message: shortTimeout),
        Case(properties: ["linger.ms": "100000"], deliveryTimeoutMilliseconds: 130_000),
        Case(properties: ["linger.ms": "100000", "delivery.timeout.ms": "120000"], message: shortTimeout),
        Case(properties: ["request.timeout.ms": "200000"], deliveryTimeoutMilliseconds: 200_000),
        Case(
            properties: ["request.timeout.ms": "2147483647", "linger.ms": "10"],
            deliveryTimeoutMilliseconds: Int(Int32.max)),
    ]

    /// Java reports the first problem; here all are reported.
    @Test(arguments: cases) func outcomeIsThatOfJava(_ example: Case) throws {
        var linger = ["linger.ms": "0"]
        linger.merge(example.properties) { $1 }
        do {
            let settings = try KafkaClientProperties.of(.producer).settings(linger, over: ["bootstrap.servers": "b:1"])
            #expect(example.message == nil)
            #expect(settings.producer.isIdempotent == example.isIdempotent)
            #expect(settings.producer.deliveryTimeoutMilliseconds == example.deliveryTimeoutMilliseconds)
        } catch {
            #expect(error.message == example.message)
        }
    }
}
