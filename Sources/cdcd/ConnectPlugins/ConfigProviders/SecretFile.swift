import Glibc

/// Reads the files of config providers.
enum SecretFile {
    /// The file cannot be read, is too large or is not in UTF-8.
    struct ReadError: Error {}

    /// Far more than any file with secrets has. A limit, since a path like `/dev/zero` has no end.
    private static let bytesMax = 4 << 20

    static func text(_ path: String) throws(ReadError) -> String {
        // A named pipe without a writer would block.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ReadError() }
        defer { close(descriptor) }
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 16 << 10))
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw ReadError()
            }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else { throw ReadError() }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw ReadError() }
        return text
    }

    static func isRegularFile(_ path: String) -> Bool { kind(path) == S_IFREG }
    static func isDirectory(_ path: String) -> Bool { kind(path) == S_IFDIR }

    private static func kind(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
    }
}
