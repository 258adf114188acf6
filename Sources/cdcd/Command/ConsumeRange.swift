import KafkaProtocol
import KafkaWire

/// From where to where `cdcd consume` reads.
struct ConsumeRange {
    var from: PositionText?
    var until: PositionText?
    var isFollowing = false
    var isolation = IsolationLevel.readUncommitted

    /// The time of the first record that is not read, if records are waited for until there is one.
    var endTime: Int64? {
        guard isFollowing, case .time(let time) = until else { return nil }
        return time
    }

    /// The offsets of the first records.
    func starts(
        _ partitions: [KafkaProtocol.TopicPartition], _ admin: KafkaAdmin
    ) throws(KafkaError) -> [KafkaProtocol.TopicPartition: Int64] {
        let wanted = admin.offsets(of: partitions, at: from ?? .beginning, isolation)
        let beginnings = admin.offsets(of: partitions, at: .beginning, isolation)
        let ends = admin.offsets(of: partitions, at: .end, isolation)
        var starts: [KafkaProtocol.TopicPartition: Int64] = [:]
        for (index, partition) in partitions.enumerated() {
            let (beginning, end) = (try beginnings[index].get(), try ends[index].get())
            starts[partition] = min(max(try wanted[index].get(), beginning), end)
        }
        return starts
    }

    /// The offsets of the first records that are not read; none where there is no end.
    func ends(
        _ partitions: [KafkaProtocol.TopicPartition], _ admin: KafkaAdmin
    ) throws(KafkaError) -> [KafkaProtocol.TopicPartition: Int64] {
        var ends: [KafkaProtocol.TopicPartition: Int64] = [:]
        func add(_ position: PositionText) throws(KafkaError) {
            for (partition, end) in zip(partitions, admin.offsets(of: partitions, at: position, isolation)) {
                ends[partition] = min(ends[partition] ?? .max, try end.get())
            }
        }
        if !isFollowing { try add(.end) }
        if let until, endTime == nil { try add(until) }
        return ends
    }
}
