import KafkaProtocol
import WireCore

/// The control record that ends a transaction in a partition.
///
/// Key: version i16 (0) | type i16 (0 abort, 1 commit); value: version i16 (0) | coordinator epoch i32.
/// Source: Kafka's `ControlRecordType` and `EndTxnMarker.json`.
struct TransactionMarker: Equatable, Sendable {
    var isCommit: Bool
    var coordinatorEpoch: Int32

    /// A control batch with the marker, without its offset.
    func batch(producerID: Int64, epoch: Int16, timestamp: Int64) throws(StorageError) -> [UInt8] {
        var key = ByteWriter(capacityBytes: 4)
        var value = ByteWriter(capacityBytes: 6)
        key.bigEndian(Int16(0))
        key.bigEndian(Int16(isCommit ? 1 : 0))
        value.bigEndian(Int16(0))
        value.bigEndian(coordinatorEpoch)
        var builder = RecordBatchBuilder(capacityBytes: 32)
        key.withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                builder.append(key: key, value: value, headers: [], timestampMilliseconds: timestamp)
            }
        }
        let stamp = SequenceStamp(producerID: producerID, producerEpoch: epoch, baseSequence: -1)
        var header = builder.header(stamp: stamp, codec: .none, isTransactional: true)
        header.attributes |= 0x20
        builder.payload.withUnsafeBytes { header.finish(payload: $0) }
        var writer = ByteWriter(capacityBytes: RecordBatchHeader.byteCount + builder.payload.count)
        header.encode(into: &writer)
        builder.payload.withUnsafeBytes { writer.bytes($0) }
        return writer.array()
    }

    /// The marker in a control batch; nil for an empty batch and other control records.
    init?(in batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader) {
        guard header.isControl, header.recordCount > 0, header.totalBytes <= batch.count else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount..<header.totalBytes])
        do throws(WireError) {
            var records = ByteReader(payload)
            let record = try ConsumedRecord(from: &records, in: header, partition: 0)
            guard let keyBytes = record.key, let valueBytes = record.value else { return nil }
            var key = ByteReader(keyBytes.span.bytes)
            _ = try key.bigEndian(Int16.self)
            let type = try key.bigEndian(Int16.self)
            guard type == 0 || type == 1 else { return nil }
            var value = ByteReader(valueBytes.span.bytes)
            _ = try value.bigEndian(Int16.self)
            isCommit = type == 1
            coordinatorEpoch = try value.bigEndian(Int32.self)
        } catch { return nil }
    }

    init(isCommit: Bool, coordinatorEpoch: Int32) {
        self.isCommit = isCommit
        self.coordinatorEpoch = coordinatorEpoch
    }
}
