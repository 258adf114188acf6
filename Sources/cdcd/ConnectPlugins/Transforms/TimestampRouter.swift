import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.transforms.TimestampRouter`: derives a record's topic from its topic and its
/// timestamp.
package final class TimestampRouter: Transformation {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.TimestampRouter", options.definition,
        factory: .transformation { context throws(ConfigError) in try TimestampRouter(context.properties) })

    struct Settings: Sendable {
        var topicFormat = ""
        var timestampFormat = ""
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "topic.format", .string, defaultValue: "${topic}-${timestamp}", importance: .high,
                documentation: "The new topic, in which ${topic} and ${timestamp} are replaced."),
            into: \.topicFormat),
        ConfigOption(
            ConfigKey(
                "timestamp.format", .string, defaultValue: "yyyyMMdd", importance: .high,
                documentation: "How the timestamp is written: a pattern of Java's SimpleDateFormat, in UTC."),
            into: \.timestampFormat),
    ])

    private let topicFormat: String
    /// Java reports a wrong pattern for each record.
    private let timestampFormat: Result<SimpleDateFormat, SimpleDateFormat.PatternError>

    private init(_ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        topicFormat = settings.topicFormat
        timestampFormat = Result { () throws(SimpleDateFormat.PatternError) in
            try SimpleDateFormat(settings.timestampFormat, now: WallTime.now.epochMilliseconds)
        }
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard let timestamp = record.timestampMilliseconds else {
            throw DataError("Timestamp missing on record: \(record.javaText)")
        }
        let format: SimpleDateFormat
        switch timestampFormat {
        case .success(let value): format = value
        case .failure(let error): throw DataError(error.description)
        }
        record.topic = topicFormat.replacing("${topic}", with: record.topic)
            .replacing("${timestamp}", with: format.format(timestamp))
        return true
    }
}
