import ConnectData
import WireCore

/// The properties with which a connector overrides those of its Kafka clients: `producer.override.*`,
/// `consumer.override.*`, `admin.override.*` (KIP-458).
package struct ClientOverride {
    /// The settings of the connector's producers: the worker's, with `producer.override.*` over them.
    package let producer: KafkaClientSettings
    /// Ordered by name.
    let errors: [ConfigError]
    /// The names of those that are accepted and change nothing, ordered.
    let withoutEffect: [String]
    /// The problems of those.
    let warnings: [String]

    private static let roles: [KafkaClientProperties.Role] = [.producer, .admin, .consumer]
    private static let principal: Set = ["sasl.jaas.config", "sasl.mechanism", "security.protocol"]

    /// The properties that have the type PASSWORD in Java, besides those whose names end in "password" or "secret".
    private static let secrets: Set = [
        "sasl.jaas.config", "ssl.keystore.certificate.chain", "ssl.keystore.key", "ssl.truststore.certificates",
    ]

    /// A value as errors show it.
    private static func shown(_ value: String, of property: String) -> String {
        let isSecret = secrets.contains(property) || property.hasSuffix("password") || property.hasSuffix("secret")
        return isSecret ? "[hidden]" : value
    }

    package init(connector: [String: String], worker: WorkerConfiguration) {
        var producer = worker.producer
        var errors: [ConfigError] = []
        var (withoutEffect, warnings): ([String], [String]) = ([], [])
        let policy = worker.overridePolicy
        for role in Self.roles {
            let prefix = "\(role.rawValue).override."
            var allowed: [String: String] = [:]
            for (name, value) in connector {
                guard let property = name.dropping(prefix: prefix), !property.isEmpty else { continue }
                if policy == .none || (policy == .principal && !Self.principal.contains(property)) {
                    let message = "The '\(policy.rawValue)' policy does not allow '\(property)' to be overridden in the "
                        + "connector configuration."
                    errors.append(ConfigError(name: name, value: Self.shown(value, of: property), message: message))
                } else {
                    allowed[name] = value
                }
            }
            let found = KafkaClientProperties.of(role).read(allowed, prefix: prefix, into: &producer)
            errors += found.errors.map { error in
                let property = error.name.dropping(prefix: prefix) ?? error.name
                let value = connector[error.name].map { Self.shown($0, of: property) }
                return ConfigError(
                    name: error.name, value: value,
                    message: "Invalid value \(value ?? "null") for configuration \(property): \(error.message)")
            }
            withoutEffect += found.withoutEffect + found.javaOnly + found.unknown
            warnings += found.warnings
        }
        self.producer = producer
        self.errors = errors.sorted { $0.name < $1.name }
        self.withoutEffect = withoutEffect.sorted()
        self.warnings = warnings
    }
}
