import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.predicates.TopicNameMatches`: true for records whose whole topic name
/// matches the pattern.
package final class TopicNameMatches: Predicate {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.predicates.TopicNameMatches", options.definition,
        factory: .predicate { context throws(ConfigError) in try TopicNameMatches(context.properties) })

    struct Settings: Sendable {
        var pattern = ""
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "pattern", .string, isRequired: true,
                documentation: "A Java regular expression for the names of topics.",
                validator: .all(.nonEmptyString, .regularExpression)),
            into: \.pattern)
    ])

    private let pattern: JavaPattern
    private var last: (topic: String, matches: Bool)?

    private init(_ properties: [String: String]) throws(ConfigError) {
        let text = try Self.options.parse(properties, into: Settings()).pattern
        do throws(JavaPattern.SyntaxError) {
            pattern = try JavaPattern(text)
        } catch {
            throw ConfigError(
                name: "pattern", value: text,
                reason: "entry must be a Java-compatible regular expression: \(error.description)")
        }
    }

    package func test(_ record: borrowing ConnectRecord) throws -> Bool { try matches(record.topic) }

    package func test(_ shape: RecordShape) throws -> Bool? { try matches(shape.topic) }

    /// Consecutive records mostly have the same topic.
    private func matches(_ topic: String) throws(DataError) -> Bool {
        if let last, last.topic == topic { return last.matches }
        let matches = try pattern.matchesWhole(topic)
        last = (topic, matches)
        return matches
    }
}
