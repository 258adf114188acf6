import Foundation
import WireCore

/// The standard output of a command that writes records.
struct BufferedOutput: ~Copyable {
    /// The reader of the pipe has ended, as `head` does when it has enough.
    struct ClosedPipeError: Error {}

    var writer = ByteWriter(capacityBytes: 64 << 10)

    /// Writes the whole buffer.
    ///
    /// - Throws: `ClosedPipeError`; `CommandError` if the output cannot be written, for example to a full disk.
    mutating func flush() throws {
        try writer.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE { throw ClosedPipeError() }
                    throw CommandError("cannot write to the standard output: \(String(cString: strerror(errno)))")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        writer.reset()
    }
}
