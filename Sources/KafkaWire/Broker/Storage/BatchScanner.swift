import KafkaProtocol
import WireCore

/// Walks through a log file from its first batch to its last whole one, checking every checksum.
struct BatchScanner {
    enum Outcome {
        /// The file ends behind the last batch.
        case complete
        /// The file ends within a batch: the process ended while it was written, and nothing was acknowledged.
        case torn
        /// Something that is no batch, or one that is not as it was written.
        case damaged(String)
    }

    private static let chunkBytes = 1 << 20
    private let file: AppendOnlyFile
    private let fileBytes: Int
    private var chunk: [UInt8] = []
    private var chunkPosition = 0
    /// Where the next batch begins: all before it is good.
    private(set) var position = 0
    private var nextOffset: Int64 = 0

    init(_ file: AppendOnlyFile) throws(StorageError) {
        self.file = file
        fileBytes = try file.lengthBytes()
    }

    /// Calls `body` for each good batch with its header, its place and its bytes; stops at the first that is not.
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
                return .damaged("base offset \(header.baseOffset) where \(nextOffset) or more was expected")
            }
            try fill(header.totalBytes)
            let isGood = try view(header.totalBytes) { (bytes) throws(StorageError) -> Bool in
                guard RecordBatchHeader.isChecksumValid(of: bytes) else { return false }
                try body(header, position, bytes)
                return true
            }
            guard isGood else { return .damaged("checksum of the batch at offset \(header.baseOffset)") }
            position += header.totalBytes
            nextOffset = header.lastOffset + 1
        }
        return .complete
    }

    /// Whether a good batch stands somewhere behind the head at `position`: then the file was not cut off within that
    /// head's batch, but its length is wrong.
    private func hasValidBatch(after header: RecordBatchHeader) throws(StorageError) -> Bool {
        var start = position + RecordBatchHeader.byteCount
        while start + RecordBatchHeader.byteCount <= fileBytes {
            let window = try file.read(count: min(Self.chunkBytes, fileBytes - start), at: start)
            let isFound = try window.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) -> Bool in
                try hasValidBatch(in: bytes, at: start, after: header)
            }
            if isFound { return true }
            // The heads of the next window begin behind those of this one.
            start += max(1, window.count - RecordBatchHeader.byteCount + 1)
        }
        return false
    }

    /// Whether the head of a good batch is in the window, which stands at `windowStart` of the file.
    private func hasValidBatch(
        in window: UnsafeRawBufferPointer, at windowStart: Int, after header: RecordBatchHeader
    ) throws(StorageError) -> Bool {
        var start = 0
        while start + RecordBatchHeader.byteCount <= window.count {
            defer { start += 1 }
            // The format's number is the quickest thing to look at.
            guard window[start + 16] == 2,
                let candidate = Self.head(UnsafeRawBufferPointer(rebasing: window[start...])),
                candidate.baseOffset > header.baseOffset, candidate.totalBytes <= fileBytes - windowStart - start
            else { continue }
            if try isChecksumValid(of: candidate, at: windowStart + start) { return true }
        }
        return false
    }

    private static func head(_ bytes: UnsafeRawBufferPointer) -> RecordBatchHeader? {
        do throws(WireError) { return try RecordBatchHeader.first(in: bytes) } catch { return nil }
    }

    /// Reads the batch in chunks: what claims to be its length may be anything.
    private func isChecksumValid(of header: RecordBatchHeader, at start: Int) throws(StorageError) -> Bool {
        var checksum: UInt32 = 0
        var place = start + RecordBatchHeader.checksummedFrom
        let end = start + header.totalBytes
        while place < end {
            let bytes = try file.read(count: min(Self.chunkBytes, end - place), at: place)
            guard !bytes.isEmpty else { return false }
            checksum = bytes.span.bytes.withUnsafeBytes { CRC32C.checksum($0, continuing: checksum) }
            place += bytes.count
        }
        return checksum == header.checksum
    }

    /// Makes sure that `count` bytes from `position` are in the chunk.
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
