import ConnectData
import KafkaProtocol
import KafkaWire

/// The declarations of `KafkaClientProperties`.
enum KafkaClientOptions {
    private typealias Option = ConfigOption<KafkaClientSettings>

    static let anyMilliseconds: ClosedRange<Int64> = 0...Int64(Int32.max)
    static let positiveMilliseconds: ClosedRange<Int64> = 1...Int64(Int32.max)

    /// A number with a range.
    static func key(
        _ name: String, default defaultValue: String? = nil, in range: ClosedRange<Int64>
    ) -> ConfigKey {
        ConfigKey(name, .int, defaultValue: defaultValue, validator: .range(range))
    }

    // MARK: Properties of every client

    /// A client whose configuration is the member `path` of the target.
    static func all<Target>(
        _ path: ConfigPath<Target, KafkaClientConfiguration>, requestTimeout: String = "30000"
    ) -> [ConfigOption<Target>] {
        [
            ConfigOption(ConfigKey("bootstrap.servers", .string, defaultValue: "localhost:9092")) {
                (input, target) throws(ConfigError) in
                target[keyPath: path].bootstrapServers = try KafkaClientProperties.bootstrapServers(input)
            },
            ConfigOption(ConfigKey("client.id", .string, defaultValue: "")) { input, target in
                target[keyPath: path].clientID = input.trimmed ?? ""
            },
            ConfigOption(key("request.timeout.ms", default: requestTimeout, in: positiveMilliseconds)) { input, target in
                if let value = input.integer { target[keyPath: path].requestTimeoutMilliseconds = value }
            },
            ConfigOption(key("default.api.timeout.ms", default: "60000", in: positiveMilliseconds)) { input, target in
                if let value = input.integer { target[keyPath: path].apiTimeoutMilliseconds = value }
            },
            connectTimeout(path), metadataAge(path), securityProtocol(),
        ] + withoutEffect()
    }

    private static func connectTimeout<Target>(
        _ path: ConfigPath<Target, KafkaClientConfiguration>
    ) -> ConfigOption<Target> {
        let name = "socket.connection.setup.timeout.ms"
        return ConfigOption(key(name, default: "10000", in: positiveMilliseconds)) { input, target in
            if let value = input.integer { target[keyPath: path].connectTimeoutMilliseconds = value }
        }
    }

    private static func metadataAge<Target>(
        _ path: ConfigPath<Target, KafkaClientConfiguration>
    ) -> ConfigOption<Target> {
        ConfigOption(key("metadata.max.age.ms", default: "300000", in: positiveMilliseconds)) { input, target in
            if let value = input.integer { target[keyPath: path].metadataMaxAgeMilliseconds = value }
        }
    }

    private static func securityProtocol<Target>() -> ConfigOption<Target> {
        ConfigOption(
            ConfigKey("security.protocol", .string), supported: ["PLAINTEXT"],
            use: .refused(
                remedy: "Kafka over TLS or SASL is not supported yet; use a PLAINTEXT listener of the brokers"))
    }

    /// Properties that every client of Kafka has, without effect here.
    private static func withoutEffect<Target>() -> [ConfigOption<Target>] {
        let reasons = [
            ("the operating system resolves names", ["client.dns.lookup"]),
            (
                "the pauses between attempts grow from 50 ms to 250 ms",
                ["retry.backoff.ms", "retry.backoff.max.ms", "reconnect.backoff.ms", "reconnect.backoff.max.ms"]
            ),
            ("idle connections stay open", ["connections.max.idle.ms"]),
            ("the operating system sizes socket buffers", ["send.buffer.bytes", "receive.buffer.bytes"]),
            ("the time for connecting does not grow", ["socket.connection.setup.timeout.max.ms"]),
            (
                "bootstrap servers are used again without it",
                ["metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms"]
            ),
            ("metrics are not sampled", ["metrics.sample.window.ms", "metrics.num.samples", "metrics.recording.level"]),
            ("client metrics are not pushed to brokers", ["enable.metrics.push"]),
        ]
        let named = reasons.flatMap { reason, names in
            names.map { ConfigOption<Target>(ConfigKey($0, .string), use: .withoutEffect(reason: reason)) }
        }
        let java = ["metric.reporters", "auto.include.jmx.reporter", "security.providers"].map {
            ConfigOption<Target>(ConfigKey($0, .string), use: .javaOnly)
        }
        // Java's clients ignore them too unless `security.protocol` enables TLS or SASL.
        let security = ["ssl.", "sasl."].map { prefix in
            ConfigOption<Target>(
                ConfigKey(prefix + "*", .string), prefix: prefix,
                use: .withoutEffect(reason: "security.protocol is PLAINTEXT"))
        }
        return named + java + security
    }

    // MARK: A task's producer

