/// A topic to be created.
public struct NewTopic: Sendable, Equatable {
    /// The topic's name.
    public var name: String
    /// -1: the broker's default.
    public var partitions: Int32
    /// -1: the broker's default.
    public var replicationFactor: Int16
    /// The brokers of each partition, in the order of the partitions, the preferred leader first; empty: the controller
    /// chooses them. With an assignment, `partitions` and `replicationFactor` are not used.
    public var replicaAssignment: [[Int32]]
    /// Topic configurations such as `cleanup.policy`; the broker's defaults apply to all others.
    public var configuration: [(name: String, value: String)]

    /// A topic with the broker's defaults for omitted arguments.
    public init(
        name: String, partitions: Int32 = -1, replicationFactor: Int16 = -1, replicaAssignment: [[Int32]] = [],
        configuration: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.replicaAssignment = replicaAssignment
        self.configuration = configuration
    }

    /// Compares all members, the configuration in its order.
    public static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.partitions == b.partitions && a.replicationFactor == b.replicationFactor
            && a.replicaAssignment == b.replicaAssignment && a.configuration.elementsEqual(b.configuration, by: ==)
    }
}
