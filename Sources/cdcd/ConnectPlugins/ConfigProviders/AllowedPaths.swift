import ConnectData
import Glibc
import WireCore

/// The parameter `allowed.paths` of config providers that read files: absolute paths, below which files may be read
/// (`org.apache.kafka.common.config.provider.AllowedPaths`).
struct AllowedPaths: Sendable, Equatable {
    static let property = "allowed.paths"

    /// The components of each path; nil: all files may be read.
    private let paths: [[Substring]]?

    /// - Throws: if a path is not absolute or does not exist.
    init(_ text: String?) throws(ConfigError) {
        guard let text, !text.isEmpty else {
            paths = nil
            return
        }
        var paths: [[Substring]] = []
        for path in text.split(separator: ",", omittingEmptySubsequences: true) {
            let normalized = Self.normalized(path)
            let shown = (path.hasPrefix("/") ? "/" : "") + normalized.joined(separator: "/")
            guard path.hasPrefix("/") else {
                throw ConfigError(name: Self.property, value: text, message: "Path \(shown) is not absolute")
            }
            guard access(shown, F_OK) == 0 else {
                throw ConfigError(name: Self.property, value: text, message: "Path \(shown) does not exist")
            }
            paths.append(normalized)
        }
        self.paths = paths
    }

    struct Settings: Sendable {
        var text: String?
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                property, .string,
                documentation: "Comma-separated paths, below which files may be read; absent: all files."),
            into: \.text)
    ])

    /// A provider with this parameter only.
    static func plugin(
        _ className: String, _ make: @escaping @Sendable (AllowedPaths) -> any ConfigProvider
    ) -> PluginDescriptor {
        PluginDescriptor(
            className, options.definition,
            factory: .configProvider { context throws(ConfigError) in
                make(try AllowedPaths(try options.parse(context.properties, into: Settings()).text))
            })
    }

    /// The path to read. nil if there is none, or, which is logged, if it is not below an allowed one.
    func permitted(_ path: String, _ logger: Logger) -> String? {
        if path.isEmpty { return nil }
        guard let permitted = permitted(path) else {
            logger.warn("The path \(path) is not allowed to be accessed")
            return nil
        }
        return permitted
    }

    /// The path to read; nil if it is not below an allowed one.
    func permitted(_ path: String) -> String? {
        guard let paths else { return path }
        let components = Self.normalized(path[...])
        guard path.hasPrefix("/"), paths.contains(where: { components.starts(with: $0) }) else { return nil }
        return "/" + components.joined(separator: "/")
    }

    /// The components of a path without `.`, and without `..` and what precedes it.
    private static func normalized(_ path: Substring) -> [Substring] {
        var components: [Substring] = []
        for component in path.split(separator: "/") where component != "." {
            if component == "..", path.hasPrefix("/") || components.last.map({ $0 != ".." }) ?? false {
                _ = components.popLast()
            } else {
                components.append(component)
            }
        }
        return components
    }
}
