import WireCore

/// How the topics that a connector writes to are created (`topic.creation.*`, KIP-158). A connector without such
/// properties leaves it to the brokers.
package struct TopicCreation: Sendable {
    /// The settings of the topics whose names match.
    package struct Group: Sendable {
        /// -1: the brokers' default.
        package fileprivate(set) var partitions: Int32 = -1
        /// -1: the brokers' default.
        package fileprivate(set) var replicationFactor: Int16 = -1
        /// Topic configurations, sorted by name.
        package fileprivate(set) var configuration: [(name: String, value: String)] = []
        fileprivate var includes: JavaPattern?
        fileprivate var excludes: JavaPattern?

        fileprivate func matches(_ topic: String) throws(DataError) -> Bool {
            guard let includes, try includes.matchesWhole(topic) else { return false }
            return try excludes.map { (excludes) throws(DataError) in try !excludes.matchesWhole(topic) } ?? true
        }
    }

    private static let prefix = "topic.creation."

    /// The property that lists the other groups.
    package static let options = ConfigOptions<TopicCreation>([
        ConfigOption(
            ConfigKey(
                "topic.creation.groups", .list, defaultValue: "", importance: .low,
                documentation: "Groups of configurations for topics created by source connectors",
                group: "Topic Creation", orderInGroup: 1, width: .long, displayName: "Topic Creation Groups",
                validator: .uniqueAliases),
            into: \.aliases)
    ])

    private var aliases: [String] = []
    /// In the order of precedence, without the default group.
    private var groups: [Group] = []
    private var defaultGroup = Group()

    /// Whether the connector has such a property.
    package static func isConfigured(in connector: [String: String]) -> Bool {
        connector.keys.contains { $0.hasExactPrefix(prefix) }
    }

    /// Returns nil if the connector has no such property.
    ///
    /// - Throws: the first value that cannot be used.
    package init?(_ configuration: [String: String]) throws(ConfigError) {
        guard Self.isConfigured(in: configuration) else { return nil }
        if let error = Self.options.read(configuration, into: &self).errors.first { throw error }
        defaultGroup = try Self.group("default", Group.defaultOptions, configuration, inheriting: Group())
        for alias in aliases {
            groups.append(try Self.group(alias, Group.options, configuration, inheriting: defaultGroup))
        }
    }

    private static func group(
        _ alias: String, _ options: ConfigOptions<Group>, _ configuration: [String: String], inheriting parent: Group
    ) throws(ConfigError) -> Group {
        var group = parent
        group.configuration = []
        let found = options.read(configuration, prefix: "\(prefix)\(alias).", into: &group)
        if let error = found.errors.first { throw error }
        return group
    }

    /// The first group that includes the topic and does not exclude it; otherwise the default group.
    ///
    /// - Throws: `DataError` if an expression needs too many steps for the topic.
    package func group(for topic: String) throws(DataError) -> Group {
        for group in groups where try group.matches(topic) { return group }
        return defaultGroup
    }
}

extension TopicCreation.Group {
    private typealias Option = ConfigOption<TopicCreation.Group>

    /// The properties below `topic.creation.default.`.
    package static let defaultOptions = ConfigOptions<TopicCreation.Group>(
        sizes(isRequired: true)
            + ["include", "exclude"].map {
                Option(ConfigKey($0, .list), use: .withoutEffect(reason: "the default group includes every topic"))
            } + [configurations])

    /// The properties below `topic.creation.ALIAS.`.
    package static let options = ConfigOptions<TopicCreation.Group>(
        sizes(isRequired: false) + [
            Option(ConfigKey("include", .list)) { (input, group) throws(ConfigError) in
                group.includes = try pattern(input)
            },
            Option(ConfigKey("exclude", .list)) { (input, group) throws(ConfigError) in
                group.excludes = try pattern(input)
            },
            configurations,
        ])

    private static func sizes(isRequired: Bool) -> [ConfigOption<TopicCreation.Group>] {
        let validator = ConfigValidator { name, value in
            guard case .integer(let number) = value, number != -1, number < 1 else { return nil }
            return ConfigError(
                name: name, value: value?.shown, reason: "Value must be -1 for the broker's default, or 1 and more")
        }
        return [
            Option(
                ConfigKey("partitions", .int, isRequired: isRequired, validator: validator), into: \.partitions),
            Option(
                ConfigKey("replication.factor", .short, isRequired: isRequired, validator: validator),
                into: \.replicationFactor),
        ]
    }

    /// All other properties are configurations of the topic.
    private static let configurations = Option(group: "") { properties, group in
        group.configuration = properties.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// Parses a list of regular expressions, one of which has to match.
    private static func pattern(_ input: ConfigInput) throws(ConfigError) -> JavaPattern? {
        guard case .list(let items) = input.setting, input.trimmed != nil else { return nil }
        do throws(JavaPattern.SyntaxError) { return try JavaPattern(items.joined(separator: "|")) } catch {
            throw ConfigError(name: input.name, value: input.text, reason: "\(error)")
        }
    }
}
