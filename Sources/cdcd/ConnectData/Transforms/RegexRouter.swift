/// Kafka's `org.apache.kafka.connect.transforms.RegexRouter`: gives a record whose whole topic matches another topic.
final class RegexRouter: Transform {
    static let className = "org.apache.kafka.connect.transforms.RegexRouter"

    static let definition = ConfigDefinition([
        ConfigKey(
            "regex", .string, isRequired: true, importance: .high,
            documentation: "Regular expression to use for matching.", validator: .regularExpression),
        ConfigKey("replacement", .string, isRequired: true, importance: .high, documentation: "Replacement string."),
    ])

    private let pattern: JavaPattern
    private let replacement: String
    private var targets: [String: String] = [:]
    private var lastTopic = ""
    private var lastTarget = ""

    init(_ configuration: ParsedConfiguration) throws(ConfigError) {
        do throws(JavaPattern.SyntaxError) {
            pattern = try JavaPattern(configuration.text("regex") ?? "")
        } catch {
            throw ConfigError(name: "regex", value: error.pattern, reason: "Invalid regex: \(error.description)")
        }
        replacement = configuration.text("replacement") ?? ""
    }

    func apply(_ record: inout SourceRecord) throws -> Bool {
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

    private func target(of topic: String) throws -> String {
        if let known = targets[topic] { return known }
        let target = pattern.matchesWhole(topic)
            ? try pattern.replaceFirst(in: topic, with: replacement) ?? topic : topic
        // Topics that come from row values have no bound of their own.
        if targets.count >= 10_000 { targets.removeAll() }
        targets[topic] = target
        return target
    }
}
