import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.file.FileStreamSinkConnector`: appends the values of records to a file, one line
/// each, as the `toString()` of Java's objects writes them.
package final class FileStreamSinkConnector: SinkConnector {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.file.FileStreamSinkConnector", options.definition,
        factory: .sinkConnector(
            SinkConnectorFactory(
                taskClassName: "org.apache.kafka.connect.file.FileStreamSinkTask",
                makeConnector: { _ in FileStreamSinkConnector() },
                makeTask: { context, taskContext in
                    try FileStreamSinkTask(
                        file: options.parse(context.properties, into: Settings()).file, context: taskContext)
                })))

    struct Settings: Sendable {
        /// nil: the standard output.
        var file: String?
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "file", .string, importance: .high,
                documentation: "The file to which lines are appended; without it the standard output."),
            into: \.file)
    ])

    private static let logger = Logger("org.apache.kafka.connect.file.FileStreamSinkConnector")
    private var configuration: [String: String] = [:]

    private init() {}

    package func validate(_ configuration: [String: String]) -> ConfigValidation {
        ConfigValidation(values: Self.options.definition.validate(configuration))
    }

    package func start(_ configuration: [String: String], context: any ConnectorContext) throws {
        let settings = try Self.options.parse(configuration, into: Settings())
        Self.logger.info("Starting file sink connector writing to \(settings.file ?? "standard output")")
        self.configuration = configuration
    }

    package func taskConfigurations(maximumTasks: Int) -> [[String: String]] {
        Array(repeating: configuration, count: maximumTasks)
    }

    package func stop() {}

    /// The offsets are those of the consumer group only.
    package func alterOffsets(
        _ configuration: [String: String], _ offsets: [TopicPartition: Int64?]
    ) throws -> Bool { true }
}
