import KafkaProtocol
import WireCore

/// A `.snapshot` file: the producers of a partition at the offset that names it.
///
/// Layout: version i16 (1) | CRC-32C u32 of what follows | count i32 | for each: producer id i64 | epoch i16
/// | last sequence i32 | last offset i64 | offset delta i32 | timestamp i64 | coordinator epoch i32
/// | first offset of the open transaction i64, or -1.
/// Source: Kafka's `ProducerSnapshot.json`. Of a producer's batches only the last one is stored.
enum ProducerSnapshot {
    private static let version: Int16 = 1
    private static let headerBytes = 6
    private static let entryBytes = 46

    static func encode(_ states: ProducerStates) -> [UInt8] {
        var content = ByteWriter(capacityBytes: 4 + states.producers.count * entryBytes)
        content.bigEndian(Int32(clamping: states.producers.count))
        for (producerID, producer) in states.producers.sorted(by: { $0.key < $1.key }) {
            content.bigEndian(producerID)
            content.bigEndian(producer.epoch)
            content.bigEndian(producer.lastSequence)
            content.bigEndian(producer.batches.last?.lastOffset ?? -1)
            content.bigEndian(producer.batches.last.map { Int32(clamping: $0.lastOffset - $0.baseOffset) } ?? 0)
            content.bigEndian(producer.lastTimestamp)
            content.bigEndian(producer.coordinatorEpoch)
            content.bigEndian(producer.transactionFirstOffset ?? -1)
        }
        var file = ByteWriter(capacityBytes: headerBytes + content.count)
        file.bigEndian(version)
        file.bigEndian(content.withUnsafeBytes { CRC32C.checksum($0) })
        file.bytes(of: content)
        return file.array()
    }

    /// Returns nil for a file of another version or with a wrong checksum, which is then not used.
    static func decode(_ bytes: [UInt8]) -> ProducerStates? {
        guard bytes.count >= headerBytes else { return nil }
        var reader = ByteReader(bytes.span.bytes)
        do throws(WireError) {
            guard try reader.bigEndian(Int16.self) == version else { return nil }
            let checksum = try reader.bigEndian(UInt32.self)
            let content = bytes.span.bytes.extracting(headerBytes..<bytes.count)
            guard content.withUnsafeBytes({ CRC32C.checksum($0) }) == checksum else { return nil }
            var producers: [Int64: ProducerStates.Producer] = [:]
            for _ in 0..<max(0, try reader.bigEndian(Int32.self)) {
                let producerID = try reader.bigEndian(Int64.self)
                producers[producerID] = try producer(producerID, &reader)
            }
            return ProducerStates(producers)
        } catch { return nil }
    }

    @_lifetime(reader: copy reader)
    private static func producer(
        _ producerID: Int64, _ reader: inout ByteReader
    ) throws(WireError) -> ProducerStates.Producer {
        var producer = ProducerStates.Producer(epoch: try reader.bigEndian(Int16.self))
        let lastSequence = try reader.bigEndian(Int32.self)
        let lastOffset = try reader.bigEndian(Int64.self)
        let offsetDelta = try reader.bigEndian(Int32.self)
        producer.lastTimestamp = try reader.bigEndian(Int64.self)
        producer.coordinatorEpoch = try reader.bigEndian(Int32.self)
        let firstOffset = try reader.bigEndian(Int64.self)
        producer.transactionFirstOffset = firstOffset < 0 ? nil : firstOffset
        if lastSequence >= 0, lastOffset >= 0, offsetDelta >= 0 {
            producer.batches = [
                ProducerStates.Batch(
                    producerID: producerID, epoch: producer.epoch,
                    firstSequence: firstSequence(lastSequence, offsetDelta), lastSequence: lastSequence,
                    baseOffset: lastOffset - Int64(offsetDelta), lastOffset: lastOffset,
                    timestamp: producer.lastTimestamp, isTransactional: producer.transactionFirstOffset != nil)
            ]
        }
        return producer
    }

    private static func firstSequence(_ last: Int32, _ delta: Int32) -> Int32 {
        last >= delta ? last - delta : Int32(truncatingIfNeeded: Int64(last) - Int64(delta) + Int64(Int32.max) + 1)
    }
}
