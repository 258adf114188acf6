import KafkaProtocol
import WireCore

/// One entry of the journal of partitions: the replicas and the leader of a partition. Later entries replace earlier
/// ones for the same partition. A partition without one has `PartitionRegistration.ofFirstNode`.
struct PartitionJournalEntry: Equatable, Sendable, JournalEntry {
    static let fileName = "partitions.journal"

    struct Partition: Hashable, Sendable {
        var topicID: KafkaUUID
        var index: Int32
    }

    var partition: Partition
    var registration: PartitionRegistration

    /// Layout: kind u8, then the fields in Kafka's flexible primitives.
    func encode(into writer: inout KafkaWriter) {
        writer.int8(1)
        writer.uuid(partition.topicID)
        writer.int32(partition.index)
        writer.int32Array(registration.replicas)
        writer.int32(registration.leader)
        writer.int32(registration.leaderEpoch)
    }

    @_lifetime(reader: copy reader)
    init(from reader: inout KafkaReader) throws(WireError) {
        let kind = try reader.int8()
        guard kind == 1 else { throw WireError(.invalidValue("journal entry of unknown kind \(kind)"), at: 0) }
        partition = Partition(topicID: try reader.uuid(), index: try reader.int32())
        var replicas: [Int32] = []
        for _ in 0..<(try reader.arrayCount()) { replicas.append(try reader.int32()) }
        registration = PartitionRegistration(
            replicas: replicas, leader: try reader.int32(), leaderEpoch: try reader.int32())
        // The epoch grows with each change from here on.
        guard !replicas.isEmpty, replicas.allSatisfy({ $0 >= 1 }),
            (0...Int32.max / 2).contains(registration.leaderEpoch)
        else { throw WireError(.invalidValue("a partition without replicas or with a wrong leader epoch"), at: 0) }
    }

    init(_ partition: Partition, _ registration: PartitionRegistration) {
        self.partition = partition
        self.registration = registration
    }
}
