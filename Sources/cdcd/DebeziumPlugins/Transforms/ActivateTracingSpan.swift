import ConnectData
import WireCore

/// Debezium's `io.debezium.transforms.tracing.ActivateTracingSpan`. There is no tracing here: records are left as they
/// are.
package final class ActivateTracingSpan: Transformation {
    private static let className = "io.debezium.transforms.tracing.ActivateTracingSpan"

    package static let plugin = PluginDescriptor(
        className, version: { DebeziumGeneration(configuration: $0).version },
        properties: { _ in PluginProperties(options.definition) },
        factory: .transformation { context throws(ConfigError) in try ActivateTracingSpan(context.properties) })

    struct Settings: Sendable {}

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "tracing.span.context.field", .string, default: "tracingspancontext", .high, .medium,
                "Serialized tracing span context field", "The column that holds the context of the span."),
            use: noTracing),
        ConfigOption(
            ConfigKey.field(
                "tracing.operation.name", .string, default: "debezium-read", .high, .medium, "Tracing operation name",
                "The name of the operation."), use: noTracing),
        ConfigOption(
            ConfigKey.field(
                "tracing.with.context.field.only", .boolean, default: "false", .high, .medium,
                "Trace only events with context field present", "Whether only events with a context are traced."),
            use: noTracing),
    ])

    private static let noTracing = ConfigUse<Settings>.withoutEffect(reason: "there is no tracing")

    private init(_ properties: [String: String]) throws(ConfigError) {
        _ = try Self.options.parse(properties, into: Settings())
        Logger(Self.className).warn("There is no tracing: the transform leaves all records as they are")
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) -> Bool { true }
    package func apply(to shape: inout RecordShape) -> ShapeChange { .applied }
}
