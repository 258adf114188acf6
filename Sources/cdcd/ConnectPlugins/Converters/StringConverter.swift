import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.storage.StringConverter`: the `toString()` of Java's object as text. Null stays
/// null.
package final class StringConverter: Converter, HeaderConverter {
    package static let className = "org.apache.kafka.connect.storage.StringConverter"

    struct Settings: Sendable {
        var encoding = TextEncoding.utf8
    }

    static let options = ConfigOptions<Settings>([
        ConverterType.option(),
        ConfigOption(
            ConfigKey(
                "converter.encoding", .string, defaultValue: "UTF-8", importance: .high,
                documentation: "The character set of the texts: UTF-8, ISO-8859-1, US-ASCII, UTF-16, UTF-16BE or UTF-16LE, "
                    + "by any of Java's names.",
                width: .medium, displayName: "Encoding")
        ) { (input, settings) throws(ConfigError) in
            let name = input.trimmed ?? ""
            guard let encoding = TextEncoding(javaName: name) else {
                throw ConfigError(name: input.name, value: input.text, message: "Unsupported encoding \(name)")
            }
            settings.encoding = encoding
        },
    ])

    package static let plugin = PluginDescriptor(
        className, options.definition,
        factory: .converter { context throws(ConfigError) in try StringConverter(configuration: context.properties) })
    package static let headerPlugin = PluginDescriptor(
        className, options.definition,
        factory: .headerConverter { context throws(ConfigError) in
            try StringConverter(configuration: context.properties)
        })

    private static let schema = Schema(.string, isOptional: true)

    private let encoding: TextEncoding

    /// - Parameter configuration: the properties without their prefix; `converter.type` is not needed.
    package init(configuration: [String: String]) throws(ConfigError) {
        encoding = try Self.options.parse(ConverterType.completed(configuration), into: Settings()).encoding
    }

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        if value.isNull { return false }
        encoding.encode(value.javaText(schema), into: &writer)
        return true
    }

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        SchemaAndValue(Self.schema, bytes.map { .string(encoding.decode($0)) } ?? .null)
    }
}
