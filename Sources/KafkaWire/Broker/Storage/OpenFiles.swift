import Foundation
import KafkaProtocol
import Synchronization

/// The descriptors of a broker's partition files: a limited number is open at once.
///
/// A file is opened when it is used, and stays open until another one needs its place: then the one whose last use is
/// the longest ago is closed. So a directory may hold more partitions than the process may have descriptors.
final class OpenFiles: Sendable {
    /// Identifies a file until `forget`.
    struct Key: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Entry {
        let descriptor: Int32
        /// The reads and writes in progress, during which the descriptor must stay open.
        var userCount: Int
        var lastUse: UInt64
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var lastKey: UInt64 = 0
        var lastUse: UInt64 = 0
    }

    /// More than these are open only while more than these are read or written at the same time.
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

    /// Runs `body` with the file's descriptor, opening the file where it is not open.
    func withDescriptor<R>(
        of key: Key, at path: String, _ body: (Int32) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        let descriptor = try state.withLock { (state) throws(StorageError) -> Int32 in
            try Self.acquire(key, path, &state, openMax)
        }
        defer { state.withLock { Self.release(key, &$0, openMax) } }
        return try body(descriptor)
    }

    private static func acquire(
        _ key: Key, _ path: String, _ state: inout State, _ openMax: Int
    ) throws(StorageError) -> Int32 {
        state.lastUse += 1
        if let entry = state.entries[key] {
            state.entries[key]?.userCount += 1
            state.entries[key]?.lastUse = state.lastUse
            return entry.descriptor
        }
        closeIdle(&state, untilBelow: openMax)
        while true {
            do throws(StorageError) {
                let descriptor = try AppendOnlyFile.open(path)
                state.entries[key] = Entry(descriptor: descriptor, userCount: 1, lastUse: state.lastUse)
                return descriptor
            } catch {
                // Connections may have used up the descriptors that were meant for files.
                guard error.isOutOfDescriptors, closeLeastRecentlyUsed(&state) else { throw error }
            }
        }
    }

    private static func release(_ key: Key, _ state: inout State, _ openMax: Int) {
        state.entries[key]?.userCount -= 1
        closeIdle(&state, untilBelow: openMax + 1)
    }

    private static func closeIdle(_ state: inout State, untilBelow limit: Int) {
        while state.entries.count >= limit, closeLeastRecentlyUsed(&state) {}
    }

    /// False where every file is in use.
    private static func closeLeastRecentlyUsed(_ state: inout State) -> Bool {
        let idle = state.entries.lazy.filter { $0.value.userCount == 0 }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return false }
        close(oldest.value.descriptor)
        state.entries[oldest.key] = nil
        return true
    }

    /// The file is not used any more.
    func remove(_ key: Key) {
        state.withLock { state in
            if let entry = state.entries.removeValue(forKey: key) { close(entry.descriptor) }
        }
    }
}
