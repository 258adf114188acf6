import Foundation
import KafkaProtocol
import Synchronization

/// The descriptors of a broker's partition files, of which a limited number is open at the same time.
///
/// A file is opened when it is used, and stays open until the limit requires that the least recently used file is
/// closed. So a directory can hold more partitions than the process can have descriptors.
final class OpenFiles: Sendable {
    /// Identifies a file until `remove(_:)`.
    struct Key: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let descriptor: Int32
        /// The reads and writes in progress, during which the descriptor must stay open.
        var userCount: Int
        var lastUse: UInt64
        /// Whether the file was removed while it was in use: the last user closes it.
        var isRemoved = false
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var lastKey: UInt64 = 0
        var lastUse: UInt64 = 0
        /// The removed files to which somebody still refers.
        var removed: Set<Key> = []
    }

    /// The maximum number of open files, except while more are read or written at the same time.
    let openMax: Int
    private let state = Mutex(State())

    init(openMax: Int) { self.openMax = max(1, openMax) }

    deinit { state.withLock { state in for entry in state.entries.values { close(entry.descriptor) } } }

    var openCount: Int { state.withLock { $0.entries.count } }

    func makeKey() -> Key {
        state.withLock { state in
            state.lastKey += 1
            return Key(number: state.lastKey)
        }
    }

    /// Runs `body` with the file's descriptor, and opens the file first if necessary.
    ///
    /// - Parameter creates: creates the file if it does not exist.
    func withDescriptor<R>(
        of key: Key, at path: String, creates: Bool, _ body: (Int32) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        let descriptor = try state.withLock { (state) throws(StorageError) -> Int32 in
            try Self.acquire(key, path, creates: creates, &state, openMax)
        }
        defer { state.withLock { Self.release(key, &$0, openMax) } }
        return try body(descriptor)
    }

    private static func acquire(
        _ key: Key, _ path: String, creates: Bool, _ state: inout State, _ openMax: Int
    ) throws(StorageError) -> Int32 {
        state.lastUse += 1
        if state.removed.contains(key) { throw .removed(path: path) }
        if let entry = state.entries[key] {
            state.entries[key]?.userCount += 1
            state.entries[key]?.lastUse = state.lastUse
            return entry.descriptor
        }
        closeIdle(&state, untilBelow: openMax)
        while true {
            do throws(StorageError) {
                let descriptor = try AppendOnlyFile.open(path, creates: creates)
                state.entries[key] = Entry(descriptor: descriptor, userCount: 1, lastUse: state.lastUse)
                return descriptor
            } catch {
                // Connections may use the descriptors that are intended for files.
                guard error.isOutOfDescriptors, closeLeastRecentlyUsed(&state) else { throw error }
            }
        }
    }

    private static func release(_ key: Key, _ state: inout State, _ openMax: Int) {
        state.entries[key]?.userCount -= 1
        if let entry = state.entries[key], entry.isRemoved, entry.userCount == 0 {
            close(entry.descriptor)
            state.entries[key] = nil
        }
        closeIdle(&state, untilBelow: openMax + 1)
    }

    private static func closeIdle(_ state: inout State, untilBelow limit: Int) {
        while state.entries.count >= limit, closeLeastRecentlyUsed(&state) {}
    }

    /// Returns false if every file is in use.
    private static func closeLeastRecentlyUsed(_ state: inout State) -> Bool {
        let idle = state.entries.lazy.filter { $0.value.userCount == 0 }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return false }
        close(oldest.value.descriptor)
        state.entries[oldest.key] = nil
        return true
    }

    /// Refuses all later uses of the file with `.removed`: another file may be at its path then. Those in progress end
    /// with the file that they have.
    func remove(_ key: Key) {
        state.withLock { state in
            state.removed.insert(key)
            guard let entry = state.entries[key] else { return }
            if entry.userCount > 0 {
                state.entries[key]?.isRemoved = true
            } else {
                close(entry.descriptor)
                state.entries[key] = nil
            }
        }
    }

    /// Forgets the file, to which nobody refers any longer.
    func forget(_ key: Key) {
        state.withLock { state in
            state.removed.remove(key)
            if let entry = state.entries.removeValue(forKey: key) { close(entry.descriptor) }
        }
    }
}
