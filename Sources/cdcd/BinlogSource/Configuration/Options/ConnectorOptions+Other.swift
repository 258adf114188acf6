import ConnectData
import DebeziumPlugins
import MySQLWire

extension ConnectorOptions {
    /// Properties that no plugin lists: those of the Java driver that have a meaning here, and cdcd's own.
    static let other: [ConnectorOption] = [
        ConnectorOption(
            DebeziumGeneration.overrideProperty, .string, .low, "Generation of Debezium", width: .short,
            v19: .init(order: 0, choices: DebeziumGeneration.allCases.map(\.rawValue)),
            v36: .init(order: 0, choices: DebeziumGeneration.allCases.map(\.rawValue)),
            "The generation whose behaviour the connector has, regardless of the names of the properties."
        ) {
            Option($0) { input, config in
                let generation = input.trimmed.flatMap { DebeziumGeneration(rawValue: $0) }
                if let generation { config.profile = DebeziumProfile(generation: generation) }
            }
        },
        ConnectorOption(
            "database.allowPublicKeyRetrieval", .boolean, .low, "Allow package key retrieval", width: .short,
            v19: .init(order: 0, default: "false"), v36: .init(order: 0, default: "false"),
            "Whether the password may be encrypted with a key that the server sends over an unencrypted connection."
        ) { Option($0, into: \.connection.allowPublicKeyRetrieval) },
        ConnectorOption(
            "database.serverTimezone", .string, .low, "Server time zone", width: .medium, v19: .init(order: 0),
            "Older name of `database.connectionTimeZone`."
        ) { Option($0, consume: connectionZone) },
        ConnectorOption(
            "database.connectionTimeZone", .string, .low, "Connection time zone", width: .medium,
            v19: .init(order: 0), v36: .init(order: 0),
            "The zone in which a snapshot reads the wall clock times of TIMESTAMP columns; `SERVER` and `LOCAL` for none."
        ) { Option($0, consume: connectionZone) },
    ]
}
