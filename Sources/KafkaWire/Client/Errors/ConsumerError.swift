/// An error of a consumer's position or membership: see `KafkaError.consumer`. New cases may be added.
@nonexhaustive
public enum ConsumerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The group has no committed offset for the partition, and the reset policy is `none`
    /// (`NoOffsetForPartitionException`).
    case noCommittedOffset(TopicPartition)
    /// The position is not an offset of the partition, and the reset policy is `none`
    /// (`OffsetOutOfRangeException`).
    case offsetOutOfRange(TopicPartition, offset: Int64)
    /// The partition has lost records that were read, by the election of a leader that did not have them, and the reset
    /// policy is `none` (`LogTruncationException`, KIP-320). What was read up to `divergingOffset` is still there; nil
    /// if the broker does not know.
    case logTruncation(TopicPartition, offset: Int64, divergingOffset: Int64?)
    /// The topic was deleted and created again: the position is one of the former topic, and the reset policy is
    /// `none`.
    case topicRecreated(TopicPartition, offset: Int64)
    /// The offsets were not committed, because the member is not in the group's current generation: its partitions may
    /// belong to another member (`CommitFailedException`).
    case commitFailed(reason: String)
    /// The group is rebalancing; the offsets can be committed when the next `poll` has completed the rebalance
    /// (`RebalanceInProgressException`).
    case rebalanceInProgress
    /// Another member has the same group instance id (`FencedInstanceIdException`).
    case fencedInstanceID(String)
    /// `wakeup()` was called (`WakeupException`).
    case woken
    /// The call needs something that the consumer does not have: a group id, a subscription, the partition in its
    /// assignment.
    case invalidState(String)

    public var description: String {
        switch self {
        case .noCommittedOffset(let partition):
            "the group has no committed offset for \(partition) and auto.offset.reset is none"
        case .offsetOutOfRange(let partition, let offset):
            "\(partition) has no offset \(offset) and auto.offset.reset is none"
        case .logTruncation(let partition, let offset, let divergingOffset):
            "\(partition) was truncated: records before the position \(offset) have been lost"
                + (divergingOffset.map { ", those from offset \($0) on" } ?? "")
        case .topicRecreated(let partition, let offset):
            "the topic of \(partition) was deleted and created again since the position \(offset) was reached, and "
                + "auto.offset.reset is none"
        case .commitFailed(let reason): "the offsets were not committed: \(reason)"
        case .rebalanceInProgress: "the group is rebalancing: commit again after the next poll"
        case .fencedInstanceID(let id): "another member of the group has the instance id \(id)"
        case .woken: "the consumer was woken"
        case .invalidState(let reason): reason
        }
    }

    /// The partition whose position is lost or missing; nil for other errors.
    var partition: TopicPartition? {
        switch self {
        case .noCommittedOffset(let partition), .offsetOutOfRange(let partition, _),
            .logTruncation(let partition, _, _), .topicRecreated(let partition, _):
            partition
        case .commitFailed, .rebalanceInProgress, .fencedInstanceID, .woken, .invalidState: nil
        }
    }

    /// Whether the call may be repeated.
    public var isRetriable: Bool {
        switch self {
        case .rebalanceInProgress, .woken: true
        case .noCommittedOffset, .offsetOutOfRange, .logTruncation, .topicRecreated, .commitFailed,
            .fencedInstanceID, .invalidState:
            false
        }
    }
}
