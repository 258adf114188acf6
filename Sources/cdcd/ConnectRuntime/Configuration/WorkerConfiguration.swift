import ConnectData
import KafkaWire
import WireCore
import WireStreams

/// The properties of a distributed Connect worker, checked and typed.
///
/// `WorkerOptions` declares the properties. A value that needs an unsupported feature stops the start; a property
/// that is unknown, or has no effect here, is named in `warnings` and `notes`.
package struct WorkerConfiguration: Sendable {
    /// A converter class with its own properties, the prefix taken away.
    struct ConverterSettings: Sendable, Equatable {
        var className = ""
        /// The range of versions that the class must have; nil accepts each.
        var pluginVersion: String?
        var properties: [String: String] = [:]
    }

    /// One of the three topics in which workers store connectors, offsets and statuses.
    struct InternalTopic: Sendable, Equatable {
        var name = ""
        /// -1: the brokers' default.
        var partitions: Int32
        /// -1: the brokers' default.
        var replicationFactor: Int16 = 3
        /// Topic configuration applied on creation, besides `cleanup.policy=compact`.
        var configuration: [(name: String, value: String)] = []

        static func == (a: Self, b: Self) -> Bool {
            a.name == b.name && a.partitions == b.partitions && a.replicationFactor == b.replicationFactor
                && a.configuration.map { [$0.name, $0.value] } == b.configuration.map { [$0.name, $0.value] }
        }
    }

    /// Which properties of their Kafka clients connectors may override (KIP-458).
    enum OverridePolicy: String, Sendable, CaseIterable {
        case all = "All", none = "None", principal = "Principal"
        /// Those of `connector.client.config.override.allowlist`.
        case allowlist = "Allowlist"

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

    /// What the worker's own Kafka clients are created with.
    var ownClient = KafkaClientSettings()
    var client: KafkaClientConfiguration {
        get { ownClient.client }
        set { ownClient.client = newValue }
    }
    package internal(set) var groupID = ""
    /// Where REST listens.
    package private(set) var listeners: [SocketAddress] = []
    /// The `host:port` that identifies this worker in statuses.
    package private(set) var workerID = ""
    /// Unknown properties, and settings of internal topics that Connect fixes.
    package private(set) var warnings: [String] = []
    /// Properties that have no effect here, in one line for each kind.
    package private(set) var notes: [String] = []

    package var bootstrapServers: [SocketAddress] { client.bootstrapServers }
    package var clientID: String { client.clientID }

    /// The URL of this worker for other group members, with a slash at the end.
    var advertisedURL: String { "http://\(workerID)/" }

    /// The problem of the advertised address; nil if there is none.
    private(set) var addressWarning: String?
    var connectProtocol = ConnectProtocol.sessioned
    var sessionTimeoutMilliseconds = 10_000
    var heartbeatIntervalMilliseconds = 3000
    var rebalanceTimeoutMilliseconds = 60_000
    var sessionKeyBytes = 32
    var sessionKeyLifetimeMilliseconds = 3_600_000
    var configTopic = InternalTopic(partitions: 1)
    var offsetTopic = InternalTopic(partitions: 25)
    var statusTopic = InternalTopic(partitions: 5)
    var keyConverter = ConverterSettings()
    var valueConverter = ConverterSettings()
    var headerConverter = ConverterSettings()
    var offsetFlushIntervalMilliseconds = 60_000
    var offsetFlushTimeoutMilliseconds = 5000
    var gracefulShutdownMilliseconds = 5000
    /// How long a REST request may take. A constant of Connect.
    var requestMilliseconds = 90_000
    /// How long a call of a connector's plugin may take: shorter than a REST request, which then reports the failure.
    var pluginCallMilliseconds = 60_000
    var topicCreationEnabled = true
    var topicTrackingEnabled = true
    var topicTrackingResetAllowed = true
    var overridePolicy = OverridePolicy.all
    /// The properties that connectors may override if the policy is `allowlist`.
    var overridable: Set<String> = []
    /// The hosts that requests may name, in lower case and without ports; nil: all.
    var allowedHosts: Set<String>?
    /// nil: no page of another origin may use the API.
    private(set) var crossOrigin: CrossOrigin?
    var rest = RESTProperties()
    var providerSettings = ConfigProviders.Settings()
    /// Resolves the variables of connectors' configurations.
    private(set) var configProviders = ConfigProviders()
    /// The properties as given, with the values of their variables.
    private var resolved: [String: String] = [:]
    /// The properties below `producer.`, `consumer.` and `admin.`, with the prefix.
    var clientProperties: [KafkaClientProperties.Role: [String: String]] = [:]

    var requestTimeoutMilliseconds: Int { client.requestTimeoutMilliseconds }
    var connectTimeoutMilliseconds: Int { client.connectTimeoutMilliseconds }
    /// The maximum time to wait for the brokers at the start.
    var apiTimeoutMilliseconds: Int { client.apiTimeoutMilliseconds }

    /// - Parameters:
    ///   - properties: as `JavaProperties.parse` gives them.
    ///   - plugins: the classes that the properties can name.
    /// - Throws: everything that is wrong, at once.
    package init(properties: [String: String], plugins: PluginRegistry) throws(WorkerConfigurationError) {
        let resolved = try resolve(properties, plugins)
        let found = WorkerOptions.all.read(resolved, into: &self, conventions: .worker)
        self.resolved = resolved
        var review = WorkerPropertyReview(properties, found)
        let secured = ownClient.secure()
        review.add(secured, ownClient.security)
        for role in clientProperties.keys {
            var findings = taskClient(role).findings
            if overridePolicy != .none { findings.leaveSecurity(to: "\(role.rawValue).override.") }
            review.add(findings)
        }
        for (name, settings) in [
            ("key.converter", keyConverter), ("value.converter", valueConverter), ("header.converter", headerConverter),
        ] where !settings.className.isEmpty {
            do throws(ConfigError) {
                try Self.check(name, settings, plugins)
            } catch {
                let property = "\(name).\(error.name)"
                review.refuse(properties[property] == nil ? name : property, error.message)
            }
        }
        do throws(ConfigError) {
            crossOrigin = try rest.crossOrigin()
            let listening = try RESTAddresses(rest)
            listeners = listening.listeners
            workerID = listening.workerID
            addressWarning = listening.warning
        } catch {
            review.refuse(error.name, error.message)
        }
        warnings = review.warnings
        notes = review.notes
        guard review.problems.isEmpty else { throw WorkerConfigurationError(problems: review.problems) }
    }

    /// The settings of the clients of tasks: those of Connect, with the worker's and then the connector's over them.
    ///
    /// - Parameters:
    ///   - connector: the connector's name.
    ///   - overrides: by their names, `producer.override.*` for example.
    func taskClient(
        _ role: KafkaClientProperties.Role, of connector: String = "", overrides: [String: String] = [:]
    ) -> (settings: KafkaClientSettings, findings: KafkaClientProperties.Findings) {
        var layers = [
            KafkaClientProperties.Layer(clientProperties[role] ?? [:], prefix: "\(role.rawValue)."),
            KafkaClientProperties.Layer(overrides, prefix: "\(role.rawValue).override."),
        ]
        let servers = resolved["bootstrap.servers"] ?? "localhost:9092"
        let properties = KafkaClientProperties.of(role)
        var base: [String: String] = ["bootstrap.servers": servers]
        switch role {
        case .producer:
            let given = KafkaClientProperties.merged(layers).values
            base = TaskClientProperties.producer(bootstrapServers: servers, given: given)
        case .consumer: base = TaskClientProperties.consumer(bootstrapServers: servers, connector: connector)
        case .admin:
            // As in Connect, admin clients inherit the worker's properties, which are checked with the worker's own.
            let own = resolved.filter { properties.options[$0.key] != nil && $0.key != "client.id" }
            layers.insert(KafkaClientProperties.Layer(own), at: 0)
        case .client: break
        }
        var settings = KafkaClientSettings()
        var findings = properties.read(layers, over: base, into: &settings)
        if role == .producer, let name = KafkaClientProperties.merged(layers).origins["transactional.id"] {
            findings.errors.append(
                ConfigError(
                    name: name, value: settings.producer.transactionalID,
                    message: "exactly-once delivery is not supported yet, and so tasks have no transactions; leave it out"))
        }
        findings.keep { $0.hasExactPrefix("\(role.rawValue).") }
        return (settings, findings)
    }

    /// Creates the config providers and replaces the variables of all properties.
    private mutating func resolve(
        _ properties: [String: String], _ plugins: PluginRegistry
    ) throws(WorkerConfigurationError) -> [String: String] {
        _ = ConfigOptions(WorkerOptions.providers).read(properties, into: &self, conventions: .worker)
        do {
            configProviders = try ConfigProviders(providerSettings, plugins: plugins)
            return try configProviders.resolved(properties)
        } catch {
            let name = (error as? ConfigError)?.name ?? "config.providers"
            throw WorkerConfigurationError(
                problems: [.init(name: name, value: properties[name] ?? "", remedy: "\(error)")])
        }
    }

    private static func check(
        _ name: String, _ settings: ConverterSettings, _ plugins: PluginRegistry
    ) throws(ConfigError) {
        let context = PluginContext(properties: settings.properties, connectorConfiguration: [:], plugins: plugins)
        let kind = name == "header.converter" ? PluginKind.headerConverter : .converter
        let plugin = try plugins.resolve(settings.className, as: kind, property: name)
        if let message = plugins.versionError(of: plugin, settings.pluginVersion) {
            throw ConfigError(name: "plugin.version", value: settings.pluginVersion, message: message)
        }
        if name == "header.converter" {
            _ = try plugins.makeHeaderConverter(settings.className, property: name, context)
        } else {
            _ = try plugins.makeConverter(settings.className, property: name, context)
        }
    }
}
