import ConnectData
import Foundation
import HTTPWire
import KafkaProtocol
import KafkaWire
import WireStreams

/// The properties of a distributed Connect worker, checked and typed.
///
/// Every property that Connect knows is accepted as it is. One whose value asks for what is not built stops the start;
/// one that is unknown, or has no effect here, is named in `warnings` and `notes`. Nothing is read and ignored.
public struct WorkerConfiguration: Sendable {
    /// A converter class with its own properties, the prefix taken away.
    struct ConverterSettings: Sendable, Equatable {
        var className: String
        var properties: [String: String]
    }

    /// One of the three topics in which workers keep what they know.
    struct InternalTopic: Sendable, Equatable {
        var name: String
        /// -1: the brokers' default.
        var partitions: Int32
        /// -1: the brokers' default.
        var replicationFactor: Int16
        /// Topic configuration applied on creation, besides `cleanup.policy=compact`.
        var configuration: [(name: String, value: String)]

        static func == (a: Self, b: Self) -> Bool {
            a.name == b.name && a.partitions == b.partitions && a.replicationFactor == b.replicationFactor
                && a.configuration.map { [$0.name, $0.value] } == b.configuration.map { [$0.name, $0.value] }
        }
    }

    /// What of their clients' configuration connectors may set themselves (KIP-458).
    enum OverridePolicy: String, Sendable, CaseIterable {
        case all = "All", none = "None", principal = "Principal"

        /// By the alias, the simple or the full name of Java's class, letter for letter.
        init?(className: String) {
            let found = Self.allCases.first { policy in
                let simple = "\(policy.rawValue)ConnectorClientConfigOverridePolicy"
                return [policy.rawValue, simple, "org.apache.kafka.connect.connector.policy.\(simple)"].contains(className)
            }
            guard let found else { return nil }
            self = found
        }
    }

    enum ConnectProtocol: String, Sendable { case eager, compatible, sessioned }

    public let bootstrapServers: [SocketAddress]
    public let groupID: String
    public let clientID: String
    /// Where REST listens.
    public let listeners: [SocketAddress]
    /// `host:port` by which this worker is known in statuses.
    public let workerID: String
    /// What the worker has to say about its properties: unknown names.
    public let warnings: [String]
    /// Properties that have no effect here, in one line each kind.
    public let notes: [String]

    /// The URL by which group members know each other, with its slash at the end.
    var advertisedURL: String { "http://\(workerID)/" }

    /// What is wrong with the advertised address; nil: nothing.
    let addressWarning: String?
    let connectProtocol: ConnectProtocol
    let sessionTimeoutMilliseconds: Int
    let heartbeatIntervalMilliseconds: Int
    let rebalanceTimeoutMilliseconds: Int
    let requestTimeoutMilliseconds: Int
    let connectTimeoutMilliseconds: Int
    let metadataAgeMillisecondsMax: Int
    /// How long the start may wait for the brokers.
    let apiTimeoutMilliseconds: Int
    let sessionKeyBytes: Int
    let sessionKeyLifetimeMilliseconds: Int
    let configTopic: InternalTopic
    let offsetTopic: InternalTopic
    let statusTopic: InternalTopic
    let keyConverter: ConverterSettings
    let valueConverter: ConverterSettings
    let headerConverter: ConverterSettings
    let offsetFlushIntervalMilliseconds: Int
    let offsetFlushTimeoutMilliseconds: Int
    let gracefulShutdownMilliseconds: Int
    let topicCreationEnabled: Bool
    let topicTrackingEnabled: Bool
    let topicTrackingResetAllowed: Bool
    let overridePolicy: OverridePolicy
    /// The hosts that requests may name, in lower case and without ports; nil: all.
    let allowedHosts: Set<String>?
    /// nil: no page of another origin may use the API.
    let crossOrigin: CrossOrigin?
    let producer: ProducerSettings

