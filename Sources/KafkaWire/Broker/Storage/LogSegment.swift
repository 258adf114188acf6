import Foundation
import KafkaProtocol
import WireCore

/// A section of a partition's log: a file of record batches with its indexes, named after its first offset.
///
/// The last segment of a log is appended to; the others never change, except that compaction replaces them.
struct LogSegment: Sendable {
    let directory: String
    /// The offset in the file's name. All records of the segment have this offset or a larger one.
    let baseOffset: Int64
    let log: AppendOnlyFile
    private(set) var offsetIndex: IndexFile
    private(set) var timeIndex: IndexFile
    private(set) var lengthBytes = 0
    /// The offset after the last batch.
    private(set) var nextOffset: Int64
    /// The largest timestamp, -1 in an empty segment, and the last offset of the first batch that has it.
    private(set) var timestampMax: Int64 = -1
    private(set) var timestampMaxOffset: Int64
    /// The largest timestamp of the first batch, by which `segment.ms` counts.
    private(set) var firstTimestamp: Int64?
    /// Milliseconds since 1970 at which the segment was created or opened.
    let createdAt: Int64
    private var bytesSinceIndexEntry = 0

    /// A new, empty segment.
    ///
    /// - Parameter draftSuffix: what its files' names end with while it is not valid yet.
    init(
        directory: String, baseOffset: Int64, files: OpenFiles?, draftSuffix: String = "", now: Int64
    ) throws(StorageError) {
        self.directory = directory
        self.baseOffset = baseOffset
        nextOffset = baseOffset
        timestampMaxOffset = baseOffset
        createdAt = now
        func path(_ suffix: String) -> String { Self.path(directory, baseOffset, suffix + draftSuffix) }
        log = try AppendOnlyFile(path: path("log"), in: files)
        offsetIndex = IndexFile(.offset, path: path("index"), baseOffset: baseOffset, files: files)
        timeIndex = IndexFile(.time, path: path("timeindex"), baseOffset: baseOffset, files: files)
    }

    /// A segment that is not appended to any longer, with the indexes that it has. Returns nil if these must be
    /// rebuilt.
    ///
    /// - Parameter hasWrittenIndexes: this process has written them.
    init?(
        opening directory: String, offsets range: Range<Int64>, indexIntervalBytes: Int, files: OpenFiles?, now: Int64,
        hasWrittenIndexes: Bool = false
    ) throws(StorageError) {
        try self.init(directory: directory, baseOffset: range.lowerBound, files: files, now: now)
        nextOffset = range.upperBound
        lengthBytes = try log.lengthBytes()
        // Compaction may leave nothing.
        if lengthBytes == 0 { return }
        let offsets = try IndexFile.open(
            .offset, path: offsetIndex.path, offsets: range, lengthBytesOfLog: lengthBytes,
            intervalBytes: indexIntervalBytes, files: files, isWritten: hasWrittenIndexes)
        let times = try IndexFile.open(
            .time, path: timeIndex.path, offsets: range, lengthBytesOfLog: lengthBytes,
            intervalBytes: indexIntervalBytes, files: files, isWritten: hasWrittenIndexes)
        guard let offsets, let times else { return nil }
        offsetIndex = offsets
        timeIndex = times
        // Records without timestamps have no entry.
        guard let last = times.last else { return }
        timestampMax = last.key
        timestampMaxOffset = last.value
    }

    /// The path of one of a segment's files: twenty digits and the suffix.
    static func path(_ directory: String, _ baseOffset: Int64, _ suffix: String) -> String {
        let digits = String(baseOffset)
        return "\(directory)/\(String(repeating: "0", count: max(0, 20 - digits.utf8.count)))\(digits).\(suffix)"
    }

    /// The base offset in a file's name; nil if it is not the name of a segment's file with this suffix.
    static func baseOffset(_ name: String, suffix: String) -> Int64? {
        guard name.hasSuffix("." + suffix), name.utf8.count == 21 + suffix.utf8.count else { return nil }
        return Int64(name.prefix(20))
    }

