import KafkaProtocol

/// What one broker can be asked about its partitions.
struct FetchWork {
    private var targets: [TopicPartition: FetchJob.ListedTarget] = [:]
    private var positions: [TopicPartition: FetchJob.ValidatedPosition] = [:]
    private(set) var fetches: [TopicPartition: FetchSession.Partition] = [:]

    mutating func add(_ partition: TopicPartition, _ state: PartitionState, bytesMax: Int) {
        switch state.phase {
        case .committed, .halted: break
        case .reset(let target):
            targets[partition] = FetchJob.ListedTarget(target: target, leaderEpoch: state.leaderEpoch)
        case .validation:
            positions[partition] = FetchJob.ValidatedPosition(
                epoch: state.position?.epoch ?? -1, leaderEpoch: state.leaderEpoch, seekCount: state.seekCount)
        case .fetching:
            guard let position = state.position else { break }
            fetches[partition] = FetchSession.Partition(
                topicID: state.topicID, offset: position.offset, leaderEpoch: state.leaderEpoch,
                lastFetchedEpoch: position.epoch, bytesMax: Int32(clamping: bytesMax))
        }
    }

    /// Lists offsets, or else validates positions; nil if there is neither.
    func positions(from broker: Int32) -> FetchJob? {
        if !targets.isEmpty { return .list(broker: broker, targets) }
        return positions.isEmpty ? nil : .validate(broker: broker, positions)
    }

    /// The partitions of that job.
    var askedPartitions: [TopicPartition] { targets.isEmpty ? Array(positions.keys) : Array(targets.keys) }
}
