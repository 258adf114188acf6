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

    private var topics: TopicReplacement

    /// - Parameter configuration: the properties without their prefix.
    init(_ configuration: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(configuration, into: Settings())
        do throws(JavaPattern.SyntaxError) {
            topics = TopicReplacement(try JavaPattern(settings.regex), replacement: settings.replacement)
        } catch {
            throw ConfigError(name: "regex", value: error.pattern, reason: "Invalid regex: \(error.description)")
        }
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let topic = try topics.target(of: record.topic)
        if topic != record.topic { record.sharesHeaders = false }
        record.topic = topic
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        shape.topic = try topics.target(of: shape.topic)
        return .applied
    }
}
