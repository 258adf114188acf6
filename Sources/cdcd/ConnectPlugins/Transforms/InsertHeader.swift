import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.InsertHeader`: adds a header with a fixed value to every record.
package final class InsertHeader: Transformation {
    package static let plugin = PluginDescriptor(
        "org.apache.kafka.connect.transforms.InsertHeader", options.definition,
        factory: .transformation { context throws(ConfigError) in try InsertHeader(context.properties) })

    struct Settings: Sendable {
        var header = ""
        var literal = ""
    }

    private static let nonNull = ConfigValidator { name, value in
        value == nil ? ConfigError(name: name, value: nil, reason: "entry must be non null") : nil
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "header", .string, isRequired: true, importance: .high, documentation: "The name of the header.",
                validator: nonNull),
            into: \.header),
        ConfigOption(
            ConfigKey(
                "value.literal", .string, isRequired: true, importance: .high,
                documentation: "The literal value that is to be set as the header value on all records.",
                validator: nonNull),
            into: \.literal),
    ])

    private let header: ConnectRecord.Header
    /// One array for all records without other headers: the worker converts an identical array only once.
    private let onlyHeader: [ConnectRecord.Header]

    private init(_ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        let literal = LiteralParser.parse(settings.literal)
        header = ConnectRecord.Header(settings.header, schema: literal.schema, value: literal.value)
        onlyHeader = [header]
    }

    package func apply(_ record: inout ConnectRecord) -> Bool {
        if record.headers.isEmpty { record.headers = onlyHeader } else { record.headers.append(header) }
        return true
    }

    package func apply(to shape: inout RecordShape) -> ShapeChange {
        let value = ValueShape.constant(header.value)
        shape.headers.append(.init(header.name, schema: header.schema, value: value))
        return .applied
    }
}
