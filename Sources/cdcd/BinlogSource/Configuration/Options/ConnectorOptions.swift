import ConnectData
import DebeziumPlugins

/// All properties of the connector.
package enum ConnectorOptions {
    typealias Option = ConfigOption<MySQLConnectorConfig>
    /// Puts the value of an option into the configuration that is being built.
    typealias Consumer = @Sendable (ConfigInput, inout MySQLConnectorConfig) throws(ConfigError) -> Void

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
        Group(name: "Other", options: other),
    ]

    private static let v19 = ConfigOptions(groups.flatMap(\.options).compactMap { $0.resolved(.v19) })
    private static let v36 = ConfigOptions(groups.flatMap(\.options).compactMap { $0.resolved(.v36) })

    /// The options of a generation, listed or not.
    static func all(_ profile: DebeziumProfile) -> ConfigOptions<MySQLConnectorConfig> {
        profile.generation == .v19 ? v19 : v36
    }

    /// What `GET /connector-plugins/…/config` lists.
    package static func definition(_ profile: DebeziumProfile) -> ConfigDefinition {
        ConfigDefinition(
            groups.flatMap { group in
                group.options.compactMap { $0.resolved(profile)?.key }.filter { $0.orderInGroup > 0 }
                    .sorted { $0.orderInGroup < $1.orderInGroup }
                    .map { key in
                        var key = key
                        key.group = group.name
                        // Debezium checks itself what it requires, and lists no property as required.
                        key.isRequired = false
                        return key
                    }
            })
    }
}
