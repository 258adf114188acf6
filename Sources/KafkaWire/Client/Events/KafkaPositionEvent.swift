import KafkaProtocol

/// The position of a consumer in a partition is not valid any more, so that it continues at another one.
public struct KafkaPositionEvent: Equatable, Sendable, CustomStringConvertible {
    /// Why the position is not valid.
    @nonexhaustive
    public enum Cause: Equatable, Sendable {
        /// The partition has no such offset: records were deleted before they were read, for example.
        case outOfRange
        /// The partition's leader does not have records that were read: one without them was elected (KIP-320).
        case logTruncated
        /// The topic was deleted and created again.
        case topicRecreated
    }

    /// The topic's name.
    public var topic: String
    /// The partition of the topic.
    public var partition: Int32
    /// Why the position is not valid.
    public var cause: Cause
    /// The former position: the offset after the last record that the program has received.
    public var formerOffset: Int64
    /// The position from now on; nil if the reset policy determines it.
    public var offset: Int64?

    public var description: String {
        let reason =
            switch cause {
            case .outOfRange: "the partition has no such offset"
            case .logTruncated: "its leader does not have the records before it"
            case .topicRecreated: "the topic was deleted and created again"
            }
        let next = offset.map { "continues at \($0)" } ?? "continues by auto.offset.reset"
        return "the position \(formerOffset) of \(topic)-\(partition) is not valid any more: \(reason); reading \(next)"
    }

    init(_ partition: TopicPartition, _ cause: Cause, _ formerOffset: Int64, next offset: Int64?) {
        (topic, self.partition, self.cause) = (partition.topic, partition.partition, cause)
        (self.formerOffset, self.offset) = (formerOffset, offset)
    }
}
