import KafkaProtocol
import WireCore

/// One entry of the journal of transactional ids. Later entries replace earlier ones for the same id.
enum TransactionJournalEntry: Equatable, Sendable, JournalEntry {
    static let fileName = "transactions.journal"

    case state(TransactionState)
    case removed(transactionalID: String)

    /// Layout: kind u8, then the fields in Kafka's flexible primitives.
    func encode(into writer: inout KafkaWriter) {
        switch self {
        case .state(let state):
            writer.int8(1)
            state.encode(into: &writer)
        case .removed(let transactionalID):
            writer.int8(2)
            writer.string(transactionalID)
        }
    }

    @_lifetime(reader: copy reader)
    init(from reader: inout KafkaReader) throws(WireError) {
        switch try reader.int8() {
        case 1: self = .state(try TransactionState(from: &reader))
        case 2: self = .removed(transactionalID: try reader.string())
        case let kind: throw WireError(.invalidValue("journal entry of unknown kind \(kind)"), at: 0)
        }
    }
}

extension TransactionState {
    fileprivate func encode(into writer: inout KafkaWriter) {
        writer.string(transactionalID)
        writer.int8(phase.rawValue)
        writer.int64(producerID)
        writer.int16(epoch)
        writer.int16(lastEpoch)
        writer.int64(previousProducerID)
        writer.int64(nextProducerID)
        writer.int32(timeoutMilliseconds)
        writer.int64(startedAt)
        writer.int64(updatedAt)
        writer.bool(bumpsEpoch)
        writer.arrayCount(groupIDs.count)
        for groupID in groupIDs.sorted() { writer.string(groupID) }
        writer.arrayCount(partitions.count)
        for partition in partitions.sorted(by: { ($0.topic, $0.index) < ($1.topic, $1.index) }) {
            writer.string(partition.topic)
            writer.int32(partition.index)
        }
    }

    @_lifetime(reader: copy reader)
    fileprivate init(from reader: inout KafkaReader) throws(WireError) {
        let transactionalID = try reader.string()
        let number = try reader.int8()
        guard let phase = Phase(rawValue: number) else {
            throw WireError(.invalidValue("transaction state \(number)"), at: 0)
        }
        self.init(
            transactionalID: transactionalID, producerID: try reader.int64(), timeoutMilliseconds: 0, now: 0)
        self.phase = phase
        epoch = try reader.int16()
        lastEpoch = try reader.int16()
        previousProducerID = try reader.int64()
        nextProducerID = try reader.int64()
        timeoutMilliseconds = try reader.int32()
        startedAt = try reader.int64()
        updatedAt = try reader.int64()
        bumpsEpoch = try reader.bool()
        for _ in 0..<(try reader.arrayCount()) { groupIDs.insert(try reader.string()) }
        for _ in 0..<(try reader.arrayCount()) {
            partitions.insert(Partition(topic: try reader.string(), index: try reader.int32()))
        }
    }
}
