import Foundation
import KafkaProtocol
import Synchronization
import WireCore

/// The directory that holds a broker's data, locked by one broker at a time.
///
/// ```
/// meta.properties     cluster id, as in Kafka
/// producer-ids.json   the first producer id that was never allocated
/// partitions.journal  replicas and leaders of partitions (PartitionJournalEntry)
/// groups.journal      consumer groups and their offsets (GroupJournalEntry)
/// transactions.journal  transactional ids (TransactionJournalEntry)
/// coordinator-epochs.json  epochs of the coordinators of transactional ids
/// quorum-state        the controller and its epoch
/// topics/NAME.json    a topic's id, partitions and settings
/// NAME-N/             partition N of a topic: segments in Kafka's format (PartitionLog)
/// scratch/            what is being created or deleted; emptied at start
/// ```
final class DataDirectory: Sendable {
    let path: String
    private let lock: Mutex<Int32?>

    var topicsPath: String { path + "/topics" }
    var scratchPath: String { path + "/scratch" }

    func topicPath(_ name: String) -> String { "\(topicsPath)/\(name).json" }
    func partitionPath(_ topic: String, _ index: Int) -> String { "\(path)/\(topic)-\(index)" }

    /// Creates what is missing and locks the directory. Throws `.inUse` if another broker holds the lock, and
    /// `.otherLayout` for the directory of an older version or of Kafka itself.
    init(path: String) throws(StorageError) {
        self.path = path
        try Self.createDirectory(path)
        try Self.checkLayout(path)
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open", path + "/lock") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK ? .inUse(directory: path) : .system(operation: "lock", path: path, errno: code)
        }
        lock = Mutex(descriptor)
        try Self.createDirectory(path + "/topics")
        try Self.remove(path + "/scratch")
        try Self.createDirectory(path + "/scratch")
    }

    private static func checkLayout(_ path: String) throws(StorageError) {
        func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }
        if exists("broker.json") {
            throw .otherLayout(
                directory: path, reason: "an older version, which kept each partition in one file, wrote it")
        }
        if exists("__cluster_metadata-0") || exists("meta.properties") && !exists("topics") {
            throw .otherLayout(directory: path, reason: "it belongs to a broker of Apache Kafka")
        }
    }

    deinit { release() }

    /// Releases the lock, so that another broker can use the directory.
    func release() {
        lock.withLock { descriptor in
            if let open = descriptor {
                // Closing is not enough while a child that is just being started still has its copy.
                _ = flock(open, LOCK_UN)
                close(open)
            }
            descriptor = nil
        }
    }

    /// A unique path in `scratch`.
    func scratchPath(for purpose: String) -> String { "\(scratchPath)/\(purpose)-\(UUID().uuidString)" }

    /// The document in the file `name`; nil if there is no such file.
    func document(_ name: String) throws(StorageError) -> JSONObject? {
        try Self.document(at: path + "/" + name)
    }

    /// Replaces the file `name` atomically: a reader sees the old or the new document.
    func replace(_ name: String, with document: JSONObject) throws(StorageError) {
        try replaceFile(at: path + "/" + name, with: document)
    }

    func replaceFile(at target: String, with document: JSONObject) throws(StorageError) {
        try replaceFile(at: target, with: JSONValue.object(document).prettyPrinted())
    }

    func replaceFile(at target: String, with content: [UInt8]) throws(StorageError) {
        let draft = scratchPath(for: "document")
        try Self.write(content, to: draft)
        try Self.move(draft, to: target)
    }

    // MARK: Files

    static func document(at path: String) throws(StorageError) -> JSONObject? {
        guard access(path, F_OK) == 0 else { return nil }
        let file = try AppendOnlyFile(path: path)
        let bytes = try file.read(count: try file.lengthBytes(), at: 0)
        do {
            guard let object = try JSONValue.parse(bytes).objectValue else {
                throw StorageError.damaged(path: path, reason: "it is not a JSON object")
            }
            return object
        } catch let error as StorageError {
            throw error
        } catch {
            throw .damaged(path: path, reason: "\(error)")
        }
    }

    private static func write(_ content: [UInt8], to path: String) throws(StorageError) {
        let file = try AppendOnlyFile(path: path)
        try content.span.bytes.withUnsafeBytes { (buffer) throws(StorageError) in try file.append(buffer, at: 0) }
        try file.synchronize()
    }

    /// Creates a directory that only this user can read, and its missing parents.
    static func createDirectory(_ path: String) throws(StorageError) {
        if mkdir(path, 0o700) == 0 { return }
        let parent = parent(of: path)
        switch errno {
        case ENOENT where !parent.isEmpty && parent != path:
            try createDirectory(parent)
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("create", path) }
        case EEXIST where isDirectory(path): return
        default: throw .last("create", path)
        }
    }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory = ObjCBool(false)
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// Renames a file or directory. When this returns, the new name is on the disk.
    ///
    /// - Parameter synchronize: receives the directories whose entries change.
    static func move(
        _ source: String, to target: String,
        synchronize: (_ directory: String) throws(StorageError) -> Void = synchronizeDirectory
    ) throws(StorageError) {
        guard rename(source, target) == 0 else { throw .last("rename \(source) to", target) }
        let (old, new) = (parent(of: source), parent(of: target))
        try synchronize(new)
        if old != new { try synchronize(old) }
    }

    private static func parent(of path: String) -> String { (path as NSString).deletingLastPathComponent }

    /// Returns when the names in the directory are on the disk. The contents of its files are not included.
    static func synchronizeDirectory(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last("synchronize", path) }
    }

    /// Removes a file or a whole directory, if it exists.
    static func remove(_ path: String) throws(StorageError) {
        guard access(path, F_OK) == 0 else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            guard access(path, F_OK) != 0 else {
                throw .damaged(path: path, reason: "it cannot be removed: \(error.localizedDescription)")
            }
        }
    }

    /// The names in a directory, sorted.
    static func names(in path: String) throws(StorageError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .last("list", path)
        }
    }
}
