import ConnectData
import KafkaWire

/// The properties of a member of a group that exclude each other.
///
/// Source: `ConsumerConfig.checkUnsupportedConfigsPostProcess` and `Heartbeat` of Kafka 4.3, whose texts the errors
/// have.
enum ConsumerGroupProperties {
    /// Those that the group's coordinator decides with the protocol of KIP-848.
    private static let classicOnly = ["partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms"]
    private static let consumerOnly = ["group.remote.assignor"]

    /// - Parameter given: properties without their prefix.
    static func errors(_ given: [String: String], _ consumer: ConsumerConfiguration) -> [ConfigError] {
        let isClassic = consumer.groupProtocol == .classic
        let excluded = (isClassic ? consumerOnly : classicOnly).compactMap { name in
            JavaText.trimmedOrNil(given[name]).map { value in
                ConfigError(
                    name: name, value: value,
                    message: "\(name) cannot be set when group.protocol=\(isClassic ? "CLASSIC" : "CONSUMER")")
            }
        }
        let (interval, timeout) = (consumer.heartbeatIntervalMilliseconds, consumer.sessionTimeoutMilliseconds)
        guard isClassic, interval >= timeout else { return excluded }
        let isIntervalGiven = given["heartbeat.interval.ms"] != nil
        return excluded + [
            ConfigError(
                name: isIntervalGiven ? "heartbeat.interval.ms" : "session.timeout.ms",
                value: "\(isIntervalGiven ? interval : timeout)",
                message: "Heartbeat must be set lower than the session timeout")
        ]
    }
}
