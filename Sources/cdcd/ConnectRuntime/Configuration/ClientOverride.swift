import WireCore

/// A property with which a connector overrides one of the worker's Kafka clients: `producer.override.*`,
/// `consumer.override.*`, `admin.override.*` (KIP-458).
struct ClientOverride {
    /// As configured, with its prefix.
    let name: String
    /// Without its prefix.
    let property: String
    let value: String
    /// Nil where no Kafka client has such a property.
    let rule: WorkerPropertyRule?

    private static let prefixes: [(String, @Sendable (String) -> WorkerPropertyRule?)] = [
        ("producer.override.", { WorkerPropertyCatalog.producerRule(for: $0) }),
        ("admin.override.", { WorkerPropertyCatalog.clientRule(for: $0) }),
        // Consumers serve sink connectors, which do not run here; what every client knows is refused nevertheless.
        ("consumer.override.", { WorkerPropertyCatalog.clientRule(for: $0) ?? .withoutEffect }),
    ]

    /// All of a connector's configuration, ordered by name.
    static func all(in connector: [String: String]) -> [ClientOverride] {
        connector.sorted { $0.key < $1.key }.compactMap { name, value in
            for (prefix, rule) in prefixes {
                guard let property = name.dropping(prefix: prefix) else { continue }
                return ClientOverride(name: name, property: property, value: value, rule: rule(property))
            }
            return nil
        }
    }

    /// Those that are accepted and change nothing.
    static func withoutEffect(in connector: [String: String]) -> [String] {
        all(in: connector).filter { override in
            switch override.rule {
            case .withoutEffect, .javaOnly, nil: true
            case .honoured, .only: false
            }
        }.map(\.name)
    }
}
