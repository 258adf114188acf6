import ConnectData
import HTTPWire
import KafkaWire
import WireCore

/// The properties of a Connect worker (`DistributedConfig` and `WorkerConfig` of Kafka 2.8 to 4.3).
enum WorkerOptions {
    private typealias Option = ConfigOption<WorkerConfiguration>

    static let jsonConverter = "org.apache.kafka.connect.json.JsonConverter"
    static let simpleHeaderConverter = "org.apache.kafka.connect.storage.SimpleHeaderConverter"

    static let all: ConfigOptions<WorkerConfiguration> = {
        let own = group + topics + connectors + rest + java + clients + providers
        let names = Set(own.map(\.key.name))
        // `config.providers` is the worker's own, for example.
        let client = KafkaClientProperties.of(.client).options.options.filter { !names.contains($0.key.name) }
        return ConfigOptions(client.map { $0.within(\.ownClient) } + own)
    }()

    /// The providers that resolve the variables in all other properties.
    static let providers: [ConfigOption<WorkerConfiguration>] = [
        Option(ConfigKey("config.providers", .list, defaultValue: ""), into: \.providerSettings.names),
        Option(group: "config.providers.", into: \.providerSettings.properties),
    ]

    private static func milliseconds(
        _ name: String, default defaultValue: String, in range: ClosedRange<Int64> = 1...Int64(Int32.max)
    ) -> ConfigKey {
        key(name, default: defaultValue, in: range)
    }

    private static func key(
        _ name: String, default defaultValue: String? = nil, in range: ClosedRange<Int64>
    ) -> ConfigKey {
        ConfigKey(name, .int, defaultValue: defaultValue, validator: .range(range))
    }

    // MARK: The group

    private static let group =
        [
            Option(required("group.id", "its group, for example connect-cluster"), into: \.groupID),
            Option(
                milliseconds("session.timeout.ms", default: "10000", in: 1...1_800_000),
                into: \.sessionTimeoutMilliseconds),
            Option(
                milliseconds("heartbeat.interval.ms", default: "3000", in: 1...1_800_000),
                into: \.heartbeatIntervalMilliseconds),
            Option(milliseconds("rebalance.timeout.ms", default: "60000"), into: \.rebalanceTimeoutMilliseconds),
            Option(ConfigKey("connect.protocol", .string, defaultValue: "sessioned")) {
                (input, worker) throws(ConfigError) in
                let name = input.trimmed?.lowercased() ?? ""
                guard let found = ConnectProtocol(rawValue: name) else {
                    throw ConfigError(name: input.name, value: name, message: "use eager, compatible or sessioned")
                }
                worker.connectProtocol = found
            },
            Option(
                ConfigKey(
                    "inter.worker.key.size", .int, defaultValue: "256",
                    validator: .all(.range(8...65_536), multipleOf8))
            ) { input, worker in
                if let bits = input.integer { worker.sessionKeyBytes = bits / 8 }
            },
            Option(milliseconds("inter.worker.key.ttl.ms", default: "3600000"), into: \.sessionKeyLifetimeMilliseconds),
        ]
        + [
            "inter.worker.key.generation.algorithm", "inter.worker.signature.algorithm",
            "inter.worker.verification.algorithms",
        ].map { refused($0, supported: ["HmacSHA256"], "use HmacSHA256") }
        + ineffective(
            "a group has one worker",
            ["worker.sync.timeout.ms", "worker.unsync.backoff.ms", "scheduled.rebalance.max.delay.ms"])

    private static let multipleOf8 = ConfigValidator { name, value in
        guard case .integer(let bits) = value, bits % 8 != 0 else { return nil }
        return ConfigError(name: name, value: value?.shown, message: "a multiple of 8 bits is expected")
    }

    // MARK: Internal topics

    private static let topics =
        topic("config", \.configTopic, partitions: nil) + topic("offset", \.offsetTopic, partitions: "25")
        + topic("status", \.statusTopic, partitions: "5")
        + [
            refused(
                "offset.storage.file.filename",
                "that is a property of the standalone mode, which is not supported yet; a distributed worker needs "
                    + "group.id, config.storage.topic, offset.storage.topic and status.storage.topic instead")
        ]

