import Foundation

/// A file, a pipe or the standard input, read in chunks as they come.
final class InputFile {
    private static let chunkBytes = 64 << 10

    private let path: String
    private let descriptor: Int32
    private let interruption: Interruption?
    private var chunk = [UInt8](repeating: 0, count: InputFile.chunkBytes)

    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - interruption: ends waiting for bytes.
    init(_ path: String, _ interruption: Interruption? = nil) throws(CommandError) {
        self.path = path
        self.interruption = interruption
        // Without O_NONBLOCK a named pipe is not opened until there is a writer, which a signal could not interrupt.
        let flags = O_RDONLY | O_CLOEXEC | (interruption == nil ? 0 : O_NONBLOCK)
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, flags)
        if descriptor < 0 { throw Self.unreadable(path, errno) }
    }

    deinit { close(descriptor) }

    /// The next bytes; nil at the end, and when the command is interrupted. Waits for them.
    ///
    /// - Parameter willWait: called before, if there are none yet.
    func read<E>(willWait: () throws(E) -> Void) throws -> ArraySlice<UInt8>? {
        if try !awaitBytes(milliseconds: 0) {
            try willWait()
            while try !awaitBytes(milliseconds: -1) {}
        }
        return interruption?.isRequested == true ? nil : try read()
    }

    /// The next bytes; nil at the end. Waits for them.
    func read() throws(CommandError) -> ArraySlice<UInt8>? {
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count > 0 { return chunk[..<count] }
            if count == 0 { return nil }
            switch errno {
            case EINTR: continue
            case EAGAIN: _ = try awaitBytes(milliseconds: -1)
            default: throw Self.unreadable(path, errno)
            }
        }
    }

    /// Whether there are bytes, or the end, or an interruption.
    private func awaitBytes(milliseconds: Int32) throws(CommandError) -> Bool {
        // A negative descriptor is ignored.
        var waits = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: interruption?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&waits, 2, milliseconds)
        if count < 0, errno != EINTR { throw Self.unreadable(path, errno) }
        return count > 0
    }

    private static func unreadable(_ path: String, _ code: Int32) -> CommandError {
        CommandError("cannot read \(path == "-" ? "the standard input" : path): \(String(cString: strerror(code)))")
    }
}
