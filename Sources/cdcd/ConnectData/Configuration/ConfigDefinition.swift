/// The properties that a plugin understands, with Kafka's rules for reading and checking them (`ConfigDef`).
public struct ConfigDefinition: Sendable {
    /// In the order of definition.
    public private(set) var keys: [ConfigKey]

    public init(_ keys: [ConfigKey]) { self.keys = keys }

    public subscript(name: String) -> ConfigKey? { keys.first { $0.name == name } }

    /// Reads and checks every defined property; the answer has one element for each, in the order of definition.
    /// Properties that are not defined are not looked at.
    public func validate(_ configuration: [String: String]) -> [ConfigValue] {
        keys.map { key in
            let (setting, errors) = Self.read(key, configuration)
            return ConfigValue(name: key.name, key: key, value: setting?.shown, errors: errors.map(\.message))
        }
    }

    /// Reads every defined property.
    ///
    /// - Throws: the first error, in the order of definition.
    public func parse(_ configuration: [String: String]) throws(ConfigError) -> ParsedConfiguration {
        var settings: [String: ConfigSetting] = [:]
        for key in keys {
            let (setting, errors) = Self.read(key, configuration)
            if let error = errors.first { throw error }
            settings[key.name] = setting
        }
        return ParsedConfiguration(settings: settings)
    }

    private static func read(_ key: ConfigKey, _ configuration: [String: String]) -> (ConfigSetting?, [ConfigError]) {
        var setting: ConfigSetting?
        var errors: [ConfigError] = []
        if let text = configuration[key.name] ?? key.defaultValue {
            do {
                setting = try ConfigSetting.parse(text, as: key.type, name: key.name)
            } catch {
                errors.append(error)
            }
        } else if key.isRequired {
            let message = "Missing required configuration \"\(key.name)\" which has no default value."
            errors.append(ConfigError(name: key.name, message: message))
        }
        if let error = key.validator?.check(name: key.name, value: setting) { errors.append(error) }
        return (setting, errors)
    }

    /// The definition of the same properties under a prefix, as one group: sorted by group, order, whether they are
    /// required, importance and name, and numbered from `firstOrder`. Messages of checks go on naming the property
    /// without the prefix, as in Kafka.
    public func embedded(under prefix: String, group: String?, firstOrder: Int) -> ConfigDefinition {
        let ranks: [ConfigImportance: Int] = [.high: 0, .medium: 1, .low: 2]
        let sorted = keys.sorted { a, b in
            if a.orderInGroup != b.orderInGroup { return a.orderInGroup < b.orderInGroup }
            if a.isRequired != b.isRequired { return a.isRequired }
            if a.importance != b.importance { return ranks[a.importance, default: 3] < ranks[b.importance, default: 3] }
            return a.name < b.name
        }
        return ConfigDefinition(
            sorted.enumerated().map { offset, key in
                var key = key
                key.validator = key.validator?.naming(key.name)
                key.name = prefix + key.name
                key.group = group
                key.orderInGroup = firstOrder + offset
                return key
            })
    }

    public static func + (a: ConfigDefinition, b: ConfigDefinition) -> ConfigDefinition {
        ConfigDefinition(a.keys + b.keys)
    }
}

/// A configuration whose every defined property was read and checked.
public struct ParsedConfiguration: Sendable {
    private let settings: [String: ConfigSetting]

    init(settings: [String: ConfigSetting]) { self.settings = settings }

    /// nil where there is neither a value nor a default.
    public subscript(name: String) -> ConfigSetting? { settings[name] }

    /// Precondition of these four: the property is defined with this type; those that return no optional need a value
    /// or a default.
    public func boolean(_ name: String) -> Bool {
        guard case .boolean(let value) = settings[name] else { preconditionFailure("\(name) is no boolean") }
        return value
    }

    public func integer(_ name: String) -> Int64 {
        guard case .integer(let value) = settings[name] else { preconditionFailure("\(name) is no integer") }
        return value
    }

    public func list(_ name: String) -> [String] {
        guard case .list(let value) = settings[name] else { preconditionFailure("\(name) is no list") }
        return value
    }

    public func text(_ name: String) -> String? {
        guard case .text(let value) = settings[name] else { return nil }
        return value
    }
}
