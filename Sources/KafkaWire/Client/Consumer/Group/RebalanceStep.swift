import KafkaProtocol
import WireCore

/// A change of a member's partitions that the program must handle before the rebalance continues.
struct RebalanceStep: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// The partitions will belong to another member; offsets can still be committed.
        case revoked
        case assigned
        /// The partitions may belong to another member already.
        case lost
    }

    var kind: Kind
    var partitions: Set<TopicPartition>
    /// The ids of the topics of assigned partitions, as far as the coordinator has said them.
    var topicIDs: [String: KafkaUUID] = [:]
}

/// What a group machine asks for next.
enum GroupAction: Equatable, Sendable {
    /// Join or rejoin a classic group with these partitions of a generation.
    case join(owned: Set<TopicPartition>, generation: Int32)
    /// Send a heartbeat of the classic protocol.
    case heartbeat
    /// Send a heartbeat of the consumer protocol (KIP-848).
    case consumerHeartbeat(ConsumerHeartbeat)
    /// The program handles a change; then `stepped` is called.
    case step(RebalanceStep)
    /// Find the names of topics.
    case resolve(Set<KafkaUUID>)
    /// Leave the group.
    case leave
    /// Nothing to do before this time or another event; nil: before another event.
    case wait(until: MonotonicInstant?)
}
