import KafkaProtocol
import Synchronization
import WireCore

extension PartitionLog {
    /// Whole batches for a consumer.
    struct Batches: Equatable {
        /// The first may begin before the requested offset; consumers skip records before it.
        var bytes: [UInt8]
        var endOffset: Int64
    }

    private struct Bounds {
        var section: OffsetIndex.Entry?
        var endOffset: Int64
        var lengthBytes: Int
        var isDeleted: Bool
    }

    private func bounds(for offset: Int64) -> Bounds {
        state.withLock {
            Bounds(
                section: $0.index.section(for: offset), endOffset: $0.endOffset, lengthBytes: $0.lengthBytes,
                isDeleted: $0.isDeleted)
        }
    }

    /// A lower bound for the bytes that a fetch from `offset` can return; too low by at most one section of the index.
    func bytesAvailable(from offset: Int64) -> Int {
        let bounds = bounds(for: offset)
        guard offset < bounds.endOffset, let section = bounds.section else { return 0 }
        return max(1, bounds.lengthBytes - section.position - OffsetIndex.sectionBytes)
    }

    /// Reads whole batches, beginning with the one that contains `offset`.
    ///
    /// - Parameter bytesMax: the maximum number of bytes. With `firstAlways` the first batch may be larger.
    /// - Returns: no bytes at the end of the log; nil if the offset is out of range or the topic was deleted.
    func read(from offset: Int64, bytesMax: Int, firstAlways: Bool) throws(StorageError) -> Batches? {
        let bounds = bounds(for: offset)
        guard offset >= startOffset, offset <= bounds.endOffset, !bounds.isDeleted else { return nil }
        let nothing = Batches(bytes: [], endOffset: bounds.endOffset)
        guard offset < bounds.endOffset, let section = bounds.section else { return nothing }
        let location = try locate(offset, from: section.position, lengthBytes: bounds.lengthBytes)
        guard let (position, firstBytes) = location else { return nothing }

        var count = min(max(0, bytesMax), bounds.lengthBytes - position)
        if count < firstBytes {
            guard firstAlways else { return nothing }
            count = firstBytes
        }
        var bytes = try file.read(count: count, at: position)
        bytes.removeLast(bytes.count - (try wholeBatches(in: bytes)))
        return Batches(bytes: bytes, endOffset: bounds.endOffset)
    }

    /// The position and length of the first batch whose last offset is at least `offset`.
    private func locate(
        _ offset: Int64, from start: Int, lengthBytes: Int
    ) throws(StorageError) -> (position: Int, batchBytes: Int)? {
        var position = start
        // A section is read at once; only a batch that is larger than a section needs another read.
        var window = try file.read(
            count: min(OffsetIndex.sectionBytes + RecordBatchHeader.byteCount, lengthBytes - start), at: start)
        var windowStart = start
        while position < lengthBytes {
            if position + RecordBatchHeader.byteCount > windowStart + window.count {
                window = try file.read(count: RecordBatchHeader.byteCount, at: position)
                windowStart = position
            }
            let header = try header(in: window, at: position - windowStart)
            if header.lastOffset >= offset { return (position, header.totalBytes) }
            position += header.totalBytes
        }
        return nil
    }

    func header(in bytes: [UInt8], at start: Int) throws(StorageError) -> RecordBatchHeader {
        do throws(WireError) {
            return try bytes.span.bytes.extracting(start..<bytes.count).withUnsafeBytes {
                (bytes) throws(WireError) in try RecordBatchHeader.first(in: bytes)
            }
        } catch {
            throw .damaged(path: file.path, reason: error.description)
        }
    }

    /// The length of the whole batches at the beginning of `bytes`.
    private func wholeBatches(in bytes: [UInt8]) throws(StorageError) -> Int {
        var end = 0
        while bytes.count - end >= RecordBatchHeader.byteCount {
            let header = try header(in: bytes, at: end)
            guard header.totalBytes <= bytes.count - end else { break }
            end += header.totalBytes
        }
        return end
    }

    // MARK: Timestamps

    /// A record's timestamp and offset.
    struct TimedOffset: Equatable, Sendable {
        var timestamp: Int64
        var offset: Int64
    }

    /// The record with the largest timestamp; nil in an empty log.
    var latestByTime: TimedOffset? {
        state.withLock { state in
            guard state.timestampMaxOffset >= 0 else { return nil }
            return TimedOffset(timestamp: state.timestampMax, offset: state.timestampMaxOffset)
        }
    }

    /// The first record with at least this timestamp; nil if there is none.
    ///
    /// In a batch whose codec cannot be decompressed, it is the batch's first record.
    func firstRecord(timestampAtLeast timestamp: Int64) throws(StorageError) -> TimedOffset? {
        let (section, lengthBytes) = state.withLock {
            ($0.index.section(timestampAtLeast: timestamp), $0.lengthBytes)
        }
        guard var position = section?.position else { return nil }
        while position < lengthBytes {
            let header = try header(in: try file.read(count: RecordBatchHeader.byteCount, at: position), at: 0)
            if header.maxTimestamp >= timestamp, header.recordCount > 0 {
                let batch = try file.read(count: header.totalBytes, at: position)
                do throws(WireError) {
                    return try StoredRecords.firstRecord(in: batch, header, timestampAtLeast: timestamp)
                } catch {
                    throw .damaged(path: file.path, reason: "the batch at byte \(position): \(error)")
                }
            }
            position += header.totalBytes
        }
        return nil
    }
}
