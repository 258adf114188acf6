import ConnectData

/// Every decision of the connector that depends on the generation of Debezium, by name.
///
/// No other place in the connector asks for a version; it asks for one of these properties.
public struct DebeziumProfile: Sendable, Hashable {
    public let generation: DebeziumGeneration

    public static let v19 = DebeziumProfile(generation: .v19)
    public static let v36 = DebeziumProfile(generation: .v36)

    public init(generation: DebeziumGeneration) { self.generation = generation }

    public init(configuration: [String: String]) {
        self.init(generation: DebeziumGeneration(configuration: configuration))
    }

    private var isModern: Bool { generation == .v36 }

    /// `source.version`.
    public var version: String { generation.version }
}
