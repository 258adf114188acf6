import KafkaProtocol

/// Partitions of topics, by the topics' ids.
struct PartitionSets: Equatable, Sendable {
    private(set) var byTopic: [KafkaUUID: Set<Int32>] = [:]

    init() {}

    init(_ byTopic: [KafkaUUID: Set<Int32>]) { self.byTopic = byTopic.filter { !$0.value.isEmpty } }

    var isEmpty: Bool { byTopic.isEmpty }
    var count: Int { byTopic.values.reduce(0) { $0 + $1.count } }

    func contains(_ topicID: KafkaUUID, _ partition: Int32) -> Bool { byTopic[topicID]?.contains(partition) == true }

    mutating func insert(_ topicID: KafkaUUID, _ partition: Int32) {
        byTopic[topicID, default: []].insert(partition)
    }

    mutating func remove(_ topicID: KafkaUUID, _ partition: Int32) {
        byTopic[topicID]?.remove(partition)
        if byTopic[topicID]?.isEmpty == true { byTopic[topicID] = nil }
    }

    func intersection(_ other: PartitionSets) -> PartitionSets {
        filter { other.contains($0, $1) }
    }

    func subtracting(_ other: PartitionSets) -> PartitionSets {
        filter { !other.contains($0, $1) }
    }

    func union(_ other: PartitionSets) -> PartitionSets {
        PartitionSets(byTopic.merging(other.byTopic) { $0.union($1) })
    }

    func isSubset(of other: PartitionSets) -> Bool { subtracting(other).isEmpty }
    func intersects(_ other: PartitionSets) -> Bool { !intersection(other).isEmpty }

    func filter(_ isIncluded: (KafkaUUID, Int32) -> Bool) -> PartitionSets {
        PartitionSets(
            Dictionary(
                uniqueKeysWithValues: byTopic.map { topicID, partitions in
                    (topicID, partitions.filter { isIncluded(topicID, $0) })
                }))
    }

    /// Sorted, for requests and files.
    var sorted: [(topicID: KafkaUUID, partitions: [Int32])] {
        byTopic.sorted { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }.map { ($0.key, $0.value.sorted()) }
    }
}
