import ConnectData
import KafkaWire

/// The properties that only consumers have.
extension KafkaClientOptions {
    static let consumer: [Option] = group + fetching + committing + [
        Option(key("allow.auto.create.topics", .boolean, "true", .medium), into: \.consumer.allowsTopicCreation),
        Option(key("exclude.internal.topics", .boolean, "true", .medium), into: \.consumer.excludesInternalTopics),
        refused(key("interceptor.classes", .list, ""), "interceptors are Java classes and cannot run here"),
        refused(
            key("key.deserializer", .classReference, nil, .high), supported: [byteArrayDeserializer], "leave it out"),
        refused(
            key("value.deserializer", .classReference, nil, .high), supported: [byteArrayDeserializer], "leave it out"),
        withoutEffect(
            key("share.acknowledgement.mode", .string, "implicit", .medium, .shareMode(["implicit", "explicit"])),
            "there are no share groups"),
        withoutEffect(
            key(
                "share.acquire.mode", .string, "BATCH_OPTIMIZED", .medium,
                .shareMode(["batch_optimized", "record_limit"], ignoresCase: true)), "there are no share groups"),
    ]

    private static let byteArrayDeserializer = "org.apache.kafka.common.serialization.ByteArrayDeserializer"

    private static let group = [
        Option(key("group.id", .string, nil, .high), into: \.consumer.groupID),
        Option(key("group.instance.id", .string, nil, .medium, .nonEmptyString), into: \.consumer.groupInstanceID),
        Option(
            key("group.protocol", .string, "classic", .high, .oneOfIgnoringCase(["CONSUMER", "CLASSIC"])),
            choice: \.consumer.groupProtocol),
        Option(key("group.remote.assignor", .string, nil, .medium)) { input, settings in
            settings.consumer.remoteAssignor = input.trimmed.map { ConsumerConfiguration.RemoteAssignor(name: $0) }
        },
        Option(
            key(
                "partition.assignment.strategy", .list,
                "\(assignorPackage)RangeAssignor,\(assignorPackage)CooperativeStickyAssignor", .medium)
        ) { (input, settings) throws(ConfigError) in
            settings.consumer.assignors = try assignors(input)
        },
        milliseconds(key("heartbeat.interval.ms", .int, "3000", .high), into: \.consumer.heartbeatIntervalMilliseconds),
        milliseconds(key("session.timeout.ms", .int, "45000", .high), into: \.consumer.sessionTimeoutMilliseconds),
        milliseconds(
            key("max.poll.interval.ms", .int, "300000", .medium, .atLeast(1)), into: \.consumer.maxPollIntervalMilliseconds),
        Option(key("max.poll.records", .int, "500", .medium, .atLeast(1)), into: \.consumer.maxPollRecords),
    ]

    private static let assignorPackage = "org.apache.kafka.clients.consumer."
    private static let assignorClasses: [(name: String, assignor: ConsumerConfiguration.Assignor)] = [
        ("RangeAssignor", .range), ("RoundRobinAssignor", .roundRobin), ("StickyAssignor", .sticky),
        ("CooperativeStickyAssignor", .cooperativeSticky),
    ]

    private static func assignors(_ input: ConfigInput) throws(ConfigError) -> [ConsumerConfiguration.Assignor] {
        guard case .list(let names) = input.setting else { return [] }
        var assignors: [ConsumerConfiguration.Assignor] = []
        for name in names {
            guard let known = assignorClasses.first(where: { assignorPackage + $0.name == name }) else {
                let choices = assignorClasses.map { assignorPackage + $0.name }.joined(separator: ", ")
                throw ConfigError(
                    name: input.name, value: input.text,
                    message: "\(name) is not supported: other assignors are Java classes; use some of \(choices)")
            }
            assignors.append(known.assignor)
        }
        return assignors
    }

    private static let fetching = [
        Option(key("fetch.min.bytes", .int, "1", .high, .atLeast(0)), into: \.consumer.fetchMinBytes),
        Option(key("fetch.max.bytes", .int, "52428800", .medium, .atLeast(0)), into: \.consumer.fetchMaxBytes),
        Option(
            key("max.partition.fetch.bytes", .int, "1048576", .high, .atLeast(0)),
            into: \.consumer.maxPartitionFetchBytes),
        milliseconds(
            key("fetch.max.wait.ms", .int, "500", .low, .atLeast(0)), into: \.consumer.fetchMaxWaitMilliseconds),
        Option(
            key(
                "isolation.level", .string, "read_uncommitted", .medium, .oneOf(["read_committed", "read_uncommitted"]))
        ) { input, settings in
            settings.consumer.isolationLevel = input.trimmed == "read_committed" ? .readCommitted : .readUncommitted
        },
        Option(key("check.crcs", .boolean, "true"), into: \.consumer.checksCRCs),
        Option(key("client.rack", .string, ""), into: \.consumer.rack),
        Option(key("auto.offset.reset", .string, "latest", .medium, .autoOffsetReset)) { input, settings in
            let text = input.trimmed ?? ""
            switch text {
            case "earliest": settings.consumer.offsetReset = .earliest
            case "latest": settings.consumer.offsetReset = .latest
            case "none": settings.consumer.offsetReset = .none
            default:
                let age = JavaDuration.milliseconds(text.dropFirst("by_duration:".count)) ?? 0
                settings.consumer.offsetReset = .byDuration(milliseconds: Int(age))
            }
        },
    ]

    private static let committing = [
        Option(key("enable.auto.commit", .boolean, "true", .medium), into: \.consumer.isAutoCommitEnabled),
        milliseconds(
            key("auto.commit.interval.ms", .int, "5000", .low, .atLeast(0)),
            into: \.consumer.autoCommitIntervalMilliseconds),
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
