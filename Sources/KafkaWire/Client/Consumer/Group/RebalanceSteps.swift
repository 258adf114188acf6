import KafkaProtocol

/// The partitions that a program has, and the changes of them that it has yet to handle, one after the other.
struct RebalanceSteps: Equatable, Sendable {
    /// What the program has.
    private(set) var owned: Set<TopicPartition> = []
    /// The ids of its topics, as far as they are known.
    private(set) var topicIDs: [String: KafkaUUID] = [:]
    private var pending: [RebalanceStep] = []
    /// The step that the program handles.
    private var current: RebalanceStep?

    /// What the program has or is about to get, by topic id. Nobody else may have these partitions yet.
    var heldByID: [KafkaUUID: Set<Int32>] {
        var (held, ids) = (owned, topicIDs)
        for step in [current].compactMap({ $0 }) + pending where step.kind == .assigned {
            held.formUnion(step.partitions)
            ids.merge(step.topicIDs) { $1 }
        }
        var partitions: [KafkaUUID: Set<Int32>] = [:]
        for partition in held {
            if let id = ids[partition.topic] { partitions[id, default: []].insert(partition.partition) }
        }
        return partitions
    }

    var isHandling: Bool { current != nil }
    var isEmpty: Bool { pending.isEmpty }

    mutating func append(
        _ kind: RebalanceStep.Kind, _ partitions: Set<TopicPartition>, topicIDs: [String: KafkaUUID] = [:]
    ) {
        pending.append(RebalanceStep(kind: kind, partitions: partitions, topicIDs: topicIDs))
    }

    /// The next step for the program; nil if there is none, or while it handles one.
    mutating func next() -> RebalanceStep? {
        guard current == nil, !pending.isEmpty else { return nil }
        current = pending.removeFirst()
        return current
    }

    /// The program has handled its step.
    mutating func finish() {
        guard let step = current else { return }
        current = nil
        switch step.kind {
        case .assigned:
            owned.formUnion(step.partitions)
            topicIDs.merge(step.topicIDs) { $1 }
        case .revoked, .lost:
            owned.subtract(step.partitions)
            let topics = Set(owned.map(\.topic))
            topicIDs = topicIDs.filter { topics.contains($0.key) }
        }
    }

    /// Drops the steps that the program has not begun to handle.
    mutating func removePending() { pending = [] }
}
