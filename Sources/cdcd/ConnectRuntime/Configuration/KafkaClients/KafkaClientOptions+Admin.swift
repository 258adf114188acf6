import ConnectData
import KafkaWire

/// The properties that only admin clients have.
extension KafkaClientOptions {
    static let admin = [
        withoutEffect(
            key("retries", .int, "2147483647", .low, .between(0, Int64(Int32.max))),
            "default.api.timeout.ms limits the attempts"),
        refused(
            key("bootstrap.controllers", .list, "", .high),
            "requests are sent to brokers, which forward them to the controllers; use bootstrap.servers"),
    ]
}
