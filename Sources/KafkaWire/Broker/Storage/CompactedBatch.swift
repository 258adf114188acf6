import KafkaProtocol
import WireCore

/// What compaction leaves of a batch.
enum CompactedBatch {
    case unchanged
    case changed(RecordBatchHeader, [UInt8])
    case removed

    /// The batch without records, which keeps the producer's sequence.
    static func emptied(_ header: RecordBatchHeader) -> CompactedBatch {
        guard header.recordCount > 0 else { return .unchanged }
        var empty = header
        empty.attributes &= ~7
        empty.hasDeleteHorizon = false
        empty.recordCount = 0
        empty.baseTimestamp = -1
        return finished(empty, ByteWriter())
    }

    /// A marker's batch that is removed after `horizon`.
    static func withHorizon(
        _ horizon: Int64, _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer
    ) throws(WireError) -> CompactedBatch {
        try rewritten(header, batch, horizon: horizon) { _ in true } ?? .unchanged
    }

    /// The records for which `isKept` is true. If tombstones are among them, the batch gets the time after which these
    /// are removed.
    static func filter(
        _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer, horizon: Int64,
        _ isKept: (_ key: UnsafeRawBufferPointer?, _ offset: Int64, _ isTombstone: Bool) -> Bool
    ) throws(WireError) -> CompactedBatch {
        guard header.recordCount > 0 else { return .removed }
        var kept: [Bool] = []
        var hasTombstones = false
        let wasRead = try StoredRecords.withPayload(of: batch, header) { (payload) throws(WireError) -> Bool in
            try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                let key = record.key.map { UnsafeRawBufferPointer(rebasing: payload[$0]) }
                kept.append(isKept(key, header.baseOffset &+ Int64(record.offsetDelta), record.isTombstone))
                if kept.last == true, record.isTombstone { hasTombstones = true }
            }
            return true
        }
        guard wasRead == true else { return .unchanged }
        guard kept.contains(true) else { return .removed }
        let mustSetHorizon = hasTombstones && !header.hasDeleteHorizon
        guard mustSetHorizon || kept.contains(false) else { return .unchanged }
        return try rewritten(header, batch, horizon: mustSetHorizon ? horizon : nil) { kept[$0] } ?? .unchanged
    }

    /// Returns nil for a codec that cannot be decompressed.
    private static func rewritten(
        _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer, horizon: Int64?, _ isKept: (Int) -> Bool
    ) throws(WireError) -> CompactedBatch? {
        var rest = header
        // The records' timestamps are relative to the base timestamp, which becomes the horizon.
        let shift = horizon.map { header.baseTimestamp &- $0 } ?? 0
        if let horizon {
            rest.baseTimestamp = horizon
            rest.hasDeleteHorizon = true
        }
        rest.recordCount = 0
        var maxTimestamp: Int64 = -1
        var records = ByteWriter(capacityBytes: batch.count)
        var index = 0
        let wasRead = try StoredRecords.withPayload(of: batch, header) { (payload) throws(WireError) -> Bool in
            try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                defer { index += 1 }
                guard isKept(index) else { return }
                rest.recordCount += 1
                maxTimestamp = max(maxTimestamp, header.baseTimestamp &+ record.timestampDelta)
                if shift == 0 {
                    records.bytes(UnsafeRawBufferPointer(rebasing: payload[record.range]))
                } else {
                    let timestampDelta = record.timestampDelta &+ shift
                    StoredRecords.write(record, of: payload, timestampDelta: timestampDelta, to: &records)
                }
            }
            return true
        }
        guard wasRead == true else { return nil }
        if !header.hasLogAppendTime { rest.maxTimestamp = maxTimestamp }
        var payload = ByteWriter(capacityBytes: records.count + 64)
        do throws(CompressionError) {
            let codec = try CompressionCodec(number: header.codecNumber)
            records.withUnsafeBytes { codec.compress($0, into: &payload) }
        } catch { throw WireError(.invalidValue("\(error)"), at: RecordBatchHeader.byteCount) }
        return finished(rest, payload)
    }

    private static func finished(_ header: RecordBatchHeader, _ payload: consuming ByteWriter) -> CompactedBatch {
        var header = header
        payload.withUnsafeBytes { header.finish(payload: $0) }
        var batch = ByteWriter(capacityBytes: header.totalBytes)
        header.encode(into: &batch)
        batch.bytes(of: payload)
        return .changed(header, batch.array())
    }
}
