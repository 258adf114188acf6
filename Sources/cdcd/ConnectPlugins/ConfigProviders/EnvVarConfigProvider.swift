import ConnectData
import Glibc
import WireCore

/// Kafka's `org.apache.kafka.common.config.provider.EnvVarConfigProvider`: the environment variables of the process, as
/// they were when the provider was created.
struct EnvVarConfigProvider: ConfigProvider {
    static let className = "org.apache.kafka.common.config.provider.EnvVarConfigProvider"

    struct Settings: Sendable {
        var allowedNames = ".*"
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "allowlist.pattern", .string, defaultValue: ".*",
                documentation: "A regular expression of Java that matches the whole names of the variables that may be "
                    + "read.",
                validator: .regularExpression),
            into: \.allowedNames)
    ])

    static let plugin = PluginDescriptor(
        className, options.definition,
        factory: .configProvider { context throws(ConfigError) in
            try EnvVarConfigProvider(context.properties, environment: environment())
        })

    private static let logger = Logger(className)

    private let variables: [String: String]

    init(_ properties: [String: String], environment: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        let pattern: JavaPattern
        do throws(JavaPattern.SyntaxError) { pattern = try JavaPattern(settings.allowedNames) } catch {
            throw ConfigError(
                name: "allowlist.pattern", value: settings.allowedNames, reason: "Invalid regex: \(error.description)")
        }
        var variables: [String: String] = [:]
        do throws(DataError) {
            for (name, value) in environment where try pattern.matchesWhole(name) { variables[name] = value }
        } catch {
            throw ConfigError(name: "allowlist.pattern", value: settings.allowedNames, reason: error.message)
        }
        self.variables = variables
    }

    func values(path: String, keys: Set<String>?) throws -> [String: String] {
        guard path.isEmpty else {
            Self.logger.error("Path is not supported for EnvVarConfigProvider, invalid value '\(path)'")
            throw ConnectError("Path is not supported for EnvVarConfigProvider, invalid value '\(path)'")
        }
        return keys.map { keys in variables.filter { keys.contains($0.key) } } ?? variables
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let text = next.pointee {
            let (name, value) = String(cString: text).splitAtFirstEqualsSign
            variables[name] = value
            next += 1
        }
        return variables
    }
}

extension String {
    fileprivate var splitAtFirstEqualsSign: (name: String, value: String) {
        guard let sign = firstIndex(of: "=") else { return (self, "") }
        return (String(self[..<sign]), String(self[index(after: sign)...]))
    }
}
