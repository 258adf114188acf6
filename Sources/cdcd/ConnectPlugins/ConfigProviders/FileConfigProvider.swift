import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.common.config.provider.FileConfigProvider`: the values of a properties file, which is read
/// for each resolution.
struct FileConfigProvider: ConfigProvider {
    static let className = "org.apache.kafka.common.config.provider.FileConfigProvider"

    static let plugin = AllowedPaths.plugin(className) { FileConfigProvider(paths: $0) }

    private static let logger = Logger(className)

    let paths: AllowedPaths

    func values(path: String, keys: Set<String>?) throws -> [String: String] {
        guard let file = paths.permitted(path, Self.logger) else { return [:] }
        let text: String
        do {
            text = try SecretFile.text(file)
        } catch {
            Self.logger.error("Could not read properties from file \(path)")
            throw ConnectError("Could not read properties from file \(path)")
        }
        let properties: [String: String]
        do throws(JavaProperties.SyntaxError) {
            properties = try JavaProperties.parse(text)
        } catch {
            throw ConnectError("Could not read properties from file \(path): \(error)")
        }
        return keys.map { keys in properties.filter { keys.contains($0.key) } } ?? properties
    }
}
