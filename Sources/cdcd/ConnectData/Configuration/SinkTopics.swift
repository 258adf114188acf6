/// The topics that a sink connector consumes: `topics` or `topics.regex`.
package struct SinkTopics: Hashable, Sendable {
    /// In the order of `topics`, each once.
    package private(set) var names: [String] = []
    /// `topics.regex`, a Java regular expression for whole names; nil if there is none.
    package private(set) var pattern: String?

    package static let options = ConfigOptions<SinkTopics>([
        ConfigOption(
            ConfigKey(
                "topics", .list, defaultValue: "", importance: .high,
                documentation: "The topics to consume, separated by commas.", group: "Common", orderInGroup: 4,
                width: .long, displayName: "Topics", validator: .distinctItems(allowsEmpty: true))
        ) { input, topics in
            guard case .list(let items) = input.setting else { return }
            topics.names = items
        },
        ConfigOption(
            ConfigKey(
                "topics.regex", .string, defaultValue: "", importance: .high,
                documentation: "A Java regular expression for the names of the topics to consume, in place of 'topics'.",
                group: "Common", orderInGroup: 4, width: .long, displayName: "Topics regex",
                validator: .regularExpression),
            into: \.pattern),
    ])

    init() {}

    /// - Throws: the first error that validation would show.
    package init(_ configuration: [String: String]) throws(ConfigError) {
        if let error = Self.options.read(configuration, into: &self).errors.first { throw error }
        if let error = Self.dependentErrors(configuration).first { throw error }
    }

    /// The errors of properties whose meaning depends on others, as `SinkConnectorConfig.validate` finds them.
    static func dependentErrors(_ configuration: [String: String]) -> [ConfigError] {
        let (names, pattern) = (configuration["topics"] ?? "", configuration["topics.regex"] ?? "")
        let deadLetters = JavaText.trim(configuration["errors.deadletterqueue.topic.name"] ?? "")
        let hasNames = !JavaText.trim(names).isEmpty
        let hasPattern = !JavaText.trim(pattern).isEmpty
        func both(_ message: String) -> [ConfigError] {
            [
                ConfigError(name: "topics", value: names, message: message),
                ConfigError(name: "topics.regex", value: pattern, message: message),
            ]
        }
        var errors: [ConfigError] = []
        if hasNames, hasPattern {
            errors += both("topics and topics.regex are mutually exclusive options, but both are set.")
        }
        if !hasNames, !hasPattern { errors += both("Must configure one of topics or topics.regex") }
        guard !deadLetters.isEmpty else { return errors }
        let items = ConfigSetting.items(names)
        if items.contains(deadLetters) {
            let list = ConfigSetting.list(items).described
            errors.append(
                ConfigError(
                    name: "topics", value: names,
                    message: "The DLQ topic '\(deadLetters)' may not be included in the list of topics ('topics=\(list)') "
                        + "consumed by the connector"))
        }
        // An expression with wrong syntax, or that needs too many steps, matches no name.
        if hasPattern, let expression = try? JavaPattern(pattern), (try? expression.matchesWhole(deadLetters)) == true {
            errors.append(
                ConfigError(
                    name: "topics.regex", value: pattern,
                    message: "The DLQ topic '\(deadLetters)' may not be matched by the regex for the topics "
                        + "('topics.regex=\(pattern)') consumed by the connector"))
        }
        return errors
    }
}
