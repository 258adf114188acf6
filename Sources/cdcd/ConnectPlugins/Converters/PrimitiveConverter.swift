import ConnectData
import WireCore

/// Kafka's converters of single numbers and booleans, `org.apache.kafka.connect.converters.LongConverter` and others:
/// big-endian, in the width of the type. Null stays null.
package final class PrimitiveConverter: Converter, HeaderConverter {
    enum Kind: String, CaseIterable, Sendable {
        case boolean = "Boolean"
        case double = "Double"
        case float = "Float"
        case integer = "Integer"
        case long = "Long"
        case short = "Short"

        var className: String { "org.apache.kafka.connect.converters.\(rawValue)Converter" }

        /// The width of the values.
        fileprivate var byteCount: Int {
            switch self {
            case .boolean: 1
            case .short: 2
            case .integer, .float: 4
            case .long, .double: 8
            }
        }

        /// As Kafka's errors name the class.
        fileprivate var deserializerName: String {
            switch self {
            case .float, .double: "Deserializer"
            case .boolean, .integer, .long, .short: "\(rawValue)Deserializer"
            }
        }

        fileprivate var schemaType: SchemaType {
            switch self {
            case .boolean: .boolean
            case .double: .float64
            case .float: .float32
            case .integer: .int32
            case .long: .int64
            case .short: .int16
            }
        }
    }

    static let options = ConfigOptions<Void>([ConverterType.option()])

    package static let plugins = Kind.allCases.flatMap { kind in
        [
            PluginDescriptor(
                kind.className, options.definition,
                factory: .converter { context throws(ConfigError) in
                    try PrimitiveConverter(kind, configuration: context.properties)
                }),
            PluginDescriptor(
                kind.className, options.definition,
                factory: .headerConverter { context throws(ConfigError) in
                    try PrimitiveConverter(kind, configuration: context.properties)
                }),
        ]
    }

    private let kind: Kind
    /// Of decoded values.
    private let schema: Schema

    /// - Parameter configuration: the properties without their prefix; `converter.type` is not needed.
    init(_ kind: Kind, configuration: [String: String]) throws(ConfigError) {
        _ = try Self.options.parse(ConverterType.completed(configuration), into: ())
        self.kind = kind
        schema = Schema(kind.schemaType, isOptional: true)
    }

    // MARK: Encoding

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        if kind == .boolean, let schema, schema.type != .boolean {
            throw DataError("Invalid schema type for BooleanConverter: \(schema.type.javaName)")
        }
        switch value {
        case .null: return false
        case .boolean(let flag) where kind == .boolean: writer.byte(flag ? 1 : 0)
        case .integer(let number) where isInteger(schema):
            switch kind {
            case .short: writer.bigEndian(UInt16(truncatingIfNeeded: number))
            case .integer: writer.bigEndian(UInt32(truncatingIfNeeded: number))
            case .long, .boolean, .float, .double: writer.bigEndian(UInt64(bitPattern: number))
            }
        case .float32(let number) where kind == .float: writer.bigEndian(JavaFloatBits.of(number))
        case .float64(let number) where kind == .double: writer.bigEndian(JavaFloatBits.of(number))
        case .boolean, .integer, .float32, .float64, .string, .bytes, .array, .map, .structure, .instant:
            throw mismatch(value, schema)
        }
        return true
    }

    /// Whether integers of the schema are those of the converter. Without a schema they are of Java's class `Long`.
    private func isInteger(_ schema: Schema?) -> Bool {
        switch kind {
        case .short, .integer, .long: (schema?.type ?? .int64) == kind.schemaType && schema?.logicalType == nil
        case .boolean, .float, .double: false
        }
    }

    private func mismatch(_ value: ConnectValue, _ schema: Schema?) -> DataError {
        let className = value.javaClassName(schema)
        return kind == .boolean
            ? DataError("BooleanConverter is not compatible with objects of type class \(className)")
            : DataError("Failed to serialize to \(kind.rawValue.lowercased()) (was class \(className)): ")
    }

    // MARK: Decoding

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        guard let bytes else { return SchemaAndValue(schema, .null) }
        guard bytes.count == kind.byteCount else {
            throw undecodable("Size of data received by \(kind.deserializerName) is not \(kind.byteCount)")
        }
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch kind {
        case .boolean:
            guard bits <= 1 else {
                let byte = Int8(truncatingIfNeeded: bits)
                throw undecodable("Unexpected byte received by BooleanDeserializer: \(byte)")
            }
            return SchemaAndValue(schema, .boolean(bits == 1))
        case .short: return SchemaAndValue(schema, .integer(Int64(Int16(truncatingIfNeeded: bits))))
        case .integer: return SchemaAndValue(schema, .integer(Int64(Int32(truncatingIfNeeded: bits))))
        case .long: return SchemaAndValue(schema, .integer(Int64(bitPattern: bits)))
        case .float:
            return SchemaAndValue(schema, .float32(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .double: return SchemaAndValue(schema, .float64(Double(bitPattern: bits)))
        }
    }

    private func undecodable(_ cause: String) -> DataError {
        DataError(
            "Failed to deserialize \(kind.rawValue.lowercased()): \nCaused by: "
                + "org.apache.kafka.common.errors.SerializationException: \(cause)")
    }
}

/// The bits of floats as Java's `floatToIntBits` and `doubleToLongBits` give them, with one representation of NaN.
private enum JavaFloatBits {
    static func of(_ value: Float) -> UInt32 { value.isNaN ? 0x7FC0_0000 : value.bitPattern }
    static func of(_ value: Double) -> UInt64 { value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern }
}
