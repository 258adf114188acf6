import WireCore

/// The file that keeps groups and their offsets over a restart: entries one after the other, the last one counts.
///
/// Layout of an entry: length of the content u32 | CRC-32 of the content u32 | content (`GroupJournalEntry`). A torn
/// last entry was never acknowledged and is cut off. The file is written anew, with what is alive, when it is opened
/// and when it has grown well beyond that.
struct GroupJournal {
    private static let headerBytes = 8
    private static let entryBytesMax = 64 << 20
    /// Below this length the file is never written anew while the broker runs.
    private static let rewriteBytesMin = 16 << 20
    private static let logger = Logger("cdcd.broker.GroupJournal")

    private let directory: DataDirectory
    private var file: AppendOnlyFile
    private var lengthBytes = 0
    private var rewrittenBytes = 0

    /// Reads what is there.
    ///
    /// - Parameter body: is given each entry in order.
    init(in directory: DataDirectory, replay body: (GroupJournalEntry) -> Void) throws(StorageError) {
        self.directory = directory
        file = try AppendOnlyFile(path: directory.groupsPath)
        let bytes = try file.read(count: try file.lengthBytes(), at: 0)
        while lengthBytes < bytes.count {
            guard let count = try Self.entry(bytes, at: lengthBytes, path: file.path, body) else {
                Self.logger.warn(
                    "Cut \(bytes.count - lengthBytes) bytes of an unfinished entry off \(directory.groupsPath)")
                try file.truncate(to: lengthBytes)
                break
            }
            lengthBytes += count
        }
    }

    /// Decodes the entry at `position`; nil where the file ends within it, or its content never reached the disk.
    private static func entry(
        _ bytes: [UInt8], at position: Int, path: String, _ body: (GroupJournalEntry) -> Void
    ) throws(StorageError) -> Int? {
        var reader = ByteReader(bytes.span.bytes.extracting(position..<bytes.count), base: position)
        do {
            let count = Int(try reader.bigEndian(UInt32.self))
            let checksum = try reader.bigEndian(UInt32.self)
            guard count <= reader.remainingBytes else { return nil }
            let content = try reader.span(count)
            guard content.withUnsafeBytes({ CRC32.checksum($0) }) == checksum, count > 0 else { return nil }
            var fields = KafkaReader(ByteReader(content), isFlexible: true)
            body(try GroupJournalEntry(from: &fields))
            return headerBytes + count
        } catch {
            if case .truncated = error.reason, bytes.count - position < headerBytes { return nil }
            throw .damaged(path: path, reason: "\(error), in the entry at byte \(position)")
        }
    }

    /// Appends entries in one write. When this returns, they survive the end of the process.
    mutating func append(_ entries: [GroupJournalEntry]) throws(StorageError) {
        let block = Self.block(entries)
        try block.withUnsafeBytes { (bytes) throws(StorageError) in try file.append(bytes, at: lengthBytes) }
        lengthBytes += block.count
    }

    /// Whether most of the file is about what is no longer so.
    var wantsRewriting: Bool { lengthBytes > max(Self.rewriteBytesMin, 4 * rewrittenBytes) }

    /// Replaces the file by one that has only these entries.
    mutating func rewrite(_ entries: [GroupJournalEntry]) throws(StorageError) {
        let draftPath = directory.scratchPath(for: "groups")
        let draft = try AppendOnlyFile(path: draftPath)
        let block = Self.block(entries)
        try block.withUnsafeBytes { (bytes) throws(StorageError) in try draft.append(bytes, at: 0) }
        try draft.synchronize()
        try DataDirectory.move(draftPath, to: directory.groupsPath)
        file = draft
        lengthBytes = block.count
        rewrittenBytes = block.count
    }

    func synchronize() throws(StorageError) { try file.synchronize() }

    private static func block(_ entries: [GroupJournalEntry]) -> ByteWriter {
        var block = ByteWriter()
        for entry in entries {
            var content = KafkaWriter(capacityBytes: 128, isFlexible: true)
            entry.encode(into: &content)
            precondition(content.bytes.count <= entryBytesMax, "a request is smaller than that")
            block.bigEndian(UInt32(content.bytes.count))
            block.bigEndian(content.bytes.withUnsafeBytes { CRC32.checksum($0) })
            block.bytes(of: content.bytes)
        }
        return block
    }
}