    private static func topic(
        _ store: String, _ path: ConfigPath<WorkerConfiguration, WorkerConfiguration.InternalTopic>,
        partitions: String?
    ) -> [ConfigOption<WorkerConfiguration>] {
        let prefix = "\(store).storage."
        let example = store == "status" ? "connect-status" : "connect-\(store)s"
        let partitionKey = ConfigKey(
            prefix + "partitions", .int, defaultValue: partitions, validator: .all(.range(-1...100_000), notZero))
        return [
            Option(required(prefix + "topic", "the topic, for example \(example)")) { input, worker in
                worker[keyPath: path].name = input.trimmed ?? ""
            },
            Option(
                ConfigKey(
                    prefix + "replication.factor", .int, defaultValue: "3",
                    validator: .all(.range(-1...Int64(Int16.max)), notZero))
            ) { input, worker in
                if let factor = input.integer { worker[keyPath: path].replicationFactor = Int16(clamping: factor) }
            },
            partitions == nil
                ? fixed(prefix + "partitions", "the topic for configurations always has one partition")
                : Option(partitionKey) { input, worker in
                    if let count = input.integer { worker[keyPath: path].partitions = Int32(clamping: count) }
                },
            fixed(prefix + "cleanup.policy", "the topic is always compacted"),
            Option(group: prefix) { settings, worker in
                worker[keyPath: path].configuration = settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            },
        ]
    }

    private static let notZero = ConfigValidator { name, value in
        guard value == .integer(0) else { return nil }
        return ConfigError(name: name, value: "0", message: "use -1 for the brokers' default, or 1 and more")
    }

    private static func fixed(_ name: String, _ reason: String) -> ConfigOption<WorkerConfiguration> {
        Option(ConfigKey(name, .string), use: .withoutEffect(reason: reason))
    }

    /// Whether it is a setting of an internal topic that Connect overrides, with a warning.
    static func isFixedTopicSetting(_ name: String) -> Bool {
        name.contains(".storage.") && !name.hasExactPrefix("offset.storage.file")
    }

    // MARK: Connectors and tasks

    private static let connectors = [
        converter("key.converter", \.keyConverter, default: nil),
        converter("value.converter", \.valueConverter, default: nil),
        converter("header.converter", \.headerConverter, default: simpleHeaderConverter),
        version("key.converter", \.keyConverter),
        version("value.converter", \.valueConverter),
        version("header.converter", \.headerConverter),
        Option(group: "key.converter.", into: \.keyConverter.properties),
        Option(group: "value.converter.", into: \.valueConverter.properties),
        Option(group: "header.converter.", into: \.headerConverter.properties),
        Option(milliseconds("offset.flush.interval.ms", default: "60000"), into: \.offsetFlushIntervalMilliseconds),
        Option(milliseconds("offset.flush.timeout.ms", default: "5000"), into: \.offsetFlushTimeoutMilliseconds),
        Option(
            milliseconds("task.shutdown.graceful.timeout.ms", default: "5000", in: 0...Int64(Int32.max)),
            into: \.gracefulShutdownMilliseconds),
        Option(ConfigKey("topic.creation.enable", .boolean, defaultValue: "true"), into: \.topicCreationEnabled),
        Option(ConfigKey("topic.tracking.enable", .boolean, defaultValue: "true"), into: \.topicTrackingEnabled),
        Option(
            ConfigKey("topic.tracking.allow.reset", .boolean, defaultValue: "true"), into: \.topicTrackingResetAllowed),
        Option(ConfigKey("connector.client.config.override.policy", .classReference, defaultValue: "All")) {
            (input, worker) throws(ConfigError) in
            guard let policy = WorkerConfiguration.OverridePolicy(className: input.trimmed ?? "") else {
                throw ConfigError(name: input.name, value: input.text, message: "use All, None, Principal or Allowlist")
            }
            worker.overridePolicy = policy
        },
        Option(
            ConfigKey(
                "connector.client.config.override.allowlist", .list, defaultValue: "",
                validator: .distinctItems(allowsEmpty: true))
        ) { input, worker in
            if case .list(let names) = input.setting { worker.overridable = Set(names) }
        },
        refused(
            "exactly.once.source.support", supported: ["disabled"],
            "exactly-once delivery is not supported yet; set it to disabled"),
    ]

