import KafkaProtocol
import Synchronization
import WireCore

extension PartitionLog {
    /// Batches for a consumer.
    struct Batches: Equatable {
        /// The first may begin before the requested offset; consumers skip records before it. As from Kafka, the last
        /// of several may not be whole.
        var bytes: [UInt8] = []
        var startOffset: Int64
        var endOffset: Int64
        var lastStableOffset: Int64
        /// The aborted transactions with records among the batches, if only committed records were requested.
        var aborted: [ProducerStates.EndedTransaction] = []
    }

    /// Which records a reader may see.
    enum Isolation: Sendable {
        case uncommitted
        case committed
    }

    private struct View {
        /// The segment with the requested offset and those after it.
        var segments: ArraySlice<LogSegment>
        var startOffset: Int64
        var endOffset: Int64
        var lastStableOffset: Int64
        var isDeleted: Bool

        func limit(_ isolation: Isolation) -> Int64 { isolation == .committed ? lastStableOffset : endOffset }
    }

    private func view(from offset: Int64) -> View {
        state.withLock { state in
            let next = state.segments.partitioningIndex { $0.baseOffset > offset }
            return View(
                segments: state.segments[max(0, next - 1)...], startOffset: state.startOffset,
                endOffset: state.endOffset, lastStableOffset: state.lastStableOffset, isDeleted: state.isDeleted)
        }
    }

    /// Calls `body` again if a segment was deleted or replaced while it read. Throws if that happens every time: the
    /// segment is not there any longer, because the disk failed while it was replaced.
    private func retrying<R>(_ body: () throws(StorageError) -> R?) throws(StorageError) -> R? {
        for _ in 0..<100 {
            do throws(StorageError) { return try body() } catch {
                guard case .removed(let path) = error else { throw error }
                // Files and segments are replaced under the lock. They differ if that has failed.
                let (isDeleted, isBroken) = state.withLock { state in
                    (state.isDeleted, state.segments.contains { $0.log.isRetired })
                }
                if isDeleted { return nil }
                if isBroken {
                    throw .damaged(path: path, reason: "its compaction has failed; start the broker again")
                }
            }
        }
        return try body()
    }

    /// The bytes of the batches that a fetch from `offset` can return.
    func bytesAvailable(from offset: Int64, isolation: Isolation) throws(StorageError) -> Int {
        let found = try retrying { () throws(StorageError) -> Int? in
            let view = view(from: offset)
            let limit = view.limit(isolation)
            guard offset < limit else { return 0 }
            var bytes = 0
            for segment in view.segments where segment.baseOffset < limit {
                bytes += segment.nextOffset <= limit ? segment.lengthBytes : try segment.position(of: limit)
                if segment.baseOffset <= offset {
                    bytes -= try locate(offset, in: segment)?.position ?? segment.lengthBytes
                }
            }
            return max(1, bytes)
        }
        return found ?? 0
    }

    /// Reads batches, beginning with the one that contains `offset`, from one segment.
    ///
    /// - Parameter bytesMax: the maximum number of bytes. With `firstAlways` the first batch may be larger.
    /// - Returns: no bytes at the end of the log; nil if the offset is out of range or the topic was deleted.
    func read(
        from offset: Int64, bytesMax: Int, firstAlways: Bool, isolation: Isolation = .uncommitted
    ) throws(StorageError) -> Batches? {
        try retrying { () throws(StorageError) -> Batches? in
            let view = view(from: offset)
            guard offset >= view.startOffset, offset <= view.endOffset, !view.isDeleted else { return nil }
            var batches = Batches(
                startOffset: view.startOffset, endOffset: view.endOffset, lastStableOffset: view.lastStableOffset)
            let limit = view.limit(isolation)
            guard offset < limit, bytesMax > 0 || firstAlways else { return batches }
            for segment in view.segments {
                guard let location = try locate(offset, in: segment) else { continue }
                var count = min(max(0, bytesMax), segment.lengthBytes - location.position)
                if count < location.batchBytes {
                    guard firstAlways else { break }
                    count = location.batchBytes
                }
                var bytes = try segment.log.read(count: count, at: location.position)
                let (end, nextOffset) = try self.batches(in: bytes, before: limit, of: segment)
                bytes.removeLast(bytes.count - end)
                batches.bytes = bytes
                if isolation == .committed, end > 0 {
                    batches.aborted = abortedTransactions(from: offset, to: nextOffset)
                }
                break
            }
            return batches
        }
    }

