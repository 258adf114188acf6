import Foundation
import KafkaProtocol
import Synchronization

/// A file that is appended to and read at any position. Any number of threads may read while one appends.
final class AppendOnlyFile: Sendable {
    let path: String
    private let handle: Handle
    /// Whether the file may hold bytes that are not on the disk. True for a file that was not empty when it was opened:
    /// an earlier process may have ended before it synchronized the file.
    private let isDirty = Atomic(true)

    private enum Handle {
        case own(descriptor: Int32)
        case shared(OpenFiles, OpenFiles.Key)
    }

    /// Opens the file, or creates it empty.
    ///
    /// - Parameter files: limits the number of open files. If nil, this one stays open.
    init(path: String, in files: OpenFiles? = nil) throws(StorageError) {
        self.path = path
        if let files {
            let key = files.makeKey()
            handle = .shared(files, key)
        } else {
            handle = .own(descriptor: try Self.open(path, creates: true))
        }
        if try lengthBytes(creates: true) == 0 { isDirty.store(false, ordering: .relaxed) }
    }

    deinit {
        switch handle {
        case .own(let descriptor): close(descriptor)
        case .shared(let files, let key): files.forget(key)
        }
    }

    /// The mode lets only this user read the file: it may hold rows of databases and configurations with passwords.
    static func open(_ path: String, creates: Bool) throws(StorageError) -> Int32 {
        let descriptor = Foundation.open(path, O_RDWR | O_CLOEXEC | (creates ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { throw .last("open", path) }
        return descriptor
    }

    private func withDescriptor<R>(
        creates: Bool = false, _ body: (Int32) throws(StorageError) -> R
    ) throws(StorageError) -> R {
        switch handle {
        case .own(let descriptor): try body(descriptor)
        case .shared(let files, let key): try files.withDescriptor(of: key, at: path, creates: creates, body)
        }
    }

    /// Removes the file. Uses in progress end with the removed file; later ones throw `.removed`, even if there is
    /// another file at the path then.
    func remove() throws(StorageError) {
        retire()
        guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
    }

    /// Ends the use of a file that was renamed or replaced. Later uses throw `.removed`.
    func retire() {
        if case .shared(let files, let key) = handle { files.remove(key) }
        isDirty.store(false, ordering: .relaxed)
    }

    var isRetired: Bool {
        if case .shared(let files, let key) = handle { files.isRemoved(key) } else { false }
    }

    func lengthBytes() throws(StorageError) -> Int { try lengthBytes(creates: false) }

    private func lengthBytes(creates: Bool) throws(StorageError) -> Int {
        try withDescriptor(creates: creates) { (descriptor) throws(StorageError) in
            let length = lseek(descriptor, 0, SEEK_END)
            guard length >= 0 else { throw .last("measure", path) }
            return Int(length)
        }
    }

    /// Writes all bytes at `offset`, the end of the valid content. When this returns, they are in the page cache: they
    /// survive the end of the process, but not a power failure. After an error the file ends at `offset` again.
    func append(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StorageError) {
        isDirty.store(true, ordering: .relaxed)
        try withDescriptor { (descriptor) throws(StorageError) in
            var written = 0
            while written < bytes.count, let address = bytes.baseAddress {
                let count = pwrite(descriptor, address + written, bytes.count - written, off_t(offset + written))
                if count > 0 {
                    written += count
                } else if count < 0, errno != EINTR {
                    let failure = StorageError.last("write", path)
                    // If this fails too, the next append overwrites what was written.
                    _ = ftruncate(descriptor, off_t(offset))
                    throw failure
                }
            }
        }
        // Another thread may have begun to synchronize the file before the bytes were written.
        isDirty.store(true, ordering: .relaxed)
    }

    /// Reads at `offset` until the buffer is full or the file ends; returns how many bytes were read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StorageError) -> Int {
        try withDescriptor { (descriptor) throws(StorageError) in
            var filled = 0
            while filled < buffer.count, let address = buffer.baseAddress {
                let count = pread(descriptor, address + filled, buffer.count - filled, off_t(offset + filled))
                if count == 0 { break }
                if count > 0 {
                    filled += count
                } else if errno != EINTR {
                    throw .last("read", path)
                }
            }
            return filled
        }
    }

    /// Reads `count` bytes at `offset`, or fewer if the file ends before.
    func read(count: Int, at offset: Int) throws(StorageError) -> [UInt8] {
        var failure: StorageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, initialized in
            do throws(StorageError) {
                initialized = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func truncate(to lengthBytes: Int) throws(StorageError) {
        isDirty.store(true, ordering: .relaxed)
        try withDescriptor { (descriptor) throws(StorageError) in
            guard ftruncate(descriptor, off_t(lengthBytes)) == 0 else { throw .last("truncate", path) }
        }
    }

    private static let copyChunkBytes = 1 << 20

    /// Moves everything from `position` on to a file beside this one, and truncates this file to `position`. Returns
    /// the new file's path.
    func quarantine(from position: Int) throws(StorageError) -> String {
        let quarantinePath = "\(path).damaged-\(position)"
        let quarantined = try AppendOnlyFile(path: quarantinePath)
        var copied = 0
        while true {
            let bytes = try read(count: Self.copyChunkBytes, at: position + copied)
            if bytes.isEmpty { break }
            try bytes.span.bytes.withUnsafeBytes { (buffer) throws(StorageError) in
                try quarantined.append(buffer, at: copied)
            }
            copied += bytes.count
        }
        try quarantined.synchronize()
        try truncate(to: position)
        return quarantinePath
    }

    /// Whether `synchronize()` has to write to the disk.
    var needsSynchronization: Bool { isDirty.load(ordering: .relaxed) }

    /// Returns when everything that was written is on the disk.
    ///
    /// - Parameter always: also if another thread has just begun to synchronize the file.
    func synchronize(always: Bool = false) throws(StorageError) {
        guard isDirty.exchange(false, ordering: .relaxed) || always else { return }
        do throws(StorageError) {
            try withDescriptor { (descriptor) throws(StorageError) in
                guard fdatasync(descriptor) == 0 else { throw .last("synchronize", path) }
            }
        } catch {
            isDirty.store(true, ordering: .relaxed)
            throw error
        }
    }
}
