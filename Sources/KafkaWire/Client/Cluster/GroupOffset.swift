/// The offset that a group has committed for a partition, or the error of the partition.
public struct GroupOffset: Sendable {
    /// The partition.
    public var partition: TopicPartition
    /// nil if the group has committed none.
    public var offset: Result<OffsetAndMetadata?, KafkaError>
}
