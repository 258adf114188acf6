import ConnectData
import DebeziumPlugins
import MySQLWire
import PluginTestSupport

@testable import BinlogSource

extension PropertyEffect {
    private static let zone: Observation = { properties in
        let zone = try MySQLConnectorConfig(configuration: properties).connectionZone
        return zone.map { "\($0.instant(ofLocalMicroseconds: 0))" } ?? "UTC"
    }

    /// Properties of the Java driver, and cdcd's own.
    static let other = [
        PropertyEffect("cdcd.debezium.profile", "1.9", from: nil, to: "1.9.5.Final") { properties in
            var properties = properties
            properties["database.history.kafka.topic"] = "history"
            properties["database.history.kafka.bootstrap.servers"] = "b:9092"
            properties["database.server.name"] = "p"
            return try MySQLConnectorConfig(configuration: properties).profile.version
        },
        PropertyEffect("database.allowPublicKeyRetrieval", "true", from: "false", to: "true") {
            "\(try MySQLConnectorConfig(configuration: $0).connection.allowPublicKeyRetrieval)"
        },
        PropertyEffect("database.connectionTimeZone", "Asia/Seoul", from: "UTC", to: "-32400000000", zone),
        PropertyEffect("database.serverTimezone", "Asia/Seoul", .v19, from: "UTC", to: "-32400000000", zone),
    ]
}
