import Foundation
import KafkaProtocol
import Synchronization

/// A file that grows at its end and is read anywhere. Any number of threads may read while one appends.
final class AppendOnlyFile: Sendable {
    let path: String
    private let handle: Handle
    /// Whether something was written since the disk was last known to have everything.
    private let isDirty = Atomic(false)

    private enum Handle {
        case own(descriptor: Int32)
        case shared(OpenFiles, OpenFiles.Key)
    }

    /// Opens the file, or creates it empty.
    ///
    /// - Parameter files: keeps the number of open files within a limit; nil: this one stays open.
    init(path: String, in files: OpenFiles? = nil) throws(StorageError) {
        self.path = path
        if let files {
            let key = files.makeKey()
            handle = .shared(files, key)
            try files.withDescriptor(of: key, at: path) { _ in }
        } else {
            handle = .own(descriptor: try Self.open(path))
        }
    }

    deinit {
        switch handle {
        case .own(let descriptor): close(descriptor)
        case .shared(let files, let key): files.remove(key)
        }
    }

    /// The mode lets only this user read the file: it may hold rows of databases and configurations with passwords.
    static func open(_ path: String) throws(StorageError) -> Int32 {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open", path) }
        return descriptor
    }

    private func withDescriptor<R>(_ body: (Int32) throws(StorageError) -> R) throws(StorageError) -> R {
        switch handle {
        case .own(let descriptor): try body(descriptor)
        case .shared(let files, let key): try files.withDescriptor(of: key, at: path, body)
        }
    }

    func lengthBytes() throws(StorageError) -> Int {
        try withDescriptor { (descriptor) throws(StorageError) in
            let length = lseek(descriptor, 0, SEEK_END)
            guard length >= 0 else { throw .last("measure", path) }
            return Int(length)
        }
    }

    /// Writes all bytes at `offset`, which is the end of what counts. When this returns, the kernel has them: the
    /// process may be killed, but the power must stay on. After a failure the file ends at `offset` again.
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
                    // What was written in part is overwritten by the next append if this fails too.
                    _ = ftruncate(descriptor, off_t(offset))
                    throw failure
                }
            }
        }
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

    /// At most `count` bytes from `offset`; fewer where the file ends before.
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

    /// Ends the file at `position`, after moving what stands from there on to a file beside it, whose path is returned.
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

    /// Waits until the disk itself has everything that was written.
    func synchronize() throws(StorageError) {
        guard isDirty.exchange(false, ordering: .relaxed) else { return }
        try withDescriptor { (descriptor) throws(StorageError) in
            guard fdatasync(descriptor) == 0 else {
                isDirty.store(true, ordering: .relaxed)
                throw .last("synchronize", path)
            }
        }
    }
}