    private func abortedTransactions(from offset: Int64, to end: Int64) -> [ProducerStates.EndedTransaction] {
        state.withLock { state in
            state.aborted.filter { $0.lastOffset >= offset && $0.firstOffset < end }
        }
    }

    /// The number of bytes that are read at once to find a batch.
    private static let windowBytes = 4096 + RecordBatchHeader.byteCount

    /// The position and length of the first batch whose last offset is at least `offset`.
    private func locate(
        _ offset: Int64, in segment: LogSegment
    ) throws(StorageError) -> (position: Int, batchBytes: Int)? {
        var position = try segment.position(of: offset)
        var windowStart = position
        var window = try segment.log.read(
            count: min(Self.windowBytes, segment.lengthBytes - position), at: position)
        while position + RecordBatchHeader.byteCount <= segment.lengthBytes {
            if position + RecordBatchHeader.byteCount > windowStart + window.count {
                window = try segment.log.read(
                    count: min(Self.windowBytes, segment.lengthBytes - position), at: position)
                windowStart = position
            }
            let header = try header(in: window, at: position - windowStart, of: segment)
            if header.lastOffset >= offset { return (position, header.totalBytes) }
            position += header.totalBytes
        }
        return nil
    }

    private func header(
        in bytes: [UInt8], at start: Int, of segment: LogSegment
    ) throws(StorageError) -> RecordBatchHeader {
        do throws(WireError) {
            return try bytes.span.bytes.extracting(min(start, bytes.count)..<bytes.count).withUnsafeBytes {
                (bytes) throws(WireError) in try RecordBatchHeader.first(in: bytes)
            }
        } catch {
            throw .damaged(path: segment.log.path, reason: error.description)
        }
    }

    /// The length of the batches at the beginning of `bytes` that end before `limit`, and the offset after the whole
    /// ones. The last one may not be whole.
    private func batches(
        in bytes: [UInt8], before limit: Int64, of segment: LogSegment
    ) throws(StorageError) -> (bytes: Int, nextOffset: Int64) {
        var end = 0
        var nextOffset = segment.baseOffset
        while bytes.count - end >= RecordBatchHeader.byteCount {
            let header = try header(in: bytes, at: end, of: segment)
            guard header.lastOffset < limit else { return (end, nextOffset) }
            guard header.totalBytes <= bytes.count - end else { return (bytes.count, nextOffset) }
            end += header.totalBytes
            nextOffset = header.nextOffset
        }
        // The end of a batch is not known from a part of its header.
        return (segment.nextOffset <= limit ? bytes.count : end, nextOffset)
    }

    // MARK: Timestamps

    /// A record's timestamp and offset.
    struct TimedOffset: Equatable, Sendable {
        var timestamp: Int64
        var offset: Int64
    }

    /// The first record with the largest timestamp; nil in an empty log.
    func latestByTime() throws(StorageError) -> TimedOffset? {
        let segments = state.withLock { $0.segments }
        guard let newest = segments.max(by: { $0.timestampMax < $1.timestampMax }), newest.timestampMax >= 0 else {
            return nil
        }
        return try firstRecord(timestampAtLeast: newest.timestampMax)
    }

    /// The first record with at least this timestamp; nil if there is none.
    func firstRecord(timestampAtLeast timestamp: Int64) throws(StorageError) -> TimedOffset? {
        try retrying { () throws(StorageError) -> TimedOffset? in
            let (segments, startOffset) = state.withLock { ($0.segments, $0.startOffset) }
            for segment in segments where segment.timestampMax >= timestamp {
                var position = try segment.position(ofTimestamp: timestamp)
                while position < segment.lengthBytes {
                    let head = try segment.log.read(count: RecordBatchHeader.byteCount, at: position)
                    let header = try header(in: head, at: 0, of: segment)
                    if header.maxTimestamp >= timestamp, header.recordCount > 0, header.lastOffset >= startOffset {
                        let batch = try segment.log.read(count: header.totalBytes, at: position)
                        do throws(WireError) {
                            let found = try StoredRecords.firstRecord(
                                in: batch, header, timestampAtLeast: timestamp, offsetAtLeast: startOffset)
                            if let found { return found }
                        } catch {
                            throw .damaged(path: segment.log.path, reason: "the batch at byte \(position): \(error)")
                        }
                    }
                    position += header.totalBytes
                }
            }
            return nil
        }
    }
}

extension Array {
    /// The index of the first element for which `belongsAfter` is true, in an array in which those are at the end.
    func partitioningIndex(_ belongsAfter: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
