/// A directory of a broker's log.
public struct LogDirectory: Sendable, Equatable {
    /// A replica in the directory.
    public struct Replica: Sendable, Equatable {
        /// The partition.
        public var partition: TopicPartition
        /// The size of its segments.
        public var sizeBytes: Int64
        /// How far its end is behind the high watermark, or a replica that is moving behind the present one.
        public var offsetLag: Int64
        /// Whether it is moving here, and will replace the replica in another directory.
        public var isFuture: Bool
    }

    /// The directory's path at the broker.
    public var path: String
    /// The error that makes the directory unusable; nil if it is usable.
    public var error: KafkaErrorCode?
    /// The size of the directory's volume; nil if the broker does not report it (before 3.3).
    public var totalBytes: Int64?
    /// The space that is left; nil if the broker does not report it (before 3.3).
    public var usableBytes: Int64?
    /// Whether no new replicas are placed in the directory.
    public var isCordoned: Bool
    /// The replicas of the partitions that were requested.
    public var replicas: [Replica]
}

/// A move of a replica to another directory of its broker.
public struct ReplicaMove: Sendable, Equatable {
    /// The partition.
    public var partition: TopicPartition
    /// The broker.
    public var brokerID: Int32
    /// The path of the directory.
    public var path: String

    /// A move of a replica.
    public init(_ partition: TopicPartition, brokerID: Int32, path: String) {
        self.partition = partition
        self.brokerID = brokerID
        self.path = path
    }
}
