import KafkaProtocol
import WireCore

/// Compaction of a log: of the records with the same key only the last one stays, at its offset.
///
/// It runs when a compacted topic's log is opened, and only where at least half of the records have been superseded.
/// Tombstones stay for ever: a consumer that reads from the beginning sees each deletion. Records without a key and
/// batches in a codec that cannot be read here stay as they are. A producer's last batch stays, empty if need be, so
/// that the producer's sequence is known after a restart; the log's last batch always does, as its last record has
/// no later one.
struct LogCompaction {
    private static let logger = Logger("cdcd.broker.LogCompaction")

    /// Where each key stands last.
    private var lastOffsets: [[UInt8]: Int64] = [:]
    /// Where each producer's last batch begins.
    private var lastBatches: [Int64: Int64] = [:]
    private var recordCount = 0
    private var keyedCount = 0

    /// Compacts the log at `logPath`, if it is worth it. A log with a torn or damaged end is left alone, and so is one
    /// with records that are malformed within a good batch: a producer may have compressed anything at a time when the
    /// topic was not compacted yet.
    static func run(logPath: String, directory: DataDirectory) throws(StorageError) {
        let file = try AppendOnlyFile(path: logPath)
        var compaction = LogCompaction()
        guard try compaction.survey(file) else { return }
        let superseded = compaction.keyedCount - compaction.lastOffsets.count
        guard superseded > 0, superseded * 2 >= compaction.recordCount else { return }

        let draftPath = directory.scratchPath(for: "compaction")
        let draft = try AppendOnlyFile(path: draftPath)
        var length = 0
        var pass = try BatchScanner(file)
        _ = try pass.scan { (header, position, bytes) throws(StorageError) in
            let kept: ByteWriter?
            do throws(WireError) {
                kept = try compaction.compacted(header, bytes)
            } catch {
                throw .damaged(path: logPath, reason: "the batch at byte \(position): \(error)")
            }
            guard let kept else { return }
            try kept.withUnsafeBytes { (bytes) throws(StorageError) in try draft.append(bytes, at: length) }
            length += kept.count
        }
        try draft.synchronize()
        try DataDirectory.move(draftPath, to: logPath)
        logger.info(
            "Compacted \(logPath): \(superseded) of \(compaction.recordCount) records were superseded, \(pass.position) bytes "
                + "became \(length)")
    }

    /// Looks at the whole log; false where it must stay as it is.
    private mutating func survey(_ file: AppendOnlyFile) throws(StorageError) -> Bool {
        var fault: String?
        var scanner = try BatchScanner(file)
        let outcome = try scanner.scan { (header, position, bytes) throws(StorageError) in
            guard fault == nil else { return }
            do throws(WireError) {
                try survey(header, bytes)
            } catch { fault = "the batch at byte \(position): \(error)" }
        }
        if let fault { Self.logger.warn("\(file.path) is not compacted, since it has malformed records: \(fault)") }
        if case .complete = outcome { return fault == nil }
        return false
    }

    private mutating func survey(_ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer) throws(WireError) {
        if header.producerID >= 0 { lastBatches[header.producerID] = header.baseOffset }
        recordCount += Int(header.recordCount)
        // The closure below may not touch self while it is being changed.
        var found: [([UInt8], Int64)] = []
        _ = try StoredRecords.withPayload(of: batch, header) { (payload) throws(WireError) in
            try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                guard let key = record.key else { return }
                found.append(([UInt8](payload[key]), header.baseOffset &+ Int64(record.offsetDelta)))
            }
        }
        keyedCount += found.count
        for (key, offset) in found { lastOffsets[key] = offset }
    }

    /// What is left of a batch; nil if nothing has to be.
    private func compacted(
        _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer
    ) throws(WireError) -> ByteWriter? {
        var kept = ByteWriter(capacityBytes: batch.count)
        var keptCount: Int32 = 0
        var maxTimestamp: Int64 = -1
        let wasRead = try StoredRecords.withPayload(of: batch, header) { (payload) throws(WireError) -> Bool in
            try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                let offset = header.baseOffset &+ Int64(record.offsetDelta)
                if let key = record.key, lastOffsets[[UInt8](payload[key])] != offset { return }
                kept.bytes(UnsafeRawBufferPointer(rebasing: payload[record.range]))
                keptCount += 1
                maxTimestamp = max(maxTimestamp, header.baseTimestamp &+ record.timestampDelta)
            }
            return true
        }
        var result = ByteWriter(capacityBytes: RecordBatchHeader.byteCount + kept.count)
        guard wasRead == true, keptCount < header.recordCount else {
            result.bytes(batch)
            return result
        }
        if keptCount == 0, header.producerID < 0 || lastBatches[header.producerID] != header.baseOffset { return nil }
        var payload = ByteWriter(capacityBytes: kept.count + 64)
        if keptCount > 0 {
            do throws(CompressionError) {
                let codec = try CompressionCodec(number: header.codecNumber)
                try kept.withUnsafeBytes { (records) throws(CompressionError) in
                    try codec.compress(records, into: &payload)
                }
            } catch { throw WireError(.invalidValue("\(error)"), at: RecordBatchHeader.byteCount) }
        }
        var rest = header
        if keptCount == 0 { rest.attributes &= ~7 }
        rest.recordCount = keptCount
        if !header.hasLogAppendTime, keptCount > 0 { rest.maxTimestamp = maxTimestamp }
        payload.withUnsafeBytes { rest.finish(payload: $0) }
        rest.encode(into: &result)
        result.bytes(of: payload)
        return result
    }
}
