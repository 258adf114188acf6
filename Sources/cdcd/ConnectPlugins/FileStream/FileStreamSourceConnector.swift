import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.file.FileStreamSourceConnector`: the lines of a file, as they are appended.
///
/// Java's connector counts characters although its offset means bytes, so after a restart it repeats parts of texts
/// that are not ASCII. This one counts bytes. Reading from the standard input is refused.
package final class FileStreamSourceConnector: SourceConnector {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.file.FileStreamSourceConnector", options.definition,
        factory: .sourceConnector(
            SourceConnectorFactory(
                taskClassName: "org.apache.kafka.connect.file.FileStreamSourceTask",
                makeConnector: { _ in FileStreamSourceConnector() },
                makeTask: { context, taskContext in
                    FileStreamSourceTask(
                        try options.parse(context.properties, into: Settings()), context: taskContext)
                })))

    struct Settings: Sendable {
        var file = ""
        var topic = ""
        var batchRecordCount = 2000
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "file", .string, importance: .high, documentation: "Source filename.",
                validator: ConfigValidator { name, value in
                    if case .text(let path) = value, !path.isEmpty { return nil }
                    return .notSupported(name, value: value?.described, what: "Reading from the standard input")
                }),
            into: \.file),
        ConfigOption(
            ConfigKey(
                "topic", .string, isRequired: true, importance: .high, documentation: "The topic to publish data to",
                validator: .nonEmptyString),
            into: \.topic),
        ConfigOption(
            ConfigKey(
                "batch.size", .int, defaultValue: "2000", importance: .low,
                documentation: "The maximum number of records the source task can read from the file each time it is polled"),
            into: \.batchRecordCount),
    ])

    private static let logger = Logger("org.apache.kafka.connect.file.FileStreamSourceConnector")
    private var configuration: [String: String] = [:]

    private init() {}

    package func validate(_ configuration: [String: String]) -> ConfigValidation {
        ConfigValidation(values: Self.options.definition.validate(configuration))
    }

    package func start(_ configuration: [String: String], context: any SourceConnectorContext) throws {
        let settings = try Self.options.parse(configuration, into: Settings())
        Self.logger.info("Starting file source connector reading from \(settings.file)")
        self.configuration = configuration
    }

    /// One task, since a file is one stream.
    package func taskConfigurations(maximumTasks: Int) -> [[String: String]] { [configuration] }

    package func stop() {}

    package func alterOffsets(
        _ configuration: [String: String], _ offsets: [PartitionOffset]
    ) throws -> Bool {
        guard !JavaText.trim(configuration["file"] ?? "").isEmpty else {
            throw ConnectError(
                "Offsets cannot be modified if the 'file' configuration is unspecified. This is because stdin is used "
                    + "for input and offsets are not tracked.")
        }
        for change in offsets {
            // Every partition's offset may be removed, also those of earlier configurations.
            guard let offset = change.offset else { continue }
            guard let position = offset["position"] else {
                throw ConnectError("Offset objects should either be null or contain the key 'position'")
            }
            guard let bytes = position.integerValue else {
                throw ConnectError("The value for the 'position' key in the offset is expected to be a Long value")
            }
            guard bytes >= 0 else {
                throw ConnectError("The value for the 'position' key in the offset should be a non-negative value")
            }
            guard change.partition["filename"] != nil else {
                throw ConnectError("Partition objects should contain the key 'filename'")
            }
        }
        return true
    }
}
