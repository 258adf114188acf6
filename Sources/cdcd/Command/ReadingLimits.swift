import KafkaProtocol

/// Which records a command that reads partitions writes: up to an end in each, and a number in all. A machine.
struct ReadingLimits {
    enum Verdict: Equatable {
        case written
        /// The record is not before the end of its partition.
        case beyondEnd
        /// The number of records is reached.
        case enough
    }

    private struct Partition {
        /// The offset of the first record that is not written; nil: there is no end.
        var end: Int64?
        var isFinished = false
    }

    private var partitions: [TopicPartition: Partition] = [:]
    private var unfinishedCount = 0
    private(set) var left: Int
    /// The first record of a partition that is as late as this, in milliseconds since 1970, is its end.
    private let endTime: Int64?
    private var current: (partition: TopicPartition, end: Int64)?
    /// The partitions that were finished since the last call of `takeFinished`, with their ends.
    private var finished: [TopicPartition: Int64] = [:]

    init(countMax: Int = .max, endTime: Int64? = nil) {
        left = countMax
        self.endTime = endTime
    }

    /// Whether there is nothing more to write. Without partitions this is not known.
    var isFinished: Bool { left == 0 || !partitions.isEmpty && unfinishedCount == 0 }

    var isEmpty: Bool { partitions.isEmpty }

    /// The partitions that have an end that is not reached.
    var unfinished: [TopicPartition] { partitions.filter { !$0.value.isFinished && $0.value.end != nil }.map(\.key) }

    /// Adds a partition, or changes its end.
    mutating func add(_ partition: TopicPartition, end: Int64?) {
        if partitions[partition]?.isFinished != false { unfinishedCount += 1 }
        partitions[partition] = Partition(end: end)
        current = nil
    }

    mutating func remove(_ partition: TopicPartition) {
        if partitions.removeValue(forKey: partition)?.isFinished == false { unfinishedCount -= 1 }
        finished[partition] = nil
        current = nil
    }

    /// The position of a partition: it is finished if that is its end.
    mutating func reached(_ partition: TopicPartition, _ position: Int64) {
        guard let end = partitions[partition]?.end, position >= end else { return }
        finish(partition, at: end)
    }

    private mutating func finish(_ partition: TopicPartition, at end: Int64) {
        guard partitions[partition]?.isFinished == false else { return }
        partitions[partition] = Partition(end: end, isFinished: true)
        unfinishedCount -= 1
        finished[partition] = end
        current = nil
    }

    /// Counts a record that is to be written.
    mutating func admit(_ record: ConsumedRecord) -> Verdict {
        guard left > 0 else { return .enough }
        let end = end(of: record)
        if let endTime, record.timestampMilliseconds >= endTime {
            finish(TopicPartition(record.topic, record.partition), at: record.offset)
            return .beyondEnd
        }
        guard record.offset < end else {
            finish(TopicPartition(record.topic, record.partition), at: end)
            return .beyondEnd
        }
        left -= 1
        if record.offset + 1 == end { finish(TopicPartition(record.topic, record.partition), at: end) }
        return .written
    }

    private mutating func end(of record: ConsumedRecord) -> Int64 {
        if let current, current.partition.partition == record.partition, current.partition.topic == record.topic {
            return current.end
        }
        let partition = TopicPartition(record.topic, record.partition)
        let end = partitions[partition]?.end ?? .max
        current = (partition, end)
        return end
    }

    /// The partitions that were finished since the last call, with their ends.
    mutating func takeFinished() -> [TopicPartition: Int64] {
        defer { finished = [:] }
        return finished
    }
}
