/// Something that has configurations.
public struct ConfigResource: Sendable, Hashable, CustomStringConvertible {
    /// The kinds of resources.
    @nonexhaustive
    public enum Kind: Int8, Sendable {
        /// A kind that this version does not know.
        case unknown = 0
        case topic = 2
        case broker = 4
        /// The levels of a broker's loggers.
        case brokerLogger = 8
        case clientMetrics = 16
        case group = 32
    }

    /// The kind of resource.
    public var kind: Kind
    /// The topic, group, or broker id; empty for the defaults of all brokers.
    public var name: String

    /// A resource of any kind.
    public init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// A topic.
    public static func topic(_ name: String) -> ConfigResource { ConfigResource(.topic, name) }
    /// A broker; nil for the defaults of all brokers.
    public static func broker(_ id: Int32?) -> ConfigResource { ConfigResource(.broker, id.map { "\($0)" } ?? "") }
    /// The loggers of a broker.
    public static func brokerLogger(_ id: Int32) -> ConfigResource { ConfigResource(.brokerLogger, "\(id)") }
    /// A group (Kafka 4.0).
    public static func group(_ name: String) -> ConfigResource { ConfigResource(.group, name) }

    /// For example `topic orders`.
    public var description: String { "\(kind) \(name)" }

    /// Only the broker itself knows its own configurations.
    var target: AdminTarget {
        guard kind == .broker || kind == .brokerLogger, let id = Int32(name) else { return .anyBroker }
        return .broker(id)
    }
}