    static var taskProducer: [ConfigOption<KafkaClientSettings>] {
        [
            Option(key("request.timeout.ms", default: "30000", in: anyMilliseconds), into: \.client.requestTimeoutMilliseconds),
            connectTimeout(\.client), metadataAge(\.client),
            Option(key("linger.ms", default: "5", in: anyMilliseconds), into: \.producer.lingerMilliseconds),
            Option(key("batch.size", in: anyMilliseconds), into: \.producer.batchBytesMax),
            Option(key("buffer.memory", default: "33554432", in: anyMilliseconds), into: \.producer.bufferBytesMax),
            Option(key("max.request.size", default: "1048576", in: anyMilliseconds), into: \.producer.requestBytesMax),
            Option(key("delivery.timeout.ms", default: "2147483647", in: anyMilliseconds)) { input, settings in
                // Connect's default means no limit.
                let limit = input.integer
                settings.producer.deliveryTimeoutMilliseconds = limit == Int(Int32.max) ? nil : limit
            },
            Option(
                ConfigKey("compression.type", .string, defaultValue: "none"),
                supported: CompressionCodec.allCases.filter(\.isSupported).map(\.name)
            ) { input, settings in
                let codec = input.trimmed.flatMap { CompressionCodec(name: $0.lowercased()) }
                if let codec { settings.producer.compression = codec }
            },
            refused(
                "acks", supported: ["all", "-1"], "only acks=all is supported yet; anything less may lose rows"),
            refused("partitioner.ignore.keys", supported: ["false"], "records are always partitioned by their key"),
            refused("partitioner.class", "partitioners are Java classes; records are partitioned by their key"),
            refused("interceptor.classes", "interceptors are Java classes and cannot run here"),
            refused("transactional.id", "transactions are not supported yet"),
            refused("key.serializer", supported: [byteArraySerializer], "leave it out"),
            refused("value.serializer", supported: [byteArraySerializer], "leave it out"),
        ] + ineffective([
            ("the producer is idempotent", ["enable.idempotence", "max.in.flight.requests.per.connection"]),
            ("delivery.timeout.ms limits the attempts", ["retries"]),
            ("a task waits without a limit", ["max.block.ms"]),
            (
                "the load of brokers is not considered",
                ["partitioner.adaptive.partitioning.enable", "partitioner.availability.timeout.ms"]
            ),
            ("there are no transactions", ["transaction.timeout.ms", "transaction.two.phase.commit.enable"]),
            (
                "each codec uses its default level",
                ["compression.gzip.level", "compression.lz4.level", "compression.zstd.level"]
            ),
            ("the worker names its clients", ["client.id", "client.rack"]),
            ("topics in use stay in the metadata", ["metadata.max.idle.ms"]),
            ("the producer has no such limit", ["default.api.timeout.ms"]),
        ]) + common
    }

    // MARK: Clients that the worker does not have

    /// Consumers serve sink connectors, which do not run here.
    static var taskConsumer: [ConfigOption<KafkaClientSettings>] {
        let reason = "it concerns sink connectors, which do not run here"
        return ineffective([(reason, consumerNames + workersOwn)]) + common
    }

    static var taskAdmin: [ConfigOption<KafkaClientSettings>] {
        let reason = "the worker's own client is used"
        return ineffective([(reason, ["retries", "bootstrap.controllers"] + workersOwn)]) + common
    }

    /// Properties of every client that the worker's own client has already.
    private static let workersOwn = [
        "client.id", "client.rack", "request.timeout.ms", "metadata.max.age.ms", "metadata.max.idle.ms",
        "default.api.timeout.ms", "socket.connection.setup.timeout.ms",
    ]

    private static let consumerNames = [
        "allow.auto.create.topics", "auto.commit.interval.ms", "auto.offset.reset", "check.crcs", "enable.auto.commit",
        "exclude.internal.topics", "fetch.max.bytes", "fetch.max.wait.ms", "fetch.min.bytes", "group.id",
        "group.instance.id", "group.protocol", "group.remote.assignor", "heartbeat.interval.ms", "interceptor.classes",
        "isolation.level", "key.deserializer", "max.partition.fetch.bytes", "max.poll.interval.ms", "max.poll.records",
        "partition.assignment.strategy", "session.timeout.ms", "share.acknowledgement.mode", "share.acquire.mode",
        "value.deserializer",
    ]

    private static let byteArraySerializer = "org.apache.kafka.common.serialization.ByteArraySerializer"

    private static var common: [ConfigOption<KafkaClientSettings>] {
        [
            refused(
                "bootstrap.servers",
                "clients of a cluster other than the worker's are not supported yet; leave it out"),
            refused("config.providers", "the worker's providers resolve the variables in all properties; leave it out"),
            securityProtocol(),
        ] + withoutEffect()
    }

    private static func refused(_ name: String, supported: [String] = [], _ remedy: String) -> Option {
        Option(ConfigKey(name, .string), supported: supported, use: .refused(remedy: remedy))
    }

    private static func ineffective(_ reasons: [(String, [String])]) -> [ConfigOption<KafkaClientSettings>] {
        reasons.flatMap { reason, names in
            names.map { Option(ConfigKey($0, .string), use: .withoutEffect(reason: reason)) }
        }
    }

    // MARK: Security

    /// The problem of a security property that has no effect; nil if there is none.
    static func securityWarning(_ property: String, _ value: String) -> String? {
        guard property == "sasl.jaas.config", !JavaText.trim(value).isEmpty else { return nil }
        do throws(JAASError) {
            _ = try JAASConfiguration(parsing: value)
            return nil
        } catch {
            return "cannot be parsed: \(error)"
        }
    }

    /// The problem of the `ssl.*` properties, which have no effect either; nil if there is none.
    static func sslWarning(_ properties: [String: String], prefix: String) -> String? {
        do throws(ConfigError) {
            _ = try SSLProperties(properties, prefix: prefix)
            return nil
        } catch {
            // The message of a value that is no secret quotes it.
            return "\(error.name) cannot be used: \(error.message)"
        }
    }
}