    private static func converter(
        _ name: String, _ path: ConfigPath<WorkerConfiguration, WorkerConfiguration.ConverterSettings>,
        default defaultValue: String?
    ) -> ConfigOption<WorkerConfiguration> {
        let key = ConfigKey(
            name, .classReference, defaultValue: defaultValue, isRequired: true,
            documentation: "name a converter, for example \(jsonConverter)")
        return Option(key) { input, worker in worker[keyPath: path].className = input.trimmed ?? "" }
    }

    private static func version(
        _ name: String, _ path: ConfigPath<WorkerConfiguration, WorkerConfiguration.ConverterSettings>
    ) -> ConfigOption<WorkerConfiguration> {
        Option(ConfigKey(name + ".plugin.version", .string)) { input, worker in
            worker[keyPath: path].pluginVersion = input.trimmed
        }
    }

    // MARK: REST

    private static let rest = [
        Option(ConfigKey("listeners", .string), into: \.rest.listeners),
        Option(ConfigKey("rest.host.name", .string), into: \.rest.hostName),
        Option(key("rest.port", default: "8083", in: 0...65_535), into: \.rest.port),
        Option(ConfigKey("rest.advertised.host.name", .string), into: \.rest.advertisedHostName),
        Option(key("rest.advertised.port", in: 1...65_535), into: \.rest.advertisedPort),
        Option(ConfigKey("access.control.allow.origin", .string), into: \.rest.allowedOrigins),
        Option(ConfigKey("access.control.allow.methods", .string), into: \.rest.allowedMethods),
        Option(ConfigKey("cdcd.rest.allowed.hosts", .string)) { (input, worker) throws(ConfigError) in
            worker.allowedHosts = try RESTProperties.hosts(input)
        },
        refused(
            "rest.advertised.listener", supported: ["http"], "REST over TLS is not supported yet; use http"),
        refused("admin.listeners", "listeners of their own for /admin are not supported yet; leave it out"),
        refused("response.http.headers.config", "extra response headers are not supported yet; leave it out"),
        refused(
            "rest.extension.classes",
            "REST extensions are Java classes and cannot run here; put a proxy in front for authentication"),
        Option(
            ConfigKey("listeners.https.*", .string), prefix: "listeners.https.",
            use: .withoutEffect(reason: "no listener uses TLS")),
        Option(
            ConfigKey("admin.listeners.https.*", .string), prefix: "admin.listeners.https.",
            use: .withoutEffect(reason: "no listener uses TLS")),
    ]

    // MARK: Others

    private static let java =
        ["plugin.path", "plugin.discovery", "internal.key.converter", "internal.value.converter"]
        .map { Option(ConfigKey($0, .string), use: .javaOnly) }
        + ["internal.key.converter.", "internal.value.converter.", "metrics.context."]
        .map { Option(ConfigKey($0 + "*", .string), prefix: $0, use: .javaOnly) }

    /// The clients of tasks; `KafkaClientProperties` declares the properties below these prefixes.
    private static let clients = [KafkaClientProperties.Role.producer, .consumer, .admin].map { role in
        Option(group: "\(role.rawValue).") { properties, worker in
            worker.clientProperties[role] = Dictionary(
                uniqueKeysWithValues: properties.map { ("\(role.rawValue).\($0.key)", $0.value) })
        }
    }

    private static func required(_ name: String, _ example: String) -> ConfigKey {
        ConfigKey(
            name, .string, isRequired: true, documentation: "a distributed worker needs it; name \(example)")
    }

    private static func refused(
        _ name: String, supported: [String] = [], _ remedy: String
    ) -> ConfigOption<WorkerConfiguration> {
        Option(ConfigKey(name, .string), supported: supported, use: .refused(remedy: remedy))
    }

    private static func ineffective(_ reason: String, _ names: [String]) -> [ConfigOption<WorkerConfiguration>] {
        names.map { Option(ConfigKey($0, .string), use: .withoutEffect(reason: reason)) }
    }
}
