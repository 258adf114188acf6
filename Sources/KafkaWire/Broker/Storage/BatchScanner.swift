import KafkaProtocol
import WireCore

/// Reads a log file from its first batch to its last whole one and verifies the checksums.
struct BatchScanner {
    enum Outcome {
        /// The file ends after the last batch.
        case complete
        /// The file ends within a batch: the process ended while writing it, and it was not acknowledged.
        case torn
        /// Bytes that are not a batch, or a batch that was altered.
        case damaged(String)
    }

    private static let chunkBytes = 1 << 20
    private let file: AppendOnlyFile
    private let fileBytes: Int
    private var chunk: [UInt8] = []
    private var chunkPosition = 0
    /// The position of the next batch. Everything before it is valid.
    private(set) var position = 0
    private var nextOffset: Int64

    /// - Parameter baseOffset: no batch has an offset before this one.
    init(_ file: AppendOnlyFile, baseOffset: Int64 = 0) throws(StorageError) {
        self.file = file
        nextOffset = baseOffset
        fileBytes = try file.lengthBytes()
    }

    /// Calls `body` for each batch up to the first that is not valid, with its header, position and bytes.
    mutating func scan(
        _ body: (RecordBatchHeader, _ position: Int, UnsafeRawBufferPointer) throws(StorageError) -> Void
    ) throws(StorageError) -> Outcome {
        while position < fileBytes {
            guard fileBytes - position >= RecordBatchHeader.byteCount else { return .torn }
            try fill(RecordBatchHeader.byteCount)
            let header: RecordBatchHeader
            do throws(WireError) {
                header = try view(RecordBatchHeader.byteCount) { (bytes) throws(WireError) in
                    try RecordBatchHeader.first(in: bytes)
                }
            } catch {
                return .damaged(error.description)
            }
            guard header.totalBytes <= fileBytes - position else {
                guard try hasValidBatch(after: header) else { return .torn }
                return .damaged("length \(header.batchLength) of the batch at offset \(header.baseOffset)")
            }
            // The checksum does not cover the base offset.
            guard header.baseOffset >= nextOffset, header.baseOffset <= header.lastOffset, header.lastOffset < .max
            else {
                return .damaged("base offset \(header.baseOffset), expected at least \(nextOffset)")
            }
            try fill(header.totalBytes)
            let isValid = try view(header.totalBytes) { (bytes) throws(StorageError) -> Bool in
                guard RecordBatchHeader.isChecksumValid(of: bytes) else { return false }
                try body(header, position, bytes)
                return true
            }
            guard isValid else { return .damaged("checksum of the batch at offset \(header.baseOffset)") }
            position += header.totalBytes
            nextOffset = header.lastOffset + 1
        }
        return .complete
    }

    /// Whether a valid batch follows somewhere after the header at `position`. If so, the header's length is wrong;
    /// otherwise the file ends within its batch.
    private func hasValidBatch(after header: RecordBatchHeader) throws(StorageError) -> Bool {
        var start = position + RecordBatchHeader.byteCount
        while start + RecordBatchHeader.byteCount <= fileBytes {
            let window = try file.read(count: min(Self.chunkBytes, fileBytes - start), at: start)
            let isFound = try window.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) -> Bool in
                try hasValidBatch(in: bytes, at: start, after: header)
            }
            if isFound { return true }
            // The next window begins after the last position at which this one can hold a whole header.
            start += max(1, window.count - RecordBatchHeader.byteCount + 1)
        }
        return false
    }

    /// Whether the header of a valid batch is in the window, which begins at `windowStart` in the file.
    private func hasValidBatch(
        in window: UnsafeRawBufferPointer, at windowStart: Int, after header: RecordBatchHeader
    ) throws(StorageError) -> Bool {
        var start = 0
        while start + RecordBatchHeader.byteCount <= window.count {
            defer { start += 1 }
            // The cheapest check first: the format's number.
            guard window[start + 16] == 2,
                let candidate = Self.header(UnsafeRawBufferPointer(rebasing: window[start...])),
                candidate.baseOffset > header.baseOffset, candidate.totalBytes <= fileBytes - windowStart - start
            else { continue }
            if try isChecksumValid(of: candidate, at: windowStart + start) { return true }
        }
        return false
    }

    private static func header(_ bytes: UnsafeRawBufferPointer) -> RecordBatchHeader? {
        do throws(WireError) { return try RecordBatchHeader.first(in: bytes) } catch { return nil }
    }

    /// Reads the batch in chunks, since its length may be wrong.
    private func isChecksumValid(of header: RecordBatchHeader, at start: Int) throws(StorageError) -> Bool {
        var checksum: UInt32 = 0
        var position = start + RecordBatchHeader.checksummedFrom
        let end = start + header.totalBytes
        while position < end {
            let bytes = try file.read(count: min(Self.chunkBytes, end - position), at: position)
            guard !bytes.isEmpty else { return false }
            checksum = bytes.span.bytes.withUnsafeBytes { CRC32C.checksum($0, continuing: checksum) }
            position += bytes.count
        }
        return checksum == header.checksum
    }

    /// Reads `count` bytes from `position` into the chunk unless they are there.
    private mutating func fill(_ count: Int) throws(StorageError) {
        if position >= chunkPosition, position + count <= chunkPosition + chunk.count { return }
        chunk = try file.read(count: max(count, Self.chunkBytes), at: position)
        chunkPosition = position
        guard chunk.count >= count else {
            throw .damaged(path: file.path, reason: "it became shorter while it was read")
        }
    }

    private func view<R, E: Error>(
        _ count: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let start = position - chunkPosition
        return try chunk.span.bytes.extracting(start..<(start + count)).withUnsafeBytes(body)
    }
}
