import ConnectData

/// Changed offsets that a connector has accepted.
struct OffsetCheck: Equatable, Sendable {
    /// The partitions to write; nil as the offset removes it.
    var offsets: [PartitionOffset]
    /// Whether the connector has no offsets elsewhere.
    var isComplete: Bool
}
