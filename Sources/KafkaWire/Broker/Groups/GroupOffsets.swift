import KafkaProtocol

/// The offsets that groups have committed.
struct GroupOffsets: Equatable, Sendable {
    private(set) var byGroup: [String: [String: [Int32: CommittedOffset]]] = [:]

    subscript(groupID: String, topic: String, partition: Int32) -> CommittedOffset? {
        get { byGroup[groupID]?[topic]?[partition] }
        set {
            byGroup[groupID, default: [:]][topic, default: [:]][partition] = newValue
            if byGroup[groupID]?[topic]?.isEmpty == true { byGroup[groupID]?[topic] = nil }
            if byGroup[groupID]?.isEmpty == true { byGroup[groupID] = nil }
        }
    }

    func topics(of groupID: String) -> [String: [Int32: CommittedOffset]] { byGroup[groupID] ?? [:] }

    mutating func removeGroup(_ groupID: String) { byGroup[groupID] = nil }

    /// Removes all offsets of a deleted topic. Returns the journal entries that record this.
    mutating func removeTopic(_ topic: String) -> [GroupJournalEntry] {
        var entries: [GroupJournalEntry] = []
        for (groupID, topics) in byGroup {
            for partition in (topics[topic] ?? [:]).keys {
                self[groupID, topic, partition] = nil
                entries.append(.offsetRemoved(groupID: groupID, topic: topic, partition: partition))
            }
        }
        return entries
    }

    /// All offsets as journal entries.
    var entries: [GroupJournalEntry] {
        byGroup.flatMap { groupID, topics in
            topics.flatMap { topic, partitions in
                partitions.map { .offset(groupID: groupID, topic: topic, partition: $0.key, $0.value) }
            }
        }
    }
}
