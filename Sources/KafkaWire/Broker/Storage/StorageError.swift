import Foundation
import KafkaProtocol

/// Why the broker cannot use, read or write its data directory.
package enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A system call failed on a file.
    case system(operation: String, path: String, errno: Int32)
    /// Another broker works in the same directory.
    case inUse(directory: String)
    /// A file of the broker has invalid content.
    case damaged(path: String, reason: String)
    /// An entry exceeds the maximum size.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// The directory's layout is not that of this broker.
    case otherLayout(directory: String, reason: String)
    /// The file was deleted, or replaced by another one, while it was in use.
    case removed(path: String)

    package var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "\(operation) \(path) failed: \(String(cString: strerror(code)))"
        case .inUse(let directory):
            "the data directory \(directory) is in use by another broker: stop that one or choose another directory"
        case .damaged(let path, let reason):
            "\(path) is damaged: \(reason). Restore it, or move the data directory away to start with an empty one"
        case .tooLarge(let path, let bytes, let limit):
            "an entry of \(bytes) bytes is not written to \(path): the limit is \(limit)"
        case .otherLayout(let directory, let reason):
            "the data directory \(directory) cannot be used: \(reason). Choose another directory, or move this one away to "
                + "start with an empty one"
        case .removed(let path): "\(path) was deleted while it was in use"
        }
    }

    /// Whether the process, or the whole system, may have no more open files.
    var isOutOfDescriptors: Bool {
        guard case .system(_, _, let code) = self else { return false }
        return code == EMFILE || code == ENFILE
    }

    /// The error of the system call that failed last.
    static func last(_ operation: String, _ path: String) -> StorageError {
        .system(operation: operation, path: path, errno: errno)
    }
}
