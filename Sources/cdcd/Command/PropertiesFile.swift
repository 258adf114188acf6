import ConnectData

/// Reads Java properties from a file, a pipe or the standard input (`-`).
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

    static func contents(of path: String) throws(CommandError) -> [UInt8] {
        let input = try InputFile(path)
        var bytes: [UInt8] = []
        while let chunk = try input.read() {
            bytes += chunk
            guard bytes.count <= bytesMax else {
                throw CommandError("\(path) is no properties file: it has more than \(bytesMax) bytes")
            }
        }
        return bytes
    }
}
