import Foundation

/// A file, a pipe or the standard input, read in chunks as they come.
final class InputFile {
    private static let chunkBytes = 64 << 10

    private let path: String
    private let descriptor: Int32
    private var chunk = [UInt8](repeating: 0, count: InputFile.chunkBytes)

    /// - Parameter path: `-` is the standard input.
    init(_ path: String) throws(CommandError) {
        self.path = path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Self.unreadable(path, errno) }
    }

    deinit { close(descriptor) }

    /// The next bytes; nil at the end. Waits for them.
    func read() throws(CommandError) -> ArraySlice<UInt8>? {
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count > 0 { return chunk[..<count] }
            if count == 0 { return nil }
            if errno != EINTR { throw Self.unreadable(path, errno) }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> CommandError {
        CommandError("cannot read \(path == "-" ? "the standard input" : path): \(String(cString: strerror(code)))")
    }
}
