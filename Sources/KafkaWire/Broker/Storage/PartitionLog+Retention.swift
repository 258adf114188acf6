import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// Deletion from the beginning of the log, by whole segments.
extension PartitionLog {
    /// Deletes the segments that are older than `retention.ms`, beyond `retention.bytes`, or before the start of the
    /// log. Returns how many were deleted.
    func deleteOldSegments(now: Int64) throws(StorageError) -> Int {
        try state.withLock { (state) throws(StorageError) -> Int in
            guard !state.isDeleted else { return 0 }
            let settings = state.settings
            var excessBytes = -1
            if settings.deletesOldSegments, settings.retentionBytes >= 0 {
                excessBytes = state.segments.reduce(0) { $0 + $1.lengthBytes } - Int(clamping: settings.retentionBytes)
            }
            var count = 0
            for (index, segment) in state.segments.enumerated() {
                let isActive = index == state.segments.count - 1
                // An open transaction would lose its beginning.
                guard !isActive || segment.lengthBytes > 0, Self.end(of: index, state) <= state.lastStableOffset else {
                    break
                }
                let isOld = settings.deletesOldSegments && settings.retentionMilliseconds >= 0
                    && now - (segment.timestampMax >= 0 ? segment.timestampMax : segment.createdAt)
                        > settings.retentionMilliseconds
                let isBeforeStart = !isActive && Self.end(of: index, state) <= state.startOffset
                guard isOld || isBeforeStart || excessBytes - segment.lengthBytes >= 0 else { break }
                excessBytes -= segment.lengthBytes
                count += 1
            }
            if count == 0 { return 0 }
            // The last segment's name is the offset of the next record, also after all records were deleted.
            if count == state.segments.count { try roll(now: now, &state) }
            try deleteSegments(count, &state)
            return count
        }
    }

    private static func end(of index: Int, _ state: State) -> Int64 {
        index + 1 < state.segments.count ? state.segments[index + 1].baseOffset : state.endOffset
    }

    private func deleteSegments(_ count: Int, _ state: inout State) throws(StorageError) {
        let deleted = state.segments[..<count]
        let base = state.segments[count].baseOffset
        state.segments.removeFirst(count)
        state.closedSegments.removeAll { $0.endOffset <= base }
        state.startOffset = max(state.startOffset, base)
        state.aborted.removeAll { $0.lastOffset < base }
        state.epochs.removeEpochs(before: state.startOffset)
        for segment in deleted {
            try segment.remove()
            // The producers' state at the beginning of the first segment is still needed.
            try DataDirectory.remove(LogSegment.path(directory, segment.baseOffset, "snapshot"))
        }
        Self.logger.info("Deleted \(count) segment(s) of \(directory): the log starts at offset \(state.startOffset)")
    }

    /// Makes `offset` the start of the log (DeleteRecords). Returns the start then, or nil if the offset is beyond the
    /// end.
    func deleteRecords(before offset: Int64) throws(StorageError) -> Int64? {
        try state.withLock { (state) throws(StorageError) -> Int64? in
            guard !state.isDeleted, offset <= state.endOffset else { return nil }
            guard offset > state.startOffset else { return state.startOffset }
            try CheckpointFile.replace(
                [[offset]], at: directory + "/log-start-offset-checkpoint", synchronizes: true)
            state.startOffset = offset
            state.aborted.removeAll { $0.lastOffset < offset }
            state.epochs.removeEpochs(before: offset)
            return offset
        }
    }
}
