import Foundation
import WireCore

/// The standard output of a command that writes records.
struct BufferedOutput: ~Copyable {
    /// The reader of the pipe has ended, as `head` does when it has enough.
    struct ClosedPipeError: Error {}

    /// The buffer is written when it has more than this.
    static let bufferedBytesMax = 64 << 10

    private let descriptor: Int32
    var writer = ByteWriter(capacityBytes: 2 * Self.bufferedBytesMax)

    init(descriptor: Int32 = STDOUT_FILENO) { self.descriptor = descriptor }

    /// Whether the buffer should be written before more is appended.
    var isFull: Bool { writer.count >= Self.bufferedBytesMax }

    /// Writes the whole buffer.
    ///
    /// - Throws: `ClosedPipeError`; `CommandError` if the output cannot be written, for example to a full disk.
    mutating func flush() throws {
        try writer.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
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
