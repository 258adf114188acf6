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
        /// Whether the file was removed while it was in use: the last user closes it.
        var isRemoved = false
        /// Its neighbours in the list of idle files.
        var older: Key?
        var newer: Key?
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var lastKey: UInt64 = 0
        /// The ends of a list of the files that nobody uses, in the order of their last use.
        var oldestIdle: Key?
        var newestIdle: Key?
        /// The removed files to which somebody still refers.
        var removed: Set<Key> = []

        mutating func appendIdle(_ key: Key) {
            entries[key]?.older = newestIdle
            if let newestIdle { entries[newestIdle]?.newer = key } else { oldestIdle = key }
            newestIdle = key
        }

        mutating func removeIdle(_ key: Key) {
            guard let entry = entries[key] else { return }
            if let older = entry.older { entries[older]?.newer = entry.newer } else { oldestIdle = entry.newer }
            if let newer = entry.newer { entries[newer]?.older = entry.older } else { newestIdle = entry.older }
            entries[key]?.older = nil
            entries[key]?.newer = nil
        }

        mutating func closeIdle(_ key: Key) {
            removeIdle(key)
            if let entry = entries.removeValue(forKey: key) { close(entry.descriptor) }
        }

        /// Returns false if every file is in use.
        mutating func closeLeastRecentlyUsed() -> Bool {
            guard let oldestIdle else { return false }
            closeIdle(oldestIdle)
            return true
        }

        mutating func closeIdle(untilBelow limit: Int) {
            while entries.count >= limit, closeLeastRecentlyUsed() {}
        }
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
        if state.removed.contains(key) { throw .removed(path: path) }
        if let entry = state.entries[key] {
            if entry.userCount == 0 { state.removeIdle(key) }
            state.entries[key]?.userCount += 1
            return entry.descriptor
        }
        state.closeIdle(untilBelow: openMax)
        while true {
            do throws(StorageError) {
                let descriptor = try AppendOnlyFile.open(path, creates: creates)
                state.entries[key] = Entry(descriptor: descriptor, userCount: 1)
                return descriptor
            } catch {
                // Connections may use the descriptors that are intended for files.
                guard error.isOutOfDescriptors, state.closeLeastRecentlyUsed() else { throw error }
            }
        }
    }

    private static func release(_ key: Key, _ state: inout State, _ openMax: Int) {
        guard let entry = state.entries[key] else { return }
        state.entries[key]?.userCount -= 1
        if entry.userCount == 1 {
            state.appendIdle(key)
            if entry.isRemoved { state.closeIdle(key) }
        }
        state.closeIdle(untilBelow: openMax + 1)
    }

    /// Refuses all later uses of the file with `.removed`: another file may be at its path then. Those in progress end
    /// with the file that they have.
    func remove(_ key: Key) {
        state.withLock { state in
            state.removed.insert(key)
            guard let entry = state.entries[key] else { return }
            if entry.userCount > 0 { state.entries[key]?.isRemoved = true } else { state.closeIdle(key) }
        }
    }

    func isRemoved(_ key: Key) -> Bool { state.withLock { $0.removed.contains(key) } }

    /// Forgets the file, to which nobody refers any longer.
    func forget(_ key: Key) {
        state.withLock { state in
            state.removed.remove(key)
            state.closeIdle(key)
        }
    }
}
