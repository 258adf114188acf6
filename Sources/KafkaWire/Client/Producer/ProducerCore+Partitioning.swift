import KafkaProtocol
import WireCore

/// The partitions of records that name none.
extension ProducerCore {
    /// The partition that the configured partitioner selects, other than `.murmur2Sticky` with keys.
    ///
    /// - Precondition: the topic has several partitions.
    mutating func selectedPartition(of topic: TopicState, _ key: UnsafeRawBufferPointer?) -> Int {
        let count = topic.partitions.count
        let key = configuration.ignoresKeys ? nil : key
        switch configuration.partitioner {
        case .murmur2Sticky:
            guard let key else { return topic.stickyPartition % count }
            return Murmur2.partition(ofKey: key, count: count)
        case .uniformSticky: return topic.stickyPartition % count
        case .roundRobin:
            topic.stickyPartition = nextWithLeader(of: topic, from: topic.stickyPartition + 1)
            return topic.stickyPartition
        case .random: return randomPartition(count)
        case .consistent: return Int(CRC32.checksum(key ?? .empty)) % count
        case .consistentRandom:
            guard let key, !key.isEmpty else { return randomPartition(count) }
            return Int(CRC32.checksum(key)) % count
        case .murmur2: return Murmur2.partition(ofKey: key ?? .empty, count: count)
        case .murmur2Random: return key.map { Murmur2.partition(ofKey: $0, count: count) } ?? randomPartition(count)
        case .fnv1a: return FNV1a.partition(ofKey: key ?? .empty, count: count)
        case .fnv1aRandom: return key.map { FNV1a.partition(ofKey: $0, count: count) } ?? randomPartition(count)
        }
    }

    private mutating func randomPartition(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    private func nextWithLeader(of topic: TopicState, from first: Int) -> Int {
        let count = topic.partitions.count
        let next = (first..<first + count).first { topic.partitions[$0 % count].broker != nil }
        return (next ?? first) % count
    }

    /// A batch of a partition is sealed: if it is the one for records without a key, another one may be its successor.
    mutating func batchSealed(_ batchBytes: Int, of partition: Partition, isFull: Bool, now: MonotonicInstant?) {
        let topic = partition.topic
        guard configuration.partitioner != .roundRobin, topic.partitions.count > 1,
            topic.stickyPartition == Int(partition.index)
        else { return }
        topic.stickyBytes += batchBytes
        // The same amount for each partition (KIP-794): a batch that is sent early is not the end.
        guard isFull || topic.stickyBytes >= configuration.batchBytesMax else { return }
        topic.stickyBytes = 0
        topic.stickyPartition = nextSticky(of: topic, now)
    }

    /// A random partition: the fewer batches wait for it, the more probable, if the partitioner is adaptive (KIP-794).
    private mutating func nextSticky(of topic: TopicState, _ now: MonotonicInstant?) -> Int {
        let count = topic.partitions.count
        guard configuration.isPartitioningAdaptive else { return randomPartition(count) }
        let waiting = topic.partitions.map { isAvailable($0, now) ? $0.queue.waitingCount : nil }
        guard let most = waiting.compactMap({ $0 }).max() else { return randomPartition(count) }
        let weights = waiting.map { waiting in waiting.map { most + 1 - $0 } ?? 0 }
        var rest = Int.random(in: 0..<weights.reduce(0, +), using: &generator)
        for (index, weight) in weights.enumerated() {
            if rest < weight { return index }
            rest -= weight
        }
        return randomPartition(count)
    }

    /// Whether a partition has a leader that accepts batches in time (`partitioner.availability.timeout.ms`).
    private func isAvailable(_ partition: Partition, _ now: MonotonicInstant?) -> Bool {
        guard partition.broker != nil else { return false }
        let limit = configuration.partitionAvailabilityTimeoutMilliseconds
        guard limit > 0, let now, let oldest = partition.queue.firstWaiting?.openedAt else { return true }
        return now.milliseconds(since: oldest) <= limit + configuration.lingerMilliseconds
    }
}

extension UnsafeRawBufferPointer {
    fileprivate static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}
