import KafkaProtocol
import WireCore

/// One entry of a journal. Later entries replace earlier ones for the same key.
protocol JournalEntry {
    func encode(into writer: inout KafkaWriter)
    @_lifetime(reader: copy reader)
    init(from reader: inout KafkaReader) throws(WireError)
}

/// The file that persists the state of a coordinator: a sequence of entries, of which the last one for a key is valid.
///
/// Layout of an entry: length of the content u32 | CRC-32 of the content u32 | content (`JournalEntry`). An
/// incomplete last entry was never acknowledged and is cut off; one with a wrong checksum is moved to a file
/// beside it, together with all that follows. The file is rewritten with the valid entries
/// when it is opened and when it has grown to a multiple of their size.
struct Journal<Entry: JournalEntry> {
    private let path: String
    private let directory: DataDirectory
    private let flushesAlways: Bool
    private var file: AppendOnlyFile
    private var lengthBytes = 0
    private var rewrittenBytes = 0

    /// Reads the existing entries.
    ///
    /// - Parameters:
    ///   - flushesAlways: whether each change is on the disk before `append` returns.
    ///   - body: receives each entry, in order.
    init(
        _ fileName: String, in directory: DataDirectory, flushesAlways: Bool = false, replay body: (Entry) -> Void
    ) throws(StorageError) {
        self.directory = directory
        path = "\(directory.path)/\(fileName)"
        self.flushesAlways = flushesAlways
        file = try AppendOnlyFile(path: path)
        let bytes = try file.read(count: try file.lengthBytes(), at: 0)
        while lengthBytes < bytes.count {
            switch try Self.entry(bytes, at: lengthBytes, path: file.path) {
            case .whole(let entry, let entryBytes):
                body(entry)
                lengthBytes += entryBytes
            case .torn:
                JournalFormat.logger.warn("Cut \(bytes.count - lengthBytes) bytes of an unfinished entry off \(file.path)")
                try file.truncate(to: lengthBytes)
                return
            case .damaged:
                let quarantinePath = try file.quarantine(from: lengthBytes)
                JournalFormat.logger.error(
                    "\(file.path) is damaged at byte \(lengthBytes): everything from there on was moved to "
                        + quarantinePath)
                return
            }
        }
    }

    private enum Found {
        case whole(Entry, entryBytes: Int)
        /// The file ends within it.
        case torn
        case damaged
    }

    /// Decodes the entry at `position`. Throws if its checksum is valid but its content is unknown.
    private static func entry(_ bytes: [UInt8], at position: Int, path: String) throws(StorageError) -> Found {
        var reader = ByteReader(bytes.span.bytes.extracting(position..<bytes.count), base: position)
        guard reader.remainingBytes >= JournalFormat.headerBytes else { return .torn }
        do throws(WireError) {
            let count = Int(try reader.bigEndian(UInt32.self))
            let checksum = try reader.bigEndian(UInt32.self)
            guard (1...JournalFormat.entryBytesMax).contains(count) else { return .damaged }
            guard count <= reader.remainingBytes else { return .torn }
            let content = try reader.span(count)
            guard content.withUnsafeBytes({ CRC32.checksum($0) }) == checksum else { return .damaged }
            var fields = KafkaReader(ByteReader(content), isFlexible: true)
            return .whole(try Entry(from: &fields), entryBytes: JournalFormat.headerBytes + count)
        } catch {
            throw .damaged(path: path, reason: "\(error), in the entry at byte \(position)")
        }
    }

    /// Appends entries in one write. When this returns, they survive the end of the process.
    ///
    /// Throws `.tooLarge`, and writes nothing, if a group's metadata exceeds the limit.
    mutating func append(_ entries: [Entry]) throws(StorageError) {
        let block = try block(entries)
        try block.withUnsafeBytes { (bytes) throws(StorageError) in try file.append(bytes, at: lengthBytes) }
        lengthBytes += block.count
        if flushesAlways { try file.synchronize() }
    }

    /// Whether most of the file is superseded entries.
    var shouldRewrite: Bool { lengthBytes > max(JournalFormat.rewriteBytesMin, 4 * rewrittenBytes) }

    /// Prevents a rewrite until the file has grown to a multiple of its current length.
    mutating func postponeRewrite() { rewrittenBytes = lengthBytes }

    /// Replaces the file with one that has only these entries.
    mutating func rewrite(_ entries: [Entry]) throws(StorageError) {
        let draftPath = directory.scratchPath(for: "journal")
        let draft = try AppendOnlyFile(path: draftPath)
        let block = try block(entries)
        try block.withUnsafeBytes { (bytes) throws(StorageError) in try draft.append(bytes, at: 0) }
        try draft.synchronize()
        try DataDirectory.move(draftPath, to: path)
        file = draft
        lengthBytes = block.count
        rewrittenBytes = block.count
    }

    func synchronize() throws(StorageError) { try file.synchronize() }

    private func block(_ entries: [Entry]) throws(StorageError) -> ByteWriter {
        var block = ByteWriter()
        for entry in entries {
            var content = KafkaWriter(capacityBytes: 128, isFlexible: true)
            entry.encode(into: &content)
            guard content.bytes.count <= JournalFormat.entryBytesMax else {
                throw .tooLarge(path: path, bytes: content.bytes.count, limit: JournalFormat.entryBytesMax)
            }
            block.bigEndian(UInt32(content.bytes.count))
            block.bigEndian(content.bytes.withUnsafeBytes { CRC32.checksum($0) })
            block.bytes(of: content.bytes)
        }
        return block
    }
}

/// What the journals of all entries have in common.
private enum JournalFormat {
    static let headerBytes = 8
    static let entryBytesMax = 64 << 20
    /// The minimum length at which the file is rewritten while the broker runs.
    static let rewriteBytesMin = 16 << 20
    static let logger = Logger("cdcd.broker.Journal")
}
