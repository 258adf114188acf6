import KafkaProtocol

/// Offsets that a group's coordinator commits together with a transaction.
struct TransactionOffsets: Equatable, Sendable {
    let group: ConsumerGroupMetadata
    let offsets: [TopicPartition: OffsetAndMetadata]
}
