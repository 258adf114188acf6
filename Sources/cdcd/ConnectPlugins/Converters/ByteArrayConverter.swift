import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.converters.ByteArrayConverter`: bytes as they are. Null stays null.
package final class ByteArrayConverter: Converter, HeaderConverter {
    package static let className = "org.apache.kafka.connect.converters.ByteArrayConverter"

    static let options = ConfigOptions<Void>([ConverterType.option()])

    package static let plugin = PluginDescriptor(
        className, options.definition,
        factory: .converter { context throws(ConfigError) in
            try ByteArrayConverter(configuration: context.properties)
        })
    package static let headerPlugin = PluginDescriptor(
        className, options.definition,
        factory: .headerConverter { context throws(ConfigError) in
            try ByteArrayConverter(configuration: context.properties)
        })

    private static let schema = Schema(.bytes, isOptional: true)

    /// - Parameter configuration: the properties without their prefix; `converter.type` is not needed.
    init(configuration: [String: String]) throws(ConfigError) {
        _ = try Self.options.parse(ConverterType.completed(configuration), into: ())
    }

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        if let schema, schema.type != .bytes {
            throw DataError("Invalid schema type for ByteArrayConverter: \(schema.type.javaName)")
        }
        if value.isNull { return false }
        guard case .bytes(let bytes) = value, schema?.logicalType != .decimal else {
            throw DataError(
                "ByteArrayConverter is not compatible with objects of type class \(value.javaClassName(schema))")
        }
        writer.bytes(bytes)
        return true
    }

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        SchemaAndValue(Self.schema, bytes.map { .bytes([UInt8]($0)) } ?? .null)
    }
}
