import ConnectData
import DebeziumPlugins
import MySQLWire
import WireCore
import WireStreams

/// Debezium's MySQL connector, with its Java class name.
package final class MySQLSourceConnector: SourceConnector {
    package static let className = ServerFlavor.mySQL.connectorClass

    private var configuration: [String: String] = [:]

    package init() {}

    /// - Parameter openHistoryLog: opens the storage of the schema history.
    package static func plugin(openHistoryLog: @escaping HistoryLogOpener) -> PluginDescriptor {
        PluginDescriptor(
            className, version: { DebeziumGeneration(configuration: $0).version },
            properties: { configuration in
                let values = ConnectorConfigValidation(configuration).result.values
                return PluginProperties(ConfigDefinition(values.compactMap(\.key)))
            },
            factory: .sourceConnector(
                SourceConnectorFactory(
                    taskClassName: className + "Task", makeConnector: { _ in MySQLSourceConnector() },
                    makeTask: { context, taskContext in
                        try makeTask(context.properties, context: taskContext, openHistoryLog: openHistoryLog)
                    })))
    }

    /// - Parameter openHistoryLog: opens the storage of the schema history.
    package static func makeTask(
        _ configuration: [String: String], context: any SourceTaskContext, openHistoryLog: @escaping HistoryLogOpener
    ) throws -> any SourceTask {
        MySQLSourceTask(
            configuration: try MySQLConnectorConfig(configuration: configuration), context: context,
            openHistoryLog: openHistoryLog)
    }

    package func start(_ configuration: [String: String], context: any SourceConnectorContext) {
        self.configuration = configuration
    }

    package func stop() {}

    /// Checks every property, and connects to the server if the properties of the connection are valid.
    package func validate(_ configuration: [String: String]) -> ConfigValidation {
        var validation = ConnectorConfigValidation(configuration).result
        guard validation.errorCount == 0 else { return validation }
        do {
            let parsed = try MySQLConnectorConfig(configuration: configuration)
            if let message = connectionFailure(parsed),
                let index = validation.values.firstIndex(where: { $0.name == "database.hostname" }) {
                validation.values[index].errors.append("Unable to connect: \(message)")
            }
        } catch {
            add(error, to: &validation)
        }
        return validation
    }

    private func add(_ error: ConfigError, to validation: inout ConfigValidation) {
        if let index = validation.values.firstIndex(where: { $0.name == error.name }) {
            validation.values[index].errors.append(error.message)
        } else {
            validation.values.append(
                ConfigValue(name: error.name, key: nil, value: error.value, errors: [error.message]))
        }
    }

    /// Connects and queries the version, as Debezium does. Returns a message if that fails.
    private func connectionFailure(_ configuration: MySQLConnectorConfig) -> String? {
        var options = configuration.connection
        options.readTimeoutMilliseconds = options.connectTimeoutMilliseconds
        do throws(MySQLError) {
            let connection = try MySQLConnection.connect(options)
            defer { connection.close() }
            _ = try connection.queryText("SELECT version()")
            return nil
        } catch {
            let failure = ServerFailure.connecting(error, options)
            return failure.description.split(separator: "\n").joined(separator: ". ")
        }
    }

    package func taskConfigurations(maximumTasks: Int) throws -> [[String: String]] {
        guard maximumTasks <= 1 else {
            throw ConnectorError("Only a single connector task may be started", remedy: "Set tasks.max=1.")
        }
        return [configuration]
    }
}
