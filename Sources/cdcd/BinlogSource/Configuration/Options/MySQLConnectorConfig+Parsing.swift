import ConnectData
import DebeziumPlugins
import MySQLWire

extension MySQLConnectorConfig {
    /// Parses a configuration.
    ///
    /// - Throws: the error of the property that is first by name.
    package init(configuration: [String: String]) throws(ConfigError) {
        if let error = ConnectorConfigValidation(configuration).firstError { throw error }
        profile = DebeziumProfile(configuration: configuration)
        // Debezium 1.9 draws the id from this range if none is given.
        serverID = UInt32.random(in: 5400...6400)
        messageKeys = MessageKeys(keepsListedOrder: profile.keepsListedKeyOrder)
        connection.programName = "cdcd"
        let options = ConnectorOptions.all(profile)
        // What can be found only by consuming the values.
        let found = options.read(configuration, into: &self, conventions: .debezium(profile))
        if let error = found.errors.first { throw error }
    }
}
