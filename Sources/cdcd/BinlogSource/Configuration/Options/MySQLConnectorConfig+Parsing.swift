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
        if fieldNameAdjustment == .none, Self.usesAvroConverter(configuration) { fieldNameAdjustment = .avro }
    }

    /// Whether the connector itself, not the worker, names a converter to Avro (`isUsingAvroConverter` of
    /// `CommonConnectorConfig`).
    private static func usesAvroConverter(_ configuration: [String: String]) -> Bool {
        let converters = [
            "io.confluent.connect.avro.AvroConverter", "io.apicurio.registry.utils.converter.AvroConverter",
        ]
        return ["key.converter", "value.converter"].contains { name in
            configuration[name].map(converters.contains) ?? false
        }
    }
}
