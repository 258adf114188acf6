import ConnectData
import WireCore

/// The properties with which a connector overrides those of its Kafka clients: `producer.override.*`,
/// `consumer.override.*`, `admin.override.*` (KIP-458).
package struct ClientOverride {
    /// The settings of the connector's producers: the worker's, with `producer.override.*` over them.
    package let producer: KafkaClientSettings
    /// The settings of a sink connector's consumers: the worker's, with `consumer.override.*` over them.
    let consumer: KafkaClientSettings
    /// The settings of the client that creates the connector's topics; nil: those of the worker's own clients.
    let admin: KafkaClientSettings?
    /// Ordered by name.
    let errors: [ConfigError]
    /// The names of those that are accepted and change nothing, ordered.
    let withoutEffect: [String]
    /// The problems of those.
    let warnings: [String]

    private static let roles: [KafkaClientProperties.Role] = [.producer, .admin, .consumer]
    private static let principal: Set = ["sasl.jaas.config", "sasl.mechanism", "security.protocol"]

    /// - Parameters:
    ///   - name: of the connector; nil: as its configuration names it.
    ///   - kind: of the connector. Only sink connectors have consumers.
    package init(
        connector: [String: String], worker: WorkerConfiguration, name: String? = nil, kind: ConnectorKind = .source
    ) {
        var (producer, consumer) = (KafkaClientSettings(), KafkaClientSettings())
        var admin: KafkaClientSettings?
        var errors: [ConfigError] = []
        var (withoutEffect, warnings): ([String], [String]) = ([], [])
        // Connect does not check what a connector overrides of clients that it does not have.
        let clients = Self.clients(of: connector, kind)
        for role in Self.roles {
            let prefix = "\(role.rawValue).override."
            let options = KafkaClientProperties.of(role).options
            let isChecked = clients.contains(role)
            var allowed: [String: String] = [:]
            for (name, value) in connector {
                guard let property = name.dropping(prefix: prefix), !property.isEmpty else { continue }
                if Self.isAllowed(property, by: worker) {
                    allowed[name] = value
                } else if !isChecked {
                    withoutEffect.append(name)
                } else {
                    let message = "The '\(worker.overridePolicy.rawValue)' policy does not allow '\(property)' to be "
                        + "overridden in the connector configuration."
                    let error = ConfigError(name: name, value: value, message: message)
                    errors.append(Self.isSecret(property, options[property]?.key) ? error.withoutValue : error)
                }
            }
            let (settings, found) = worker.taskClient(
                role, of: name ?? connector["name"] ?? "", overrides: allowed)
            let isConfigured = !allowed.isEmpty || worker.clientProperties[role]?.isEmpty == false
            switch role {
            case .producer: producer = settings
            case .consumer: consumer = settings
            case .admin: admin = isConfigured ? settings : nil
            case .client: break
            }
            // The worker has reported those of its own properties, except for what a connector can settle.
            let unsettled = worker.overridePolicy == .none ? [] : found.securityErrors
            for error in found.errors
            where isChecked
                && (allowed[error.name] != nil || error.name.hasExactPrefix(prefix) || unsettled.contains(error)) {
                let property = error.name.dropping(prefix: prefix) ?? error.name
                errors.append(
                    ConfigError(
                        name: error.name, value: error.value,
                        message: "Invalid value \(error.value ?? "null") for configuration \(property): \(error.message)"))
            }
            // A sink without a dead letter queue has an admin client for requests that change its offsets.
            let isUnused = !isChecked && !(role == .admin && kind == .sink)
            withoutEffect +=
                isUnused
                ? Array(allowed.keys)
                : (found.withoutEffect + found.javaOnly + found.unknown).filter { allowed[$0] != nil }
            warnings += allowed.isEmpty ? [] : found.warnings
        }
        self.producer = producer
        self.consumer = consumer
        self.admin = admin
        self.errors = errors.sorted { $0.name < $1.name }
        self.withoutEffect = withoutEffect.sorted()
        self.warnings = warnings
    }

    /// The clients that Connect creates for a connector (`AbstractHerder.connectorUsesProducer` and others).
    private static func clients(
        of connector: [String: String], _ kind: ConnectorKind
    ) -> Set<KafkaClientProperties.Role> {
        switch kind {
        case .source: return TopicCreation.isConfigured(in: connector) ? [.producer, .admin] : [.producer]
        case .sink:
            let queue = JavaText.trimmedOrNil(DeadLetterQueueSettings(configuration: connector).topic)
            return queue == nil ? [.consumer] : [.consumer, .producer, .admin]
        }
    }

    private static func isAllowed(_ property: String, by worker: WorkerConfiguration) -> Bool {
        switch worker.overridePolicy {
        case .all: true
        case .none: false
        case .principal: principal.contains(property)
        case .allowlist: worker.overridable.contains(property)
        }
    }

    /// Whether the value must not be shown: a declared secret, or a property that no client has and that is named like
    /// one.
    private static func isSecret(_ property: String, _ key: ConfigKey?) -> Bool {
        guard let key else { return property.hasSuffix("password") || property.hasSuffix("secret") }
        return key.type == .password
    }
}
