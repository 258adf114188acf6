import ConnectData
import KafkaWire

/// The properties that only consumers have.
extension KafkaClientOptions {
    static let consumer: [Option] = consumerKeys.map {
        withoutEffect($0, "it concerns sink connectors, which do not run here")
    }

    private static let rangeAssignor = "org.apache.kafka.clients.consumer.RangeAssignor"
    private static let cooperativeAssignor = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"

    private static let consumerKeys = [
        key("allow.auto.create.topics", .boolean, "true", .medium),
        key("auto.commit.interval.ms", .int, "5000", .low, .atLeast(0)),
        key("auto.offset.reset", .string, "latest", .medium, .autoOffsetReset),
        key("check.crcs", .boolean, "true"),
        key("client.rack", .string, ""),
        key("enable.auto.commit", .boolean, "true", .medium),
        key("exclude.internal.topics", .boolean, "true", .medium),
        key("fetch.max.bytes", .int, "52428800", .medium, .atLeast(0)),
        key("fetch.max.wait.ms", .int, "500", .low, .atLeast(0)),
        key("fetch.min.bytes", .int, "1", .high, .atLeast(0)),
        key("group.id", .string, nil, .high),
        key("group.instance.id", .string, nil, .medium, .nonEmptyString),
        key("group.protocol", .string, "classic", .high, .oneOfIgnoringCase(["CONSUMER", "CLASSIC"])),
        key("group.remote.assignor", .string, nil, .medium),
        key("heartbeat.interval.ms", .int, "3000", .high),
        key("interceptor.classes", .list, ""),
        key("isolation.level", .string, "read_uncommitted", .medium, .oneOf(["read_committed", "read_uncommitted"])),
        key("key.deserializer", .classReference, nil, .high),
        key("max.partition.fetch.bytes", .int, "1048576", .high, .atLeast(0)),
        key("max.poll.interval.ms", .int, "300000", .medium, .atLeast(1)),
        key("max.poll.records", .int, "500", .medium, .atLeast(1)),
        key("partition.assignment.strategy", .list, "\(rangeAssignor),\(cooperativeAssignor)", .medium),
        key("session.timeout.ms", .int, "45000", .high),
        key("share.acknowledgement.mode", .string, "implicit", .medium, .shareMode(["implicit", "explicit"])),
        key(
            "share.acquire.mode", .string, "BATCH_OPTIMIZED", .medium,
            .shareMode(["batch_optimized", "record_limit"], ignoresCase: true)),
        key("value.deserializer", .classReference, nil, .high),
    ]
}

extension ConfigValidator {
    fileprivate static let autoOffsetReset = ConfigValidator { name, value in
        guard case .text(let text) = value else { return nil }
        if ["earliest", "latest", "none"].contains(text) { return nil }
        if text.hasPrefix("by_duration:"), let age = JavaDuration.milliseconds(text.dropFirst(12)), age >= 0 { return nil }
        return ConfigError(
            name: name, value: text,
            reason: "Invalid value `\(text)` for configuration \(name). The value must be either 'earliest', 'latest', "
                + "'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.")
    }

    /// Two texts of share groups (KIP-932), with Kafka's message.
    fileprivate static func shareMode(_ choices: [String], ignoresCase: Bool = false) -> ConfigValidator {
        ConfigValidator { name, value in
            guard case .text(let text) = value else { return nil }
            if choices.contains(ignoresCase ? text.lowercased() : text) { return nil }
            return ConfigError(
                name: name, value: text,
                reason: "Invalid value `\(text)` for configuration \(name). The value must either be "
                    + "\(choices.map { "'\($0)'" }.joined(separator: " or ")).")
        }
    }
}
