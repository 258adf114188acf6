import Foundation

/// A file that grows at its end and is read anywhere. Any number of threads may read while one appends.
final class AppendOnlyFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens the file, or creates it empty.
    init(path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last("open", path) }
    }

    deinit { close(descriptor) }

    func lengthBytes() throws(StorageError) -> Int {
        let length = lseek(descriptor, 0, SEEK_END)
        guard length >= 0 else { throw .last("measure", path) }
        return Int(length)
    }

    /// Writes all bytes at `offset`, which is the end of what counts. When this returns, the kernel has them: the
    /// process may be killed, but the power must stay on. After a failure the file ends at `offset` again.
    func append(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StorageError) {
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

    /// Reads at `offset` until the buffer is full or the file ends; returns how many bytes were read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StorageError) -> Int {
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
        guard ftruncate(descriptor, off_t(lengthBytes)) == 0 else { throw .last("truncate", path) }
    }

    /// Ends the file at `position`, after moving what stands from there on to a file beside it, whose path is returned.
    func putAside(from position: Int) throws(StorageError) -> String {
        let asidePath = "\(path).damaged-\(position)"
        let aside = try AppendOnlyFile(path: asidePath)
        let bytes = try read(count: try lengthBytes() - position, at: position)
        try bytes.span.bytes.withUnsafeBytes { (buffer) throws(StorageError) in try aside.append(buffer, at: 0) }
        try aside.synchronize()
        try truncate(to: position)
        return asidePath
    }

    /// Waits until the disk itself has everything.
    func synchronize() throws(StorageError) {
        guard fdatasync(descriptor) == 0 else { throw .last("synchronize", path) }
    }
}
