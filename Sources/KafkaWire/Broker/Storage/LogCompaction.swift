import KafkaProtocol
import WireCore

/// Compaction of a log: of the records with the same key only the last one is kept, at its offset.
///
/// It runs when a compacted topic's log is opened, if at least half of the records have been superseded. Tombstones are
/// kept forever: a consumer that reads from the beginning receives each deletion. Records without a key and batches in
/// a codec that cannot be decompressed are kept unchanged. A producer's last batch is kept, empty if necessary, so that
/// the producer's sequence is known after a restart. The log's last batch is always kept, since its last record has
/// not been superseded.
struct LogCompaction {
    private static let logger = Logger("cdcd.broker.LogCompaction")

    /// The offset of each key's last record.
    private var lastOffsets: [[UInt8]: Int64] = [:]
    /// The base offset of each producer's last batch.
    private var lastBatches: [Int64: Int64] = [:]
    private var recordCount = 0
    private var keyedCount = 0

    /// Compacts the log at `logPath` if enough records have been superseded. A log with an incomplete or damaged batch
    /// is not compacted, nor one with malformed records in a batch with a valid checksum: before the topic was
    /// compacted, the compressed content of batches was not validated.
    static func run(logPath: String, directory: DataDirectory) throws(StorageError) {
        let file = try AppendOnlyFile(path: logPath)
        var compaction = LogCompaction()
        guard try compaction.analyze(file) else { return }
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

    /// Reads the whole log. Returns false if it cannot be compacted.
    private mutating func analyze(_ file: AppendOnlyFile) throws(StorageError) -> Bool {
        var problem: String?
        var scanner = try BatchScanner(file)
        let outcome = try scanner.scan { (header, position, bytes) throws(StorageError) in
            guard problem == nil else { return }
            do throws(WireError) {
                try analyze(header, bytes)
            } catch { problem = "the batch at byte \(position): \(error)" }
        }
        if let problem { Self.logger.warn("\(file.path) is not compacted, since it has malformed records: \(problem)") }
        if case .complete = outcome { return problem == nil }
        return false
    }

    private mutating func analyze(_ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer) throws(WireError) {
        if header.producerID >= 0 { lastBatches[header.producerID] = header.baseOffset }
        recordCount += Int(header.recordCount)
        // The closure below cannot access self while this method mutates it.
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

    /// The compacted batch, or nil if none of it is kept.
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