    // MARK: Append

    /// Whether a batch with this length and last offset must go to a new segment.
    func isFull(forBatchBytes batchBytes: Int, lastOffset: Int64, timestamp: Int64, now: Int64, _ settings: LogSettings)
        -> Bool
    {
        guard lengthBytes > 0 else { return false }
        if lengthBytes + batchBytes > settings.segmentBytes { return true }
        if offsetIndex.lengthBytes + 8 > settings.indexBytesMax || timeIndex.lengthBytes + 24 > settings.indexBytesMax {
            return true
        }
        if lastOffset - baseOffset > Int64(Int32.max) || lengthBytes > Int(Int32.max) - batchBytes { return true }
        return age(ofTimestamp: timestamp, now: now) > settings.segmentMilliseconds
    }

    /// The time since the segment's first batch, by its timestamps if it has any.
    func age(ofTimestamp timestamp: Int64, now: Int64) -> Int64 {
        if let firstTimestamp, firstTimestamp >= 0, timestamp >= 0 { return timestamp &- firstTimestamp }
        return now &- createdAt
    }

    /// Appends a batch whose offsets are assigned.
    mutating func append(
        _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader, indexIntervalBytes: Int
    ) throws(StorageError) {
        try log.append(batch, at: lengthBytes)
        try record(header, indexIntervalBytes: indexIntervalBytes)
    }

    /// Records a batch that is in the file, at the end of those recorded before.
    mutating func record(_ header: RecordBatchHeader, indexIntervalBytes: Int) throws(StorageError) {
        let position = lengthBytes
        lengthBytes += header.totalBytes
        nextOffset = header.nextOffset
        if firstTimestamp == nil { firstTimestamp = header.maxTimestamp }
        if header.recordCount > 0, header.maxTimestamp > timestampMax {
            timestampMax = header.maxTimestamp
            timestampMaxOffset = header.lastOffset
        }
        if bytesSinceIndexEntry > indexIntervalBytes {
            try offsetIndex.append(.init(key: header.lastOffset, value: Int64(position)))
            try indexTime()
            bytesSinceIndexEntry = 0
        }
        bytesSinceIndexEntry += header.totalBytes
    }

    private mutating func indexTime() throws(StorageError) {
        guard timestampMax > (timeIndex.last?.key ?? -1) else { return }
        try offsetIndex.create()
        try timeIndex.append(.init(key: timestampMax, value: timestampMaxOffset))
    }

    /// Completes the segment: nothing is appended to it any longer.
    mutating func close() throws(StorageError) {
        try indexTime()
    }

    // MARK: Lookup

    /// The position of a batch at or before the one with this offset.
    func position(of offset: Int64) throws(StorageError) -> Int {
        Int(try offsetIndex.lastEntry(keyAtMost: offset)?.value ?? 0)
    }

    /// The position of a batch before which all records are older than `timestamp`.
    func position(ofTimestamp timestamp: Int64) throws(StorageError) -> Int {
        guard let entry = try timeIndex.lastEntry(keyAtMost: timestamp) else { return 0 }
        return try position(of: entry.value)
    }

    // MARK: Files

    func synchronize() throws(StorageError) {
        try log.synchronize()
        try offsetIndex.synchronize()
        try timeIndex.synchronize()
    }

    /// Removes all files of the segment, except for the producers' snapshot. The log first: without it the others are
    /// removed when the partition is opened.
    func remove() throws(StorageError) {
        try log.remove()
        try offsetIndex.remove()
        try timeIndex.remove()
        _ = unlink(Self.path(directory, baseOffset, "txnindex"))
    }

    /// Ends the use of files that are renamed or deleted with their directory.
    func retire() {
        log.retire()
        offsetIndex.retire()
        timeIndex.retire()
    }
}
