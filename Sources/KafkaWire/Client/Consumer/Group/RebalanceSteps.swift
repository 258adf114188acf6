import KafkaProtocol

/// The partitions that a program has, and the changes of them that it has yet to handle, one after the other.
struct RebalanceSteps: Equatable, Sendable {
    /// What the program has.
    private(set) var owned: Set<TopicPartition> = []
    private var pending: [RebalanceStep] = []
    /// The step that the program handles.
    private var current: RebalanceStep?

    var isHandling: Bool { current != nil }
    var isEmpty: Bool { pending.isEmpty }

    mutating func append(_ kind: RebalanceStep.Kind, _ partitions: Set<TopicPartition>) {
        pending.append(RebalanceStep(kind: kind, partitions: partitions))
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
        case .assigned: owned.formUnion(step.partitions)
        case .revoked, .lost: owned.subtract(step.partitions)
        }
    }

    /// Drops the steps that the program has not begun to handle.
    mutating func removePending() { pending = [] }
}