    /// - Parameters:
    ///   - properties: as `JavaProperties.parse` gives them.
    ///   - plugins: the classes that the properties can name.
    ///
    /// Throws with everything that is wrong at once.
    package init(properties: [String: String], plugins: PluginRegistry) throws(WorkerConfigurationError) {
        var reader = PropertyReader(properties)
        let review = PropertyReview(properties, problems: &reader)

        bootstrapServers = Self.bootstrapServers(&reader)
        let topicRemedy = "a distributed worker needs it; name the topic, for example connect-"
        groupID = reader.required("group.id", "a distributed worker needs it; name its group, for example connect-cluster")
        clientID = reader.text("client.id") ?? ""
        connectProtocol = ConnectProtocol(rawValue: (reader.text("connect.protocol") ?? "sessioned").lowercased()) ?? {
            reader.refuse("connect.protocol", "use eager, compatible or sessioned")
            return .sessioned
        }()
        sessionTimeoutMilliseconds = reader.integer("session.timeout.ms", default: 10_000, in: 1...1_800_000)
        heartbeatIntervalMilliseconds = reader.integer("heartbeat.interval.ms", default: 3000, in: 1...1_800_000)
        rebalanceTimeoutMilliseconds = reader.integer("rebalance.timeout.ms", default: 60_000, in: 1...Int(Int32.max))
        requestTimeoutMilliseconds = reader.integer("request.timeout.ms", default: 40_000, in: 1...Int(Int32.max))
        connectTimeoutMilliseconds = reader.integer(
            "socket.connection.setup.timeout.ms", default: 10_000, in: 1...Int(Int32.max))
        metadataAgeMillisecondsMax = reader.integer("metadata.max.age.ms", default: 300_000, in: 1...Int(Int32.max))
        apiTimeoutMilliseconds = reader.integer("default.api.timeout.ms", default: 60_000, in: 1...Int(Int32.max))
        let keyBits = reader.integer("inter.worker.key.size", default: 256, in: 8...65_536)
        if keyBits % 8 != 0 { reader.refuse("inter.worker.key.size", "a multiple of 8 bits is expected") }
        sessionKeyBytes = keyBits / 8
        sessionKeyLifetimeMilliseconds = reader.integer(
            "inter.worker.key.ttl.ms", default: 3_600_000, in: 1...Int(Int32.max))

        configTopic = InternalTopic(
            name: reader.required("config.storage.topic", topicRemedy + "configs"), partitions: 1,
            replicationFactor: Self.replicationFactor("config", &reader), configuration: review.topicSettings["config"] ?? [])
        offsetTopic = InternalTopic(
            name: reader.required("offset.storage.topic", topicRemedy + "offsets"),
            partitions: Self.partitions("offset", default: 25, &reader),
            replicationFactor: Self.replicationFactor("offset", &reader), configuration: review.topicSettings["offset"] ?? [])
        statusTopic = InternalTopic(
            name: reader.required("status.storage.topic", topicRemedy + "status"),
            partitions: Self.partitions("status", default: 5, &reader),
            replicationFactor: Self.replicationFactor("status", &reader), configuration: review.topicSettings["status"] ?? [])

        keyConverter = Self.converter("key.converter", default: nil, properties, plugins, &reader)
        valueConverter = Self.converter("value.converter", default: nil, properties, plugins, &reader)
        headerConverter = Self.converter(
            "header.converter", default: WorkerPropertyCatalog.simpleHeaderConverter, properties, plugins, &reader)
        offsetFlushIntervalMilliseconds = reader.integer(
            "offset.flush.interval.ms", default: 60_000, in: 1...Int(Int32.max))
        offsetFlushTimeoutMilliseconds = reader.integer("offset.flush.timeout.ms", default: 5000, in: 1...Int(Int32.max))
        gracefulShutdownMilliseconds = reader.integer(
            "task.shutdown.graceful.timeout.ms", default: 5000, in: 0...Int(Int32.max))
        topicCreationEnabled = reader.boolean("topic.creation.enable", default: true)
        topicTrackingEnabled = reader.boolean("topic.tracking.enable", default: true)
        topicTrackingResetAllowed = reader.boolean("topic.tracking.allow.reset", default: true)
        let policyName = "connector.client.config.override.policy"
        overridePolicy = OverridePolicy(className: reader.text(policyName) ?? "All") ?? {
            reader.refuse(policyName, "use All, None or Principal")
            return .none
        }()
        producer = ProducerSettings(
            ProducerSettings.stripped(properties, prefix: "producer."), prefix: "producer.", &reader)

        allowedHosts = Self.allowedHosts(&reader)
        crossOrigin = Self.crossOrigin(&reader)
        let listening = RESTAddresses(&reader)
        listeners = listening.listeners
        workerID = listening.workerID
        warnings = review.warnings
        addressWarning = listening.warning
        notes = review.notes
        guard reader.problems.isEmpty else { throw WorkerConfigurationError(problems: reader.problems) }
    }

