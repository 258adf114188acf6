import Foundation
import KafkaProtocol
import WireCore

/// A file of sorted entries of equal length: a segment's offset index or time index, in Kafka's format.
///
/// An index only saves time: it is written without waiting for the disk, and rebuilt from the log if it is not
/// plausible when the segment is opened.
struct IndexFile: Sendable {
    /// Eight bytes of offset index: relative offset u32 | position i32. Twelve of time index: timestamp i64 | relative
    /// offset u32.
    enum Kind: Int, Sendable {
        case offset = 8
        case time = 12

        var suffix: String { self == .offset ? "index" : "timeindex" }
    }

    /// An entry: for an offset index `key` is the last offset of the batch at byte `value`; for a time index `key` is
    /// the largest timestamp of the segment up to the batch that ends with the offset `value`.
    struct Entry: Equatable, Sendable {
        var key: Int64
        var value: Int64
    }

    let kind: Kind
    let path: String
    private let baseOffset: Int64
    private let files: OpenFiles?
    private var file: AppendOnlyFile?
    private(set) var count = 0
    /// The last entry: most lookups are for the end of the log.
    private(set) var last: Entry?

    /// The index of a new segment, or one that is rebuilt.
    init(_ kind: Kind, path: String, baseOffset: Int64, files: OpenFiles?) {
        self.kind = kind
        self.path = path
        self.baseOffset = baseOffset
        self.files = files
    }

    var lengthBytes: Int { count * kind.rawValue }

    /// Opens the index of a segment that is not appended to any longer. Returns nil if it must be rebuilt: there is
    /// none, or its length or its last entry are not plausible.
    ///
    /// - Parameters:
    ///   - offsets: those of the segment.
    ///   - lengthBytesOfLog: the length of the segment's log.
    ///   - intervalBytes: the distance of two entries of an offset index. A longer log may have no entry, too, if its
    ///     last batches are long; its index is rebuilt.
    ///   - isWritten: this process has written the index. It may be empty, and is not rebuilt then.
    static func open(
        _ kind: Kind, path: String, offsets: Range<Int64>, lengthBytesOfLog: Int, intervalBytes: Int, files: OpenFiles?,
        isWritten: Bool = false
    ) throws(StorageError) -> IndexFile? {
        var index = IndexFile(kind, path: path, baseOffset: offsets.lowerBound, files: files)
        let mayBeEmpty = isWritten || kind == .offset && lengthBytesOfLog <= intervalBytes
        guard access(path, F_OK) == 0 else { return mayBeEmpty ? index : nil }
        let file = try AppendOnlyFile(path: path, in: files)
        let length = try file.lengthBytes()
        if length == 0 { return mayBeEmpty ? index : nil }
        guard length % kind.rawValue == 0 else { return nil }
        index.file = file
        index.count = length / kind.rawValue
        guard let last = try index.entry(at: index.count - 1) else { return nil }
        let isPlausible = switch kind {
        case .offset: offsets.contains(last.key) && (0..<Int64(lengthBytesOfLog)).contains(last.value)
        case .time: offsets.contains(last.value)
        }
        guard isPlausible else { return nil }
        index.last = last
        return index
    }

    /// Appends an entry.
    mutating func append(_ entry: Entry) throws(StorageError) {
        var bytes = ByteWriter(capacityBytes: kind.rawValue)
        switch kind {
        case .offset:
            bytes.bigEndian(UInt32(truncatingIfNeeded: entry.key - baseOffset))
            bytes.bigEndian(UInt32(truncatingIfNeeded: entry.value))
        case .time:
            bytes.bigEndian(entry.key)
            bytes.bigEndian(UInt32(truncatingIfNeeded: entry.value - baseOffset))
        }
        let file = try openFile()
        try bytes.withUnsafeBytes { (bytes) throws(StorageError) in try file.append(bytes, at: lengthBytes) }
        count += 1
        last = entry
    }

    /// Creates the file if there is no entry yet: Kafka's tool reads a time index only if there is an offset index.
    mutating func create() throws(StorageError) { _ = try openFile() }

    private mutating func openFile() throws(StorageError) -> AppendOnlyFile {
        if let file { return file }
        let opened = try AppendOnlyFile(path: path, in: files)
        // What an earlier process left.
        if try opened.lengthBytes() > 0 { try opened.truncate(to: 0) }
        file = opened
        return opened
    }

    /// The last entry whose key is at most `key`; nil if there is none.
    func lastEntry(keyAtMost key: Int64) throws(StorageError) -> Entry? {
        guard let last, count > 0 else { return nil }
        if last.key <= key { return last }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            guard let entry = try entry(at: middle) else { return nil }
            if entry.key <= key { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? try entry(at: low - 1) : nil
    }

    private func entry(at position: Int) throws(StorageError) -> Entry? {
        guard let file else { return nil }
        let bytes = try file.read(count: kind.rawValue, at: position * kind.rawValue)
        guard bytes.count == kind.rawValue else { return nil }
        var reader = ByteReader(bytes.span.bytes)
        do throws(WireError) {
            switch kind {
            case .offset:
                let key = baseOffset + Int64(try reader.bigEndian(UInt32.self))
                return Entry(key: key, value: Int64(try reader.bigEndian(UInt32.self)))
            case .time:
                let key = try reader.bigEndian(Int64.self)
                return Entry(key: key, value: baseOffset + Int64(try reader.bigEndian(UInt32.self)))
            }
        } catch { return nil }
    }

    func synchronize() throws(StorageError) { try file?.synchronize() }

    func remove() throws(StorageError) {
        file?.retire()
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    func retire() { file?.retire() }
}
