import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.RegexRouter`: replaces the topic of a record if the pattern matches the
/// whole topic.
package final class RegexRouter: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.RegexRouter"

    package static let plugin = PluginDescriptor(
        className, options.definition,
        factory: .transformation { context throws(ConfigError) in try RegexRouter(context.properties) })

    struct Settings: Sendable {
        var regex = ""
        var replacement = ""
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "regex", .string, isRequired: true, importance: .high,
                documentation: "Regular expression to use for matching.", validator: .regularExpression),
            into: \.regex),
        ConfigOption(
            ConfigKey(
                "replacement", .string, isRequired: true, importance: .high, documentation: "Replacement string."),
            into: \.replacement),
    ])

    private let pattern: JavaPattern
    private let replacement: String
    private var targets: [String: String] = [:]
    private var lastTopic = ""
    private var lastTarget = ""

    /// - Parameter configuration: the properties without their prefix.
    init(_ configuration: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(configuration, into: Settings())
        do throws(JavaPattern.SyntaxError) {
            pattern = try JavaPattern(settings.regex)
        } catch {
            throw ConfigError(name: "regex", value: error.pattern, reason: "Invalid regex: \(error.description)")
        }
        replacement = settings.replacement
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        if record.topic == lastTopic {
            record.topic = lastTarget
            return true
        }
        let target = try self.target(of: record.topic)
        lastTopic = record.topic
        lastTarget = target
        record.topic = target
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        shape.topic = try target(of: shape.topic)
        return .applied
    }

    private func target(of topic: String) throws -> String {
        if let cached = targets[topic] { return cached }
        let target = pattern.matchesWhole(topic)
            ? try pattern.replaceFirst(in: topic, with: replacement) ?? topic : topic
        // Topics that depend on row values are not bounded.
        if targets.count >= 10_000 { targets.removeAll() }
        targets[topic] = target
        return target
    }
}
