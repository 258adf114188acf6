import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.storage.SimpleHeaderConverter`: values as plain text without their type, which is
/// inferred when they are read.
package final class SimpleHeaderConverter: HeaderConverter {
    package static let className = "org.apache.kafka.connect.storage.SimpleHeaderConverter"

    package static let plugin = PluginDescriptor(
        className, ConfigDefinition([]), factory: .headerConverter { _ throws(ConfigError) in SimpleHeaderConverter() })

    package init() {}

    package func convert(
        _ value: ConnectValue, schema: Schema?, header name: String, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        if value.isNull { return false }
        append(value, schema, isEmbedded: false, to: &writer)
        return true
    }

    package func decode(_ bytes: UnsafeRawBufferPointer?, header name: String, topic: String) -> SchemaAndValue {
        guard let bytes else { return .null }
        return LiteralParser.parse(JavaUTF8.decode(bytes))
    }

    private func append(_ value: ConnectValue, _ schema: Schema?, isEmbedded: Bool, to writer: inout ByteWriter) {
        switch value {
        case .null: writer.literal("null")
        case .boolean(let flag): flag ? writer.literal("true") : writer.literal("false")
        case .integer(let number):
            if let text = UTCText.connectDate(number, schema?.logicalType) {
                writer.utf8(text)
            } else {
                writer.decimal(number)
            }
        case .float32(let number): writer.utf8(JavaNumber.text(number))
        case .float64(let number): writer.utf8(JavaNumber.text(number))
        case .string(let text): isEmbedded ? quoted(text, to: &writer) : writer.utf8(text)
        case .bytes(let bytes):
            if let schema, schema.logicalType == .decimal {
                writer.utf8(UnscaledDecimal.javaText(bytes, scale: schema.decimalScale))
            } else if isEmbedded {
                writer.jsonBase64(bytes)
            } else {
                writer.base64(bytes)
            }
        case .array(let items):
            writer.byte(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                append(items[index], schema?.valueSchema, isEmbedded: true, to: &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        case .map(let entries):
            writer.byte(UInt8(ascii: "{"))
            for index in entries.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                append(entries[index].key, schema?.keySchema, isEmbedded: true, to: &writer)
                writer.byte(UInt8(ascii: ":"))
                append(entries[index].value, schema?.valueSchema, isEmbedded: true, to: &writer)
            }
            writer.byte(UInt8(ascii: "}"))
        case .structure(let value):
            writer.byte(UInt8(ascii: "{"))
            for (index, field) in value.schema.fields.enumerated() {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                quoted(field.name, to: &writer)
                writer.byte(UInt8(ascii: ":"))
                let isDefaulted = value.values[index].isNull
                let member = isDefaulted ? field.schema.defaultValue ?? .null : value.values[index]
                append(member, field.schema, isEmbedded: true, to: &writer)
            }
            writer.byte(UInt8(ascii: "}"))
        case .instant(let milliseconds): writer.utf8(UTCText.connectDate(milliseconds))
        }
    }

    /// Only the backslash and the quote are escaped, unlike in JSON.
    private func quoted(_ text: String, to writer: inout ByteWriter) {
        writer.byte(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.byte(UInt8(ascii: "\\")) }
            writer.byte(byte)
        }
        writer.byte(UInt8(ascii: "\""))
    }
}
