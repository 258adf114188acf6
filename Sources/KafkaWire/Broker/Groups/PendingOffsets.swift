import KafkaProtocol

/// The offsets that were sent within open transactions, which become valid when these are committed.
struct PendingOffsets: Equatable, Sendable {
    private struct Key: Hashable, Sendable {
        var groupID: String
        var topic: String
        var partition: Int32
    }

    private var byProducer: [Int64: [Key: CommittedOffset]] = [:]

    mutating func add(
        _ committed: CommittedOffset, _ groupID: String, _ topic: String, _ partition: Int32, by producerID: Int64
    ) {
        byProducer[producerID, default: [:]][Key(groupID: groupID, topic: topic, partition: partition)] = committed
    }

    /// Whether a transaction is open that will set this offset if it is committed.
    func contains(_ groupID: String, _ topic: String, _ partition: Int32) -> Bool {
        let key = Key(groupID: groupID, topic: topic, partition: partition)
        return byProducer.values.contains { $0[key] != nil }
    }

    func hasProducer(_ producerID: Int64) -> Bool { byProducer[producerID] != nil }

    func contains(groupID: String) -> Bool { byProducer.values.contains { $0.keys.contains { $0.groupID == groupID } } }

    /// Ends a producer's transaction.
    mutating func end(_ producerID: Int64, isCommit: Bool, _ offsets: inout GroupOffsets) {
        let ended = byProducer.removeValue(forKey: producerID) ?? [:]
        guard isCommit else { return }
        for (key, committed) in ended { offsets[key.groupID, key.topic, key.partition] = committed }
    }

    mutating func removeGroup(_ groupID: String) {
        byProducer = byProducer.compactMapValues { offsets in
            let kept = offsets.filter { $0.key.groupID != groupID }
            return kept.isEmpty ? nil : kept
        }
    }

    var entries: [GroupJournalEntry] {
        byProducer.flatMap { producerID, offsets in
            offsets.map { key, committed in
                .pendingOffset(
                    producerID: producerID, groupID: key.groupID, topic: key.topic, partition: key.partition, committed)
            }
        }
    }
}
