import ConnectData
import Foundation

/// Reads a worker's properties from a file, a pipe or `/dev/stdin`.
enum PropertiesFile {
    /// Far more than any properties file has. A limit, since a path like `/dev/zero` has no end.
    private static let bytesMax = 4 << 20

    /// Throws if the file cannot be read, is too large, or is not a Java properties file.
    static func read(_ path: String) throws(CommandError) -> [String: String] {
        let bytes = try contents(of: path)
        do throws(JavaProperties.SyntaxError) { return try JavaProperties.parse(bytes) } catch {
            throw CommandError("\(path), \(error)")
        }
    }

    private static func contents(of path: String) throws(CommandError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(path, errno)
            }
            bytes += chunk[..<count]
            guard bytes.count <= bytesMax else {
                throw CommandError("\(path) is no properties file: it has more than \(bytesMax) bytes")
            }
        }
    }

    private static func unreadable(_ path: String, _ code: Int32) -> CommandError {
        CommandError("cannot read the worker's properties \(path): \(String(cString: strerror(code)))")
    }
}
