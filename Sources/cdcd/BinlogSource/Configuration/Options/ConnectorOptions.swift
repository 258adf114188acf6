import ConnectData

/// All properties of the connector, and what follows from them.
package enum ConnectorOptions {
    package struct Group: Sendable {
        package let name: String
        package let options: [ConnectorOption]
    }

    /// By group, in the order in which plugins list them.
    package static let groups: [Group] = [
        Group(name: "MySQL", options: connection),
        Group(name: "Connector", options: reading + representing),
        Group(name: "History Storage", options: history),
        Group(name: "Events", options: events + filters),
    ]

    /// Those of a generation, listed or not.
    static func all(_ profile: DebeziumProfile) -> [ConnectorOption] {
        groups.flatMap(\.options).filter { $0.presence(profile) != nil }
    }

    /// What `GET /connector-plugins/…/config` lists.
    package static func definition(_ profile: DebeziumProfile) -> ConfigDefinition {
        ConfigDefinition(
            groups.flatMap { group in
                let listed = group.options.compactMap { option in
                    option.presence(profile).flatMap { $0.order > 0 ? (option, $0) : nil }
                }
                return listed.sorted { $0.1.order < $1.1.order }.map { key($0.0, $0.1, group.name) }
            })
    }

    private static func key(
        _ option: ConnectorOption, _ presence: ConnectorOption.Presence, _ group: String
    ) -> ConfigKey {
        ConfigKey(
            option.name, presence.type ?? option.type, defaultValue: presence.defaultValue,
            importance: option.importance, documentation: option.documentation, group: group,
            orderInGroup: presence.order, width: option.width, displayName: option.displayName,
            dependents: presence.dependents, recommendedValues: presence.choices)
    }
}
