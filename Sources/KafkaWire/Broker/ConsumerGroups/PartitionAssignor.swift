import KafkaProtocol

/// Assigns the partitions of subscribed topics to the members of a consumer group (KIP-848).
enum PartitionAssignor: String, CaseIterable, Sendable {
    /// An equal number of partitions for each member, as far as subscriptions allow; keeps as many as possible with
    /// their members.
    case uniform
    /// The partitions of each topic in ranges, one for each subscribed member.
    case range

    struct Member: Sendable {
        var id: String
        var topics: Set<KafkaUUID>
        /// What it has been assigned before.
        var current: PartitionSets
    }

    /// - Parameter partitionCounts: of all subscribed topics.
    func assign(_ members: [Member], _ partitionCounts: [KafkaUUID: Int32]) -> [String: PartitionSets] {
        switch self {
        case .uniform: Self.assignUniformly(members, partitionCounts)
        case .range: Self.assignRanges(members, partitionCounts)
        }
    }

    private static func assignRanges(
        _ members: [Member], _ partitionCounts: [KafkaUUID: Int32]
    ) -> [String: PartitionSets] {
        var result = Dictionary(uniqueKeysWithValues: members.map { ($0.id, PartitionSets()) })
        for (topicID, count) in partitionCounts {
            let subscribed = members.filter { $0.topics.contains(topicID) }.sorted { $0.id < $1.id }
            guard !subscribed.isEmpty else { continue }
            let (quotient, remainder) = (Int(count) / subscribed.count, Int(count) % subscribed.count)
            var next: Int32 = 0
            for (index, member) in subscribed.enumerated() {
                let size = quotient + (index < remainder ? 1 : 0)
                for _ in 0..<size {
                    result[member.id]?.insert(topicID, next)
                    next += 1
                }
            }
        }
        return result
    }

    /// Keeps what each member has, up to its share, gives the rest to those with the fewest partitions, and moves
    /// partitions while that makes the numbers more equal.
    private static func assignUniformly(
        _ members: [Member], _ partitionCounts: [KafkaUUID: Int32]
    ) -> [String: PartitionSets] {
        let members = members.sorted { $0.id < $1.id }
        guard !members.isEmpty else { return [:] }
        let total = partitionCounts.values.reduce(0) { $0 + Int($1) }
        let hasEqualSubscriptions = members.allSatisfy { $0.topics == members[0].topics }
        var result = [PartitionSets](repeating: PartitionSets(), count: members.count)
        var counts = [Int](repeating: 0, count: members.count)
        var assigned = PartitionSets()
        // With equal subscriptions nobody has more than the share, rounded up, and only as many have that as must.
        let (share, remainder) = (total / members.count, total % members.count)
        var extraCount = remainder
        for (index, member) in members.enumerated() {
            var limit = Int.max
            let kept = member.current.sorted.filter { member.topics.contains($0.topicID) }
            let keptCount = kept.reduce(0) { $0 + $1.partitions.count }
            if hasEqualSubscriptions {
                limit = share
                if keptCount > share, extraCount > 0 {
                    limit += 1
                    extraCount -= 1
                }
            }
            for (topicID, partitions) in kept {
                for partition in partitions where counts[index] < limit && partition < partitionCounts[topicID] ?? 0 {
                    if assigned.contains(topicID, partition) { continue }
                    assigned.insert(topicID, partition)
                    result[index].insert(topicID, partition)
                    counts[index] += 1
                }
            }
        }
        for (topicID, count) in partitionCounts.sorted(by: { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }) {
            let subscribed = members.indices.filter { members[$0].topics.contains(topicID) }
            for partition in 0..<max(0, count) where !assigned.contains(topicID, partition) {
                guard let index = subscribed.min(by: { (counts[$0], $0) < (counts[$1], $1) }) else { break }
                result[index].insert(topicID, partition)
                counts[index] += 1
            }
        }
        if !hasEqualSubscriptions { balance(members, &result, &counts) }
        return Dictionary(uniqueKeysWithValues: zip(members.map(\.id), result))
    }

    private static func balance(_ members: [Member], _ result: inout [PartitionSets], _ counts: inout [Int]) {
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for from in members.indices.sorted(by: { counts[$0] > counts[$1] }) {
                let candidates = members.indices.filter { counts[$0] + 1 < counts[from] }
                for target in candidates.sorted(by: { counts[$0] < counts[$1] }) {
                    guard counts[target] + 1 < counts[from] else { continue }
                    let movable = result[from].sorted.first { members[target].topics.contains($0.topicID) }
                    guard let movable, let partition = movable.partitions.first else { continue }
                    result[from].remove(movable.topicID, partition)
                    result[target].insert(movable.topicID, partition)
                    counts[from] -= 1
                    counts[target] += 1
                    hasMoved = true
                }
            }
        }
    }
}
