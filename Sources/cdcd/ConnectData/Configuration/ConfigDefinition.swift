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
            return ConfigValue(name: key.name, key: key, value: input.setting?.shown, errors: errors.map(\.message))
        }
    }

    /// The definition of the same properties under a prefix, as one group: sorted by group, order, whether they are
    /// required, importance and name, and numbered from `firstOrder`. Messages of validators name the property without
    /// the prefix, as in Kafka.
    package func embedded(under prefix: String, group: String?, firstOrder: Int) -> ConfigDefinition {
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

    package static func + (a: ConfigDefinition, b: ConfigDefinition) -> ConfigDefinition {
        ConfigDefinition(a.keys + b.keys)
    }
}
