import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// Compaction of a log: of the records with the same key only the last one is kept, at its offset (Kafka's `Cleaner`).
///
/// Closed segments are rewritten, small ones into one, if the part that was not compacted yet is larger than
/// `min.cleanable.dirty.ratio` of them. Tombstones and the markers of transactions without records are kept for
/// `delete.retention.ms` after the first compaction that finds them (KIP-534), records of aborted transactions are
/// removed, and a producer's last batch is kept, empty if necessary, so that its sequence stays known. Batches in a
/// codec that cannot be decompressed are kept unchanged.
struct LogCompaction {
    private let log: PartitionLog
    private let settings: LogSettings
    private let now: Int64
    private let segments: [LogSegment]
    private let aborted: [Int64: [ProducerStates.EndedTransaction]]
    private let producers: ProducerStates
    private let startOffset: Int64
    private var keys = CompactionKeys()
    private var transactions = CompactedTransactions()

    /// Compacts the log if that is due. Returns a description of what was done, for the log file.
    ///
    /// - Parameter force: regardless of `min.cleanable.dirty.ratio`.
    static func run(_ log: PartitionLog, now: Int64, force: Bool = false) throws(StorageError) -> String? {
        try log.finishClosedSegments()
        guard var compaction = LogCompaction(log, now: now, force: force) else { return nil }
        return try compaction.run()
    }

    private let cleanedOffset: Int64

    /// Returns nil if nothing has to be compacted.
    private init?(_ log: PartitionLog, now: Int64, force: Bool) {
        let state = log.state.withLock { $0 }
        let settings = state.settings
        guard settings.isCompacted, !state.isDeleted else { return nil }
        // Neither the active segment nor what is undecided or too new.
        let newest = now - settings.compactionLagMilliseconds.lowerBound
        let hasLag = settings.compactionLagMilliseconds.lowerBound > 0
        let cleanable = zip(state.segments, state.segments.dropFirst()).prefix { segment, next in
            next.baseOffset <= state.lastStableOffset
                && (!hasLag || next.baseOffset <= state.cleanedOffset || segment.timestampMax <= newest)
        }
        let dirty = cleanable.filter { _, next in next.baseOffset > state.cleanedOffset }.map(\.0)
        let dirtyBytes = dirty.reduce(0) { $0 + $1.lengthBytes }
        guard dirtyBytes > 0, let oldest = dirty.first else { return nil }
        let bytes = cleanable.reduce(0) { $0 + $1.0.lengthBytes }
        let age = now - (oldest.firstTimestamp ?? oldest.timestampMax)
        let isOverdue = age > settings.compactionLagMilliseconds.upperBound
        guard force || isOverdue || Double(dirtyBytes) / Double(bytes) > settings.dirtyRatioMin else { return nil }
        self.log = log
        self.settings = settings
        self.now = now
        segments = cleanable.map(\.0)
        aborted = Dictionary(grouping: state.aborted, by: \.producerID)
        producers = state.producers
        startOffset = state.startOffset
        cleanedOffset = state.cleanedOffset
    }

    private mutating func run() throws(StorageError) -> String? {
        // The last offset of each key in the part that was not compacted yet.
        var mapped: [LogSegment] = []
        for segment in segments {
            if segment.nextOffset > cleanedOffset {
                if keys.isFull { break }
                try map(segment)
            }
            mapped.append(segment)
        }
        let before = mapped.reduce(0) { $0 + $1.lengthBytes }
        var after = 0
        var group: [LogSegment] = []
        var groups: [[LogSegment]] = []
        for segment in mapped {
            let bytes = group.reduce(0) { $0 + $1.lengthBytes }
            let isTooLarge = bytes + segment.lengthBytes > settings.segmentBytes
            let isTooWide = segment.nextOffset - (group.first?.baseOffset ?? segment.baseOffset) > Int64(Int32.max)
            if !group.isEmpty, isTooLarge || isTooWide {
                groups.append(group)
                group = []
            }
            group.append(segment)
        }
        if !group.isEmpty { groups.append(group) }
        let end = self.end(after: mapped)
        for group in groups {
            guard let bytes = try rewrite(group) else { return nil }
            after += bytes
        }
        try CheckpointFile.replace([[end]], at: log.directory + "/cleaner-offset-checkpoint", synchronizes: false)
        log.state.withLock { $0.cleanedOffset = max($0.cleanedOffset, end) }
        return "Compacted \(mapped.count) segment(s) of \(log.directory): \(before) bytes became \(after)"
    }

