import ConnectData
import WireCore

/// Debezium's converters of bytes as they are, which pass everything else to another converter:
/// `io.debezium.converters.BinaryDataConverter`, `ByteArrayConverter` and, of generation 1.9, `ByteBufferConverter`.
///
/// Java's connector has bytes in arrays or in buffers, of which two of the classes accept one kind only. Those of BIT
/// columns are in arrays, and so are bytes without a schema; those of other columns are in buffers.
///
/// As converters of headers Java's classes ignore the delegate, and fail for each header that is not bytes.
package final class BinaryConverter: Converter, HeaderConverter {
    enum Variant: String, CaseIterable, Sendable {
        case binaryData = "BinaryDataConverter"
        case byteArray = "ByteArrayConverter"
        case byteBuffer = "ByteBufferConverter"

        fileprivate var generation: DebeziumGeneration {
            switch self {
            case .binaryData, .byteArray: .v36
            case .byteBuffer: .v19
            }
        }
    }

    struct Settings: Sendable {
        var delegate: String?
        var delegateProperties: [String: String] = [:]
    }

    private static let delegateProperty = "delegate.converter.type"

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "converter.type", .string, isRequired: true, importance: .low,
                documentation: "What the converter is used for: key, value or header.",
                validator: .oneOf(["key", "value", "header"])),
            use: .withoutEffect(reason: "keys, values and headers are written alike")),
        ConfigOption(
            ConfigKey(
                delegateProperty, .string, importance: .low,
                documentation: "The class of the converter that gets everything but bytes, with the properties below "
                    + "\(delegateProperty).")
        ) { input, settings in settings.delegate = input.text },
        ConfigOption(group: delegateProperty + ".", into: \.delegateProperties),
    ])

    package static let plugins = Variant.allCases.flatMap { variant in
        [
            descriptor(
                variant,
                .converter { context throws(ConfigError) in try BinaryConverter(variant, context) }),
            descriptor(
                variant,
                .headerConverter { context throws(ConfigError) in try BinaryConverter(variant, context) }),
        ]
    }

    private static func descriptor(_ variant: Variant, _ factory: PluginDescriptor.Factory) -> PluginDescriptor {
        PluginDescriptor(
            "io.debezium.converters.\(variant.rawValue)", version: { _ in variant.generation.version },
            properties: { _ in PluginProperties(definition) }, factory: factory)
    }

    private static let definition = ConfigDefinition(options.options.filter { $0.prefix == nil }.map(\.key))
    private static let schema = Schema(.bytes, isOptional: true)

    private let variant: Variant
    private let delegate: (any Converter)?

    private init(_ variant: Variant, _ context: PluginContext) throws(ConfigError) {
        self.variant = variant
        let type = ["converter.type": "value"]
        let settings = try Self.options.parse(
            context.properties.merging(type) { given, _ in given }, into: Settings())
        guard let className = settings.delegate else {
            delegate = nil
            return
        }
        do throws(ConfigError) {
            delegate = try context.plugins.makeConverter(
                className, property: Self.delegateProperty, context.forDelegate(settings.delegateProperties))
        } catch {
            guard error.name != Self.delegateProperty else { throw error }
            throw ConfigError(
                name: "\(Self.delegateProperty).\(error.name)", value: error.value, message: error.message)
        }
    }

    // MARK: Encoding

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        guard schema == nil || schema?.type == .bytes else { return try delegated(value, schema, topic, into: &writer) }
        if value.isNull { return false }
        guard case .bytes(let bytes) = value, accepts(schema) else {
            return try delegated(value, schema, topic, into: &writer)
        }
        writer.bytes(bytes)
        return true
    }

    private func accepts(_ schema: Schema?) -> Bool {
        if schema?.logicalType == .decimal { return false }
        return switch variant {
        case .binaryData: true
        case .byteArray: Self.isArray(schema)
        case .byteBuffer: !Self.isArray(schema)
        }
    }

    private static func isArray(_ schema: Schema?) -> Bool { schema == nil || schema?.name == "io.debezium.data.Bits" }

    private func delegated(
        _ value: ConnectValue, _ schema: Schema?, _ topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        guard let delegate else {
            throw DataError("A \(subject(value, schema, topic)) requires a \(Self.delegateProperty) to be configured")
        }
        return try delegate.convert(value, schema: schema, topic: topic, into: &writer)
    }

    /// As Java describes the value; newer classes have the topic and the value in place of the kind and the type.
    private func subject(_ value: ConnectValue, _ schema: Schema?, _ topic: String) -> String {
        guard variant == .byteBuffer else { return "\(topic) of type '\(value.javaText(schema))'" }
        if let schema, schema.type != .bytes { return "schema of type '\(schema.type.javaName)'" }
        return "value of type '\(value.javaClassName(schema))'"
    }

    // MARK: Decoding

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        SchemaAndValue(Self.schema, bytes.map { .bytes([UInt8]($0)) } ?? .null)
    }
}
