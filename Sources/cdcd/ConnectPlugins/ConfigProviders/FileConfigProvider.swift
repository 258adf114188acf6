import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.common.config.provider.FileConfigProvider`: the values of a properties file, which is read
/// for each resolution.
struct FileConfigProvider: ConfigProvider {
    static let className = "org.apache.kafka.common.config.provider.FileConfigProvider"

    static let plugin = PluginDescriptor(
        className, AllowedPathsSettings.options.definition,
        factory: .configProvider { context throws(ConfigError) in
            FileConfigProvider(paths: try AllowedPathsSettings.paths(context.properties))
        })

    private static let logger = Logger(className)

    let paths: AllowedPaths

    func values(path: String, keys: Set<String>?) throws -> [String: String] {
        if path.isEmpty { return [:] }
        guard let file = paths.permitted(path) else {
            Self.logger.warn("The path \(path) is not allowed to be accessed")
            return [:]
        }
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

/// The parameters of the providers that read files.
struct AllowedPathsSettings: Sendable {
    var text: String?

    static let options = ConfigOptions<AllowedPathsSettings>([
        ConfigOption(
            ConfigKey(
                AllowedPaths.property, .string,
                documentation: "Comma-separated paths, below which files may be read; absent: all files."),
            into: \.text)
    ])

    static func paths(_ properties: [String: String]) throws(ConfigError) -> AllowedPaths {
        try AllowedPaths(try options.parse(properties, into: AllowedPathsSettings()).text)
    }
}
