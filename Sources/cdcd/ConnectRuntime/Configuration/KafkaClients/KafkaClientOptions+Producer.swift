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
        refused(
            key("acks", .string, "all", .low, .oneOf(["all", "-1", "0", "1"])), supported: ["all", "-1"],
            "only acks=all is supported yet; anything less may lose rows"),
        Option(key("delivery.timeout.ms", .int, "120000", .medium, .atLeast(0))) { input, settings in
            // Connect's value for the producers of tasks means no limit.
            let limit = input.integer
            settings.producer.deliveryTimeoutMilliseconds = limit == Int(Int32.max) ? nil : limit
        },
        withoutEffect(
            key("enable.idempotence", .boolean, "true"), "the producer is idempotent"),
        withoutEffect(
            key("max.in.flight.requests.per.connection", .int, "5", .low, .atLeast(1)), "the producer is idempotent"),
        withoutEffect(
            key("retries", .int, "2147483647", .high, .between(0, Int64(Int32.max))),
            "delivery.timeout.ms limits the attempts"),
    ]

    private static let partitioning = [
        refused(
            key("partitioner.class", .classReference, nil, .medium),
            "partitioners are Java classes; records are partitioned by their key"),
        refused(
            key("partitioner.ignore.keys", .boolean, "false", .medium), supported: ["false"],
            "records are always partitioned by their key"),
        withoutEffect(
            key("partitioner.adaptive.partitioning.enable", .boolean, "true"), "the load of brokers is not considered"),
        withoutEffect(
            key("partitioner.availability.timeout.ms", .long, "0", .low, .atLeast(0)),
            "the load of brokers is not considered"),
    ]

    private static let transactions = [
        refused(key("transactional.id", .string, nil, .low, .nonEmptyString), "transactions are not supported yet"),
        withoutEffect(key("transaction.timeout.ms", .int, "60000"), "there are no transactions"),
        withoutEffect(key("transaction.two.phase.commit.enable", .boolean, "false"), "there are no transactions"),
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
