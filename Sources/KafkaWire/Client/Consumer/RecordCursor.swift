import KafkaProtocol
import Synchronization

/// The records that a sequence returns one by one, and how many it has returned: what a commit in between covers.
final class RecordCursor: Sendable {
    private let records: [ConsumedRecord]
    private let returnedCount = Atomic(0)

    init(_ records: [ConsumedRecord]) { self.records = records }

    /// The next record. One task calls it.
    func next() -> ConsumedRecord? {
        let index = returnedCount.load(ordering: .relaxed)
        guard index < records.count else { return nil }
        returnedCount.store(index + 1, ordering: .releasing)
        return records[index]
    }

    /// The position of each partition whose records were not all returned.
    var positions: [TopicPartition: FetchPosition] {
        let count = returnedCount.load(ordering: .acquiring)
        var epochs: [TopicPartition: Int32] = [:]
        for record in records[..<count] { epochs[TopicPartition(record)] = record.leaderEpoch }
        var positions: [TopicPartition: FetchPosition] = [:]
        for record in records[count...] {
            let partition = TopicPartition(record)
            guard positions[partition] == nil else { continue }
            positions[partition] = FetchPosition(offset: record.offset, epoch: epochs[partition] ?? -1)
        }
        return positions
    }
}

extension TopicPartition {
    /// The partition of a record.
    public init(_ record: ConsumedRecord) { self.init(record.topic, record.partition) }
}
