/// A configuration of a resource.
public struct ConfigEntry: Sendable, Equatable {
    /// A value for the same configuration from another source, or of another name that is used as the default.
    public struct Synonym: Sendable, Equatable {
        /// The configuration's name, for example `log.retention.ms`.
        public var name: String
        /// nil if the broker hides it.
        public var value: String?
        /// Where it is set.
        public var source: Source
    }

    /// The configuration's name, for example `cleanup.policy`.
    public var name: String
    /// nil if it has none, or if the broker hides it.
    public var value: String?
    /// Where it is set.
    public var source: Source
    /// Whether it can be changed only in the broker's properties file.
    public var isReadOnly = false
    /// Whether it is a secret, whose value the broker hides.
    public var isSensitive = false
    /// All its values, the one in effect first; empty unless they were requested.
    public var synonyms: [Synonym] = []
    /// The type of its value; `.unknown` if the broker does not report it (before 2.6).
    public var type = ValueType.unknown
    /// What it does; nil unless it was requested (Kafka 2.6).
    public var documentation: String?
    /// Whether nobody has set it.
    public var isDefault: Bool { source == .default }
}

extension ConfigEntry {
    /// Where a configuration is set.
    @nonexhaustive
    public enum Source: Int8, Sendable {
        /// A source that this version does not know.
        case unknown = 0
        /// For the topic.
        case topic = 1
        /// For the broker, while it runs.
        case broker = 2
        /// For all brokers, while they run.
        case defaultBroker = 3
        /// In the broker's properties file.
        case staticBroker = 4
        /// Kafka's default.
        case `default` = 5
        /// For the broker's logger.
        case brokerLogger = 6
        /// For a subscription of client metrics.
        case clientMetrics = 7
        /// For the group.
        case group = 8
    }

    /// The type of a configuration's value.
    @nonexhaustive
    public enum ValueType: Int8, Sendable {
        /// A type that this version does not know, or that the broker does not report.
        case unknown = 0
        case boolean = 1, string, int, short, long, double, list, `class`, password
    }
}
