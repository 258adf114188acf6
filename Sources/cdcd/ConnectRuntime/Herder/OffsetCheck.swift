import ConnectData

/// Changed offsets that a connector has accepted.
struct OffsetCheck: Equatable, Sendable {
    enum Changes: Equatable, Sendable {
        /// Of the offsets topic; nil as the offset removes it.
        case source([PartitionOffset])
        /// Of the connector's consumer group; nil removes the partition's offset.
        case sink([TopicPartition: Int64?])
        /// The consumer group is deleted.
        case sinkReset
    }

    var changes: Changes
    /// Whether the connector has no offsets elsewhere.
    var isComplete: Bool
}
