import ConnectData
import Glibc
import WireCore

/// Kafka's `org.apache.kafka.common.config.provider.DirectoryConfigProvider`: the contents of the files of a directory,
/// by their names.
struct DirectoryConfigProvider: ConfigProvider {
    static let className = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"

    static let plugin = AllowedPaths.plugin(className) { DirectoryConfigProvider(paths: $0) }

    private static let logger = Logger(className)

    let paths: AllowedPaths

    func values(path: String, keys: Set<String>?) throws -> [String: String] {
        guard let directory = paths.permitted(path, Self.logger) else { return [:] }
        guard SecretFile.isDirectory(directory) else {
            Self.logger.warn("The path \(path) is not a directory")
            return [:]
        }
        let names = try Self.names(in: directory)
        var values: [String: String] = [:]
        for name in names where keys?.contains(name) ?? true {
            let file = "\(directory)/\(name)"
            guard SecretFile.isRegularFile(file) else { continue }
            do {
                values[name] = try SecretFile.text(file)
            } catch {
                Self.logger.error("Could not read file \(file) for property \(name)")
                throw ConnectError("Could not read file \(file) for property \(name)")
            }
        }
        return values
    }

    private static func names(in directory: String) throws(ConnectError) -> [String] {
        guard let stream = opendir(directory) else {
            logger.error("Could not list directory \(directory)")
            throw ConnectError("Could not list directory \(directory)")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
                        String(cString: $0)
                    }
                })
        }
        return names
    }
}
