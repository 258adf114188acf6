import WireCore

/// The generation of Debezium that a connector configuration selects.
///
/// A configuration written for Debezium 1.9 (`database.server.name`, `database.history.*`) gets 1.9's messages and
/// defaults; one written for 2.x and 3.x (`topic.prefix`, `schema.history.internal.*`) gets 3.6's.
package enum DebeziumGeneration: String, Sendable, Hashable, CaseIterable {
    case v19 = "1.9"
    case v36 = "3.6"

    /// Overrides the generation that the names of the properties imply: `1.9` or `3.6`.
    package static let overrideProperty = "cdcd.debezium.profile"

    /// Selects by the names that a configuration uses. `topic.prefix` takes precedence over all names of 1.9; the
    /// default is 3.6. An override other than `1.9` or `3.6` is ignored here; validation refuses it.
    package init(configuration: [String: String]) {
        if let override = configuration[Self.overrideProperty],
            let generation = Self(rawValue: JavaText.trim(override)) {
            self = generation
        } else if configuration["topic.prefix"] != nil {
            self = .v36
        } else if configuration["database.server.name"] != nil
            || configuration.keys.contains(where: { $0 == "database.history" || $0.hasExactPrefix("database.history.") }) {
            self = .v19
        } else {
            self = .v36
        }
    }

    /// Whether the connector's workers were those of Kafka 2, so that options of Kafka's own plugins which Kafka 4 has
    /// removed are still read.
    package var readsOptionsOfKafka2: Bool { self == .v19 }

    /// The version that `source.version` and the plugin list show.
    package var version: String {
        switch self {
        case .v19: "1.9.5.Final"
        case .v36: "3.6.1.Final"
        }
    }
}
