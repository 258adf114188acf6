/// Partitions to be added to a topic.
public struct NewPartitions: Sendable, Equatable {
    /// The topic's name.
    public var topic: String
    /// The number of partitions that the topic has afterwards.
    public var totalCount: Int32
    /// The brokers of each new partition, the preferred leader first; empty: the controller chooses them.
    public var replicaAssignment: [[Int32]]

    /// Partitions on brokers that the controller chooses, unless they are given.
    public init(topic: String, totalCount: Int32, replicaAssignment: [[Int32]] = []) {
        self.topic = topic
        self.totalCount = totalCount
        self.replicaAssignment = replicaAssignment
    }
}

/// A move of a partition to other brokers.
public struct PartitionReassignment: Sendable, Equatable {
    /// The partition.
    public var partition: TopicPartition
    /// The brokers that it shall have, the preferred leader first; nil cancels the move that is going on.
    public var replicas: [Int32]?

    /// A move, or the end of one.
    public init(_ partition: TopicPartition, replicas: [Int32]?) {
        self.partition = partition
        self.replicas = replicas
    }
}

/// A partition that is moving.
public struct OngoingReassignment: Sendable, Equatable {
    /// The partition.
    public var partition: TopicPartition
    /// Its brokers, with those that are being added and removed.
    public var replicas: [Int32]
    /// The brokers that are being added.
    public var addingReplicas: [Int32]
    /// The brokers that are being removed.
    public var removingReplicas: [Int32]
}

/// Which replica becomes the leader of a partition.
public enum ElectionType: Int8, Sendable {
    /// The first one of the partition's replicas, if it is in sync.
    case preferred = 0
    /// One that is not in sync, if no replica in sync is available: records may be lost.
    case unclean = 1
}
