import ConnectData
import MySQLWire
import WireCore
import WireStreams

/// Debezium's MySQL connector, under its Java class name.
public struct MySQLSourceConnector: SourceConnector {
    public static let className = "io.debezium.connector.mysql.MySqlConnector"

    private let openHistoryLog: HistoryLogOpener

    /// - Parameter openHistoryLog: opens the place of the schema history, of which the connector itself knows nothing.
    public init(openHistoryLog: @escaping HistoryLogOpener) { self.openHistoryLog = openHistoryLog }

    public var className: String { Self.className }

    public func version(for configuration: [String: String]) -> String {
        configuration.isEmpty
            ? DebeziumProfile.v36.version : DebeziumProfile(configuration: configuration).version
    }

    /// Checks every property, and where those of the connection are right, connects with them.
    public func validate(_ configuration: [String: String]) -> ConfigValidation {
        var validation = ConnectorOptions.validate(configuration)
        guard validation.errorCount == 0 else { return validation }
        do {
            let parsed = try MySQLConnectorConfig(configuration: configuration)
            if let message = connectionFault(parsed),
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

    /// Connects and asks for the version, as Debezium does; what went wrong, if anything did.
    private func connectionFault(_ configuration: MySQLConnectorConfig) -> String? {
        var options = configuration.connection
        options.readTimeoutMilliseconds = options.connectTimeoutMilliseconds
        do throws(MySQLError) {
            let connection = try MySQLConnection.connect(options)
            defer { connection.close() }
            _ = try connection.query("SELECT version()")
            return nil
        } catch {
            let failure = ServerFailure.connecting(error, options)
            return failure.description.split(separator: "\n").joined(separator: ". ")
        }
    }

    public func taskConfigurations(
        for configuration: [String: String], maximumTasks: Int
    ) throws -> [[String: String]] {
        guard maximumTasks <= 1 else {
            throw ConnectorError("Only a single connector task may be started", remedy: "Set tasks.max=1.")
        }
        return [configuration]
    }

    public func makeTask(_ configuration: [String: String], context: any SourceTaskContext) throws -> any SourceTask {
        MySQLSourceTask(
            configuration: try MySQLConnectorConfig(configuration: configuration), context: context,
            openHistoryLog: openHistoryLog)
    }
}
