import ConnectData
import KafkaProtocol
import KafkaWire

/// The properties that only producers have.
extension KafkaClientOptions {
    static let producer: [Option] =
        batching + compression + delivery + partitioning + transactions + [
            refused(
                key("key.serializer", .classReference, nil, .high), supported: [byteArraySerializer], "leave it out"),
            refused(
                key("value.serializer", .classReference, nil, .high), supported: [byteArraySerializer], "leave it out"),
            refused(
                key("interceptor.classes", .list, ""), "interceptors are Java classes and cannot run here"),
            withoutEffect(
                key("metadata.max.idle.ms", .long, "300000", .low, .atLeast(5000)), "topics in use stay in the metadata"),
        ]

    private static let byteArraySerializer = "org.apache.kafka.common.serialization.ByteArraySerializer"

    private static let batching = [
        milliseconds(key("linger.ms", .long, "5", .medium, .atLeast(0)), into: \.producer.lingerMilliseconds),
        Option(key("batch.size", .int, "16384", .medium, .atLeast(0)), into: \.producer.batchBytesMax),
        Option(key("buffer.memory", .long, "33554432", .high, .atLeast(0)), into: \.producer.bufferBytesMax),
        Option(key("max.request.size", .int, "1048576", .medium, .atLeast(0)), into: \.producer.requestBytesMax),
        Option(key("max.block.ms", .long, "60000", .medium, .atLeast(0))) { input, settings in
            // Connect's value for the producers of tasks means no limit.
            let limit = input.integer
            settings.producer.blockMillisecondsMax = limit == .max ? nil : limit
        },
    ]

    private static let compression = [
        Option(
            key("compression.type", .string, "none", .high, .oneOf(CompressionCodec.allCases.map(\.name)))
        ) { input, settings in
            let codec = input.trimmed.flatMap { CompressionCodec(name: $0) }
            if let codec { settings.producer.compression = codec }
        },
        level(key("compression.gzip.level", .int, "-1", .medium, .gzipLevel), into: \.gzip),
        level(key("compression.lz4.level", .int, "9", .medium, .between(1, 17)), into: \.lz4),
        level(key("compression.zstd.level", .int, "3", .medium, .between(-131_072, 22)), into: \.zstd),
    ]

    private static func level(
        _ key: ConfigKey, into path: ConfigPath<CompressionLevels, Int32?>
    ) -> Option {
        Option(key) { input, settings in
            settings.producer.compressionLevels[keyPath: path] = input.integer.map { Int32(clamping: $0) }
        }
    }

    private static let delivery = [
        Option(key("acks", .string, "all", .low, .oneOf(["all", "-1", "0", "1"]))) { input, settings in
            switch input.trimmed {
            case "0": settings.producer.acks = .none
            case "1": settings.producer.acks = .leader
            default: settings.producer.acks = .all
            }
        },
        Option(key("delivery.timeout.ms", .int, "120000", .medium, .atLeast(0))) { input, settings in
            // Connect's value for the producers of tasks means no limit.
            let limit = input.integer
            settings.producer.deliveryTimeoutMilliseconds = limit == Int(Int32.max) ? nil : limit
            settings.delivery.isTimeoutGiven = input.isGiven
        },
        Option(key("enable.idempotence", .boolean, "true")) { input, settings in
            if case .boolean(let value) = input.setting { settings.producer.isIdempotent = value }
            settings.delivery.isIdempotenceGiven = input.isGiven
        },
        Option(
            key("max.in.flight.requests.per.connection", .int, "5", .low, .atLeast(1)),
            into: \.producer.inFlightPerBrokerMax),
        Option(
            key("retries", .int, "2147483647", .high, .between(0, Int64(Int32.max))), into: \.producer.retriesMax),
    ]

    private static let partitioning = [
        Option(key("partitioner.class", .classReference, nil, .medium)) { (input, settings) throws(ConfigError) in
            guard let name = input.trimmed else { return }
            guard let partitioner = javaPartitioners.first(where: { $0.name == name })?.partitioner else {
                let names = javaPartitioners.map(\.name).joined(separator: ", ")
                throw ConfigError(
                    name: input.name, value: input.text,
                    message: "\(name) is not supported: other partitioners are Java classes; use one of \(names)")
            }
            settings.producer.partitioner = partitioner
        },
        Option(key("partitioner.ignore.keys", .boolean, "false", .medium), into: \.producer.ignoresKeys),
        Option(
            key("partitioner.adaptive.partitioning.enable", .boolean, "true"),
            into: \.producer.isPartitioningAdaptive),
        milliseconds(
            key("partitioner.availability.timeout.ms", .long, "0", .low, .atLeast(0)),
            into: \.producer.partitionAvailabilityTimeoutMilliseconds),
    ]

    private static let javaPackage = "org.apache.kafka.clients.producer."
    /// The last two exist until Kafka 3.9.
    private static let javaPartitioners: [(name: String, partitioner: Partitioner)] = [
        (javaPackage + "RoundRobinPartitioner", .roundRobin),
        (javaPackage + "UniformStickyPartitioner", .uniformSticky),
        (javaPackage + "internals.DefaultPartitioner", .murmur2Sticky),
    ]

    private static let transactions = [
        Option(
            key("transactional.id", .string, nil, .low, .nonEmptyString), into: \.producer.transactionalID),
        Option(
            key("transaction.timeout.ms", .int, "60000"), into: \.producer.transactionTimeoutMilliseconds),
        refused(
            key("transaction.two.phase.commit.enable", .boolean, "false"), supported: ["false"],
            "two-phase commit (KIP-939) is not supported; leave it out"),
    ]
}

extension ConfigValidator {
    fileprivate static let gzipLevel = ConfigValidator { name, value in
        guard case .integer(let level) = value else {
            return ConfigError(name: name, value: value?.described, reason: "Value must be non-null")
        }
        if level == -1 || (1...9).contains(level) { return nil }
        return ConfigError(
            name: name, value: value?.described, reason: "Value must be between 1 and 9 or equal to -1")
    }
}
