import Foundation
import KafkaProtocol
import WireCore

/// Opens a partition's directory: completes what an earlier process began, and reads the segments that may not have
/// reached the disk.
///
/// A producers' snapshot is written after everything before it is on the disk. So the segments before the last snapshot
/// are opened with the indexes that they have, and those after it are read and their indexes rebuilt.
struct LogRecovery {
    private static let logger = PartitionLog.logger

    let directory: String
    let settings: LogSettings
    let files: OpenFiles?
    let now: Int64
    private var state: PartitionLog.State
    /// Whether the last of `state.segments` is one of those that may not be on the disk.
    private var hasReadUnsure = false

    init(directory: String, settings: LogSettings, files: OpenFiles?, now: Int64) {
        self.directory = directory
        self.settings = settings
        self.files = files
        self.now = now
        state = PartitionLog.State(settings: settings)
    }

    mutating func run() throws(StorageError) -> PartitionLog.State {
        var names = try DataDirectory.names(in: directory)
        if names.contains(where: { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") || $0.hasSuffix(".tmp") }) {
            try SegmentReplacement.complete(in: directory, names)
            names = try DataDirectory.names(in: directory)
        }
        let bases = names.compactMap { LogSegment.baseOffset($0, suffix: "log") }.sorted()
        try removeFilesWithoutLog(names, bases)
        let snapshots = names.compactMap { LogSegment.baseOffset($0, suffix: "snapshot") }.sorted()
        let firstUnsure = try restoreProducers(bases, snapshots)
        for (index, base) in bases.enumerated() {
            let next = index + 1 < bases.count ? bases[index + 1] : nil
            if index < firstUnsure, let next, try open(base, next) { continue }
            guard try read(base, isUnsure: index >= firstUnsure) else {
                try setAside(bases[(index + 1)...])
                break
            }
        }
        try readCheckpoints()
        return state
    }

    /// Loads the last snapshot that belongs to the beginning of a segment. Returns the index of that segment.
    private mutating func restoreProducers(_ bases: [Int64], _ snapshots: [Int64]) throws(StorageError) -> Int {
        for offset in snapshots.reversed() {
            guard let index = bases.firstIndex(of: offset) else { continue }
            let file = try AppendOnlyFile(path: LogSegment.path(directory, offset, "snapshot"))
            let bytes = try file.read(count: try file.lengthBytes(), at: 0)
            guard let producers = ProducerSnapshot.decode(bytes) else { continue }
            state.producers = producers
            return index
        }
        return 0
    }

    private func removeFilesWithoutLog(_ names: [String], _ bases: [Int64]) throws(StorageError) {
        for name in names {
            for suffix in ["index", "timeindex", "txnindex"] {
                guard let base = LogSegment.baseOffset(name, suffix: suffix), !bases.contains(base) else { continue }
                try DataDirectory.remove("\(directory)/\(name)")
            }
        }
    }

    /// Opens a segment that is on the disk. Returns false if it must be read, because its indexes are missing.
    private mutating func open(_ base: Int64, _ next: Int64) throws(StorageError) -> Bool {
        guard
            let segment = try LogSegment(
                opening: directory, offsets: base..<next, indexIntervalBytes: settings.indexIntervalBytes, files: files,
                now: now),
            let aborted = try TransactionIndex.read(LogSegment.path(directory, base, "txnindex"))
        else { return false }
        state.segments.append(segment)
        state.aborted += aborted
        state.endOffset = next
        return true
    }

    /// Reads a segment, and rebuilds its indexes. Returns false if the log ends in it, because the rest is damaged.
    ///
    /// - Parameter isUnsure: the segment is not included in the state of the producers yet.
    private mutating func read(_ base: Int64, isUnsure: Bool) throws(StorageError) -> Bool {
        if isUnsure, hasReadUnsure, let last = state.segments.indices.last {
            try state.segments[last].close()
            state.closedSegments.append(
                .init(
                    segment: state.segments[last], endOffset: base,
                    snapshot: ProducerSnapshot.encode(state.producers)))
        }
        if isUnsure { hasReadUnsure = true }
        var segment = try LogSegment(directory: directory, baseOffset: base, files: files, now: now)
        var scanner = try BatchScanner(segment.log, baseOffset: base)
        var producers = state.producers
        var aborted: [ProducerStates.EndedTransaction] = []
        let interval = settings.indexIntervalBytes
        let outcome = try scanner.scan { (header, _, bytes) throws(StorageError) in
            try segment.record(header, indexIntervalBytes: interval)
            if isUnsure, let ended = Self.replay(header, bytes, &producers) { aborted.append(ended) }
        }
        if isUnsure {
            state.producers = producers
            try TransactionIndex.replace(aborted, at: LogSegment.path(directory, base, "txnindex"))
        } else {
            aborted = try TransactionIndex.read(LogSegment.path(directory, base, "txnindex")) ?? []
            try segment.close()
        }
        state.aborted += aborted
        state.segments.append(segment)
        state.endOffset = segment.nextOffset
        switch outcome {
        case .complete: return true
        case .torn:
            let cutBytes = try segment.log.lengthBytes() - segment.lengthBytes
            Self.logger.warn("Cut \(cutBytes) bytes of an unfinished batch off \(segment.log.path)")
            try segment.log.truncate(to: segment.lengthBytes)
        case .damaged(let reason):
            let quarantinePath = try segment.log.quarantine(from: segment.lengthBytes)
            Self.logger.error(
                "\(segment.log.path) is damaged at byte \(segment.lengthBytes) (\(reason)): everything from there on was "
                    + "moved to \(quarantinePath)")
        }
        return false
    }

    /// Returns the transaction that the batch aborts.
    static func replay(
        _ header: RecordBatchHeader, _ bytes: UnsafeRawBufferPointer, _ producers: inout ProducerStates
    ) -> ProducerStates.EndedTransaction? {
        if let batch = header.producerBatch { producers.batchAppended(batch) }
        guard header.isControl, let marker = TransactionMarker(in: bytes, header) else { return nil }
        let ended = producers.markerAppended(
            producerID: header.producerID, epoch: header.producerEpoch, coordinatorEpoch: marker.coordinatorEpoch,
            offset: header.lastOffset, timestamp: header.maxTimestamp)
        return marker.isCommit ? nil : ended
    }

    /// Moves the segments after a damaged or incomplete one aside: offsets must not be reused.
    private func setAside(_ bases: ArraySlice<Int64>) throws(StorageError) {
        for base in bases {
            let path = LogSegment.path(directory, base, "log")
            try DataDirectory.move(path, to: path + ".damaged-0")
            Self.logger.error("\(path) follows a damaged segment: it was moved to \(path).damaged-0")
            for suffix in ["index", "timeindex", "txnindex", "snapshot"] {
                try DataDirectory.remove(LogSegment.path(directory, base, suffix))
            }
        }
    }

    private mutating func readCheckpoints() throws(StorageError) {
        let epochs = try CheckpointFile.read(directory + "/leader-epoch-checkpoint", columns: 2) ?? []
        let known = epochs.filter { $0[1] <= state.endOffset }
        state.epochs = LeaderEpochs(known.map { .init(number: Int32(clamping: $0[0]), startOffset: $0[1]) })
        let start = try CheckpointFile.read(directory + "/log-start-offset-checkpoint", columns: 1)?.first?[0] ?? 0
        state.startOffset = max(state.segments.first?.baseOffset ?? 0, min(start, state.endOffset))
        let cleaned = try CheckpointFile.read(directory + "/cleaner-offset-checkpoint", columns: 1)?.first?[0] ?? 0
        state.cleanedOffset = min(cleaned, state.endOffset)
        state.aborted.removeAll { $0.lastOffset < state.startOffset }
    }
}