    /// The base offset of the segment after these.
    private func end(after group: [LogSegment]) -> Int64 {
        let last = group.last?.baseOffset ?? 0
        return log.state.withLock { state in state.segments.first { $0.baseOffset > last }?.baseOffset ?? last }
    }

    // MARK: Keys

    private mutating func map(_ segment: LogSegment) throws(StorageError) {
        var keys = keys
        self.keys = CompactionKeys()
        var scanner = try BatchScanner(segment.log, baseOffset: segment.baseOffset)
        _ = try scanner.scan { (header, position, bytes) throws(StorageError) in
            guard !header.isControl, !isAborted(header) else { return }
            do throws(WireError) {
                _ = try StoredRecords.withPayload(of: bytes, header) { (payload) throws(WireError) in
                    try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                        guard let key = record.key else { return }
                        keys.set([UInt8](payload[key]), header.baseOffset &+ Int64(record.offsetDelta))
                    }
                }
            } catch { throw .damaged(path: segment.log.path, reason: "the batch at byte \(position): \(error)") }
        }
        self.keys = keys
    }

    private func isAborted(_ header: RecordBatchHeader) -> Bool {
        guard header.isTransactional, let aborted = aborted[header.producerID] else { return false }
        return aborted.contains { $0.firstOffset <= header.baseOffset && header.baseOffset <= $0.lastOffset }
    }

    // MARK: Rewriting

    /// Replaces segments with one. Returns its length, or nil if one of the old segments does not exist any longer.
    private mutating func rewrite(_ group: [LogSegment]) throws(StorageError) -> Int? {
        guard let first = group.first else { return 0 }
        let end = end(after: group)
        var draft = try LogSegment(
            directory: log.directory, baseOffset: first.baseOffset, files: log.files,
            draftSuffix: SegmentReplacement.draftSuffix, now: now)
        if try draft.log.lengthBytes() > 0 { try draft.log.truncate(to: 0) }
        var removedMarkers: Set<Int64> = []
        for segment in group {
            var scanner = try BatchScanner(segment.log, baseOffset: segment.baseOffset)
            _ = try scanner.scan { (header, position, bytes) throws(StorageError) in
                let kept: CompactedBatch
                do throws(WireError) {
                    kept = try compacted(header, bytes)
                } catch { throw .damaged(path: segment.log.path, reason: "the batch at byte \(position): \(error)") }
                switch kept {
                case .unchanged: try draft.append(bytes, header, indexIntervalBytes: settings.indexIntervalBytes)
                case .changed(let header, let batch):
                    try batch.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in
                        try draft.append(bytes, header, indexIntervalBytes: settings.indexIntervalBytes)
                    }
                case .removed:
                    if header.isControl { removedMarkers.insert(header.lastOffset) }
                }
            }
        }
        try draft.close()
        try draft.synchronize()
        return try install(draft, instead: group, end: end, removedMarkers)
    }

    private func install(
        _ draft: LogSegment, instead group: [LogSegment], end: Int64, _ removedMarkers: Set<Int64>
    ) throws(StorageError) -> Int? {
        try log.state.withLock { (state) throws(StorageError) -> Int? in
            let bases = group.map(\.baseOffset)
            let indexes = state.segments.indices.filter { bases.contains(state.segments[$0].baseOffset) }
            guard !state.isDeleted, indexes.count == group.count, let first = indexes.first,
                let base = bases.first
            else {
                try draft.remove()
                return nil
            }
            let transactions = state.aborted.filter { $0.lastOffset >= base && $0.lastOffset < end }
            let kept = transactions.filter { !removedMarkers.contains($0.lastOffset) }
            let path = LogSegment.path(log.directory, base, "txnindex")
            // The draft replaces the list of the first segment, also if it is empty.
            try TransactionIndex.replace(
                kept, at: path + SegmentReplacement.draftSuffix, keepsEmpty: !transactions.isEmpty)
            for index in indexes { state.segments[index].retire() }
            draft.retire()
            try SegmentReplacement.replace(bases, end: end, in: log.directory)
            let opened = try LogSegment(
                opening: log.directory, offsets: base..<end, indexIntervalBytes: settings.indexIntervalBytes,
                files: log.files, now: now, hasWrittenIndexes: true)
            guard let opened else {
                throw .damaged(path: log.directory, reason: "the indexes of the compacted segment \(base) are wrong")
            }
            state.segments.replaceSubrange(first..<(first + group.count), with: [opened])
            state.aborted.removeAll { removedMarkers.contains($0.lastOffset) }
            return opened.lengthBytes
        }
    }

    private mutating func compacted(
        _ header: RecordBatchHeader, _ batch: UnsafeRawBufferPointer
    ) throws(WireError) -> CompactedBatch {
        // Records before the start of the log are removed with their segment.
        let isLast = isLastOfProducer(header)
        if header.isControl {
            // A control batch that an earlier pass has emptied.
            guard TransactionMarker(in: batch, header) != nil else { return isLast ? .unchanged : .removed }
            guard transactions.end(of: header.producerID) else { return .unchanged }
            guard header.hasDeleteHorizon else {
                return try CompactedBatch.withHorizon(
                    now &+ settings.deleteRetentionMilliseconds, header, batch)
            }
            guard header.baseTimestamp <= now else { return .unchanged }
            return isLast ? .emptied(header) : .removed
        }
        if isAborted(header) { return isLast ? .emptied(header) : .removed }
        let keys = keys
        let isPastHorizon = header.hasDeleteHorizon && header.baseTimestamp <= now
        let result = try CompactedBatch.filter(
            header, batch, horizon: now &+ settings.deleteRetentionMilliseconds
        ) { key, offset, isTombstone in
            guard let key else { return false }
            if let last = keys.lastOffset(of: [UInt8](key)), offset < last { return false }
            return !isTombstone || !isPastHorizon
        }
        if case .removed = result { return isLast ? .emptied(header) : .removed }
        if header.isTransactional { transactions.wrote(header.producerID) }
        return result
    }

    /// Whether this is the batch by which the producer's sequence, or the marker by which its epoch, is known.
    private func isLastOfProducer(_ header: RecordBatchHeader) -> Bool {
        guard header.producerID >= 0, let producer = producers.producers[header.producerID] else { return false }
        if let last = producer.batches.last { return last.lastOffset == header.lastOffset }
        return header.isControl && header.producerEpoch == producer.epoch
    }
}

/// The last offset of each key in a part of a log.
struct CompactionKeys {
    private static let bytesMax = 256 << 20
    /// What an entry takes beside the bytes of its key.
    private static let entryBytes = 64

    private var offsets: [[UInt8]: Int64] = [:]
    private var bytes = 0

    /// Whether no more segments are compacted in the same pass.
    var isFull: Bool { bytes >= Self.bytesMax }

    mutating func set(_ key: [UInt8], _ offset: Int64) {
        if offsets.updateValue(offset, forKey: key) == nil { bytes += key.count + Self.entryBytes }
    }

    func lastOffset(of key: [UInt8]) -> Int64? { offsets[key] }
}

/// Which transactions still have batches in the compacted part of a log, so that their markers must be kept.
struct CompactedTransactions {
    private var withBatches: Set<Int64> = []

    mutating func wrote(_ producerID: Int64) { withBatches.insert(producerID) }

    /// Returns whether the producer's transaction that a marker ends has no batches left.
    mutating func end(of producerID: Int64) -> Bool {
        withBatches.remove(producerID) == nil
    }
}
