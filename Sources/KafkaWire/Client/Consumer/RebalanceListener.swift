import KafkaProtocol

/// Is called when the group changes the partitions of a consumer (`ConsumerRebalanceListener`): see
/// `KafkaConsumer.subscribe`.
///
/// The calls are made while the program waits in `poll`, on its thread, or while a task waits for the next record of a
/// sequence, on a thread of the consumer. They may use the consumer, except to poll.
public protocol RebalanceListener: Sendable {
    /// The partitions will belong to other members. Their offsets can be committed; with automatic commits they were.
    func partitionsRevoked(_ partitions: [TopicPartition], of consumer: KafkaConsumer)

    /// The partitions are assigned. Their positions can be set.
    func partitionsAssigned(_ partitions: [TopicPartition], to consumer: KafkaConsumer)

    /// The partitions may already belong to other members, because the consumer was removed from the group. Their
    /// offsets cannot be committed.
    func partitionsLost(_ partitions: [TopicPartition], of consumer: KafkaConsumer)
}

extension RebalanceListener {
    public func partitionsRevoked(_ partitions: [TopicPartition], of consumer: KafkaConsumer) {}
    public func partitionsAssigned(_ partitions: [TopicPartition], to consumer: KafkaConsumer) {}
    /// Calls `partitionsRevoked`, as in Kafka.
    public func partitionsLost(_ partitions: [TopicPartition], of consumer: KafkaConsumer) {
        partitionsRevoked(partitions, of: consumer)
    }
}

/// A change of a consumer's partitions by its group, with the partitions in their order: see
/// `KafkaConsumer.poll(timeoutMilliseconds:rebalanced:)` and `RebalanceListener`.
public enum RebalanceChange: Sendable, Hashable {
    /// The partitions are assigned. Their positions can be set.
    case assigned([TopicPartition])
    /// The partitions will belong to other members. Their offsets can be committed.
    case revoked([TopicPartition])
    /// The partitions may already belong to other members. Their offsets cannot be committed.
    case lost([TopicPartition])
}
