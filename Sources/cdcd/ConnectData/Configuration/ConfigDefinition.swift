/// The properties that a plugin understands, with Kafka's rules for reading and checking them (`ConfigDef`).
package struct ConfigDefinition: Sendable {
    /// In the order of definition.
    package private(set) var keys: [ConfigKey]

    package init(_ keys: [ConfigKey]) { self.keys = keys }

    package subscript(name: String) -> ConfigKey? { keys.first { $0.name == name } }

    /// Reads and checks every defined property. The result has one element for each, in the order of definition.
    /// Properties that are not defined are ignored.
    package func validate(_ configuration: [String: String]) -> [ConfigValue] {
        keys.map { key in
            let (input, errors) = ConfigConventions.kafka.read(key, name: key.name, in: configuration)
            let shown = input.setting.map { Self.shown($0, key) }
            return ConfigValue(name: key.name, key: key, value: shown, errors: errors.map(\.message))
        }
    }

    /// A value as answers to validations show it, without secrets.
    private static func shown(_ setting: ConfigSetting, _ key: ConfigKey) -> String {
        if key.type == .password { return "[hidden]" }
        return key.name.hasSuffix("url") ? URLText.withoutUserInformation(setting.shown) : setting.shown
    }

    /// The definition of the same properties under a prefix (`ConfigDef.embed`): sorted by group, order, whether they
    /// are required, importance and name, and numbered from `firstOrder`. A group of theirs follows `group` after a
    /// colon. Messages of validators name the property without the prefix, as in Kafka.
    package func embedded(under prefix: String, group: String, firstOrder: Int) -> ConfigDefinition {
        var groups: [String] = []
        for group in keys.compactMap(\.group) where !groups.contains(group) { groups.append(group) }
        func rank(_ key: ConfigKey) -> (group: Int, order: Int, optional: Int, importance: Int) {
            let importance =
                switch key.importance {
                case .high: 0
                case .medium: 1
                case .low: 2
                }
            let place = key.group.flatMap(groups.firstIndex) ?? -1
            return (place, key.orderInGroup, key.isRequired ? 0 : 1, importance)
        }
        let sorted = keys.sorted { a, b in
            let (first, second) = (rank(a), rank(b))
            return first == second ? a.name < b.name : first < second
        }
        return ConfigDefinition(
            sorted.enumerated().map { offset, key in
                var key = key
                key.validator = key.validator?.naming(key.name)
                key.name = prefix + key.name
                key.group = key.group.map { "\(group): \($0)" } ?? group
                key.orderInGroup = firstOrder + offset
                key.dependents = key.dependents.map { prefix + $0 }
                return key
            })
    }

    package static func + (a: ConfigDefinition, b: ConfigDefinition) -> ConfigDefinition {
        ConfigDefinition(a.keys + b.keys)
    }
}