    // MARK: Parts

    private static func bootstrapServers(_ reader: inout PropertyReader) -> [SocketAddress] {
        let texts = reader.text("bootstrap.servers") == nil ? ["localhost:9092"] : reader.list("bootstrap.servers")
        var addresses: [SocketAddress] = []
        for text in texts {
            guard let address = KafkaClientConfiguration.bootstrapServer(text) else {
                reader.refuse("bootstrap.servers", "\(text) is not host:port")
                continue
            }
            addresses.append(address)
        }
        if texts.isEmpty { reader.refuse("bootstrap.servers", "name at least one broker as host:port") }
        return addresses
    }

    private static func allowedHosts(_ reader: inout PropertyReader) -> Set<String>? {
        let name = "cdcd.rest.allowed.hosts"
        let texts = reader.list(name)
        var hosts: Set<String> = []
        for text in texts {
            // An IPv6 address may come with or without the brackets that it has in a URL.
            let isBareIPv6 = text.split(separator: ":", omittingEmptySubsequences: false).count > 2 && text.first != "["
            guard let authority = Authority(isBareIPv6 ? "[\(text)]" : text), authority.port == nil else {
                reader.refuse(name, "\(text) is no host name and no address; name hosts without ports, separated by commas")
                continue
            }
            hosts.insert(authority.host)
        }
        return texts.isEmpty ? nil : hosts
    }

    private static func crossOrigin(_ reader: inout PropertyReader) -> CrossOrigin? {
        let name = "access.control.allow.origin"
        let origins = reader.list(name)
        guard !origins.isEmpty else { return nil }
        do throws(JavaPattern.SyntaxError) {
            var patterns: [JavaPattern] = []
            for origin in origins where origin != "*" { patterns.append(try JavaPattern(origin, caseInsensitive: true)) }
            return CrossOrigin(
                patterns: patterns, allowsAny: origins.contains("*"), methods: reader.list("access.control.allow.methods"))
        } catch {
            reader.refuse(name, "\(error)")
            return nil
        }
    }

    private static func replicationFactor(_ store: String, _ reader: inout PropertyReader) -> Int16 {
        let name = "\(store).storage.replication.factor"
        let value = reader.integer(name, default: 3, in: -1...Int(Int16.max))
        if value == 0 { reader.refuse(name, "use -1 for the brokers' default, or 1 and more") }
        return Int16(clamping: value)
    }

    private static func partitions(_ store: String, default fallback: Int, _ reader: inout PropertyReader) -> Int32 {
        let name = "\(store).storage.partitions"
        let value = reader.integer(name, default: fallback, in: -1...100_000)
        if value == 0 { reader.refuse(name, "use -1 for the brokers' default, or 1 and more") }
        return Int32(clamping: value)
    }

    private static func converter(
        _ name: String, default fallback: String?, _ properties: [String: String], _ plugins: PluginRegistry,
        _ reader: inout PropertyReader
    ) -> ConverterSettings {
        let className = fallback.map { reader.text(name) ?? $0 }
            ?? reader.required(name, "name a converter, for example \(WorkerPropertyCatalog.jsonConverter)")
        let settings = ConverterSettings(
            className: className, properties: ProducerSettings.stripped(properties, prefix: "\(name)."))
        guard !className.isEmpty else { return settings }
        do throws(ConfigError) {
            let context = PluginContext(properties: settings.properties, connectorConfiguration: [:], plugins: plugins)
            if name == "header.converter" {
                _ = try plugins.makeHeaderConverter(className, property: name, context)
            } else {
                _ = try plugins.makeConverter(className, property: name, context)
            }
        } catch {
            reader.refuse(properties[name + "." + error.name] == nil ? name : name + "." + error.name, error.message)
        }
        return settings
    }
}
