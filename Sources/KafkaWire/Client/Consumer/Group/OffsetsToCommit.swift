import KafkaProtocol

/// Offsets of a commit, with the ids that their topics had when the offsets were reached: a topic that was deleted and
/// created again since then has another id, and its offsets must not be those of the former one.
struct OffsetsToCommit: Sendable {
    var offsets: [TopicPartition: OffsetAndMetadata]
    /// As far as they are known.
    var topicIDs: [String: KafkaUUID]
}
