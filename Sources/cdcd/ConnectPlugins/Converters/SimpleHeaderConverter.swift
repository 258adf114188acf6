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
        return LiteralParser.parse(String(decoding: bytes, as: UTF8.self))
    }

    private func append(_ value: ConnectValue, _ schema: Schema?, isEmbedded: Bool, to writer: inout ByteWriter) {
        switch value {
        case .null: writer.literal("null")
        case .boolean(let flag): flag ? writer.literal("true") : writer.literal("false")
        case .integer(let number):
            if let text = Self.dateText(number, schema?.logicalType) {
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
        case .instant(let milliseconds): writer.utf8(Self.dateText(milliseconds))
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

    private static let dayMilliseconds: Int64 = 86_400_000

    /// Connect's dates and times, which Java represents as `java.util.Date`.
    private static func dateText(_ number: Int64, _ type: LogicalType?) -> String? {
        let milliseconds: Int64
        switch type {
        case .date:
            let (product, overflow) = number.multipliedReportingOverflow(by: dayMilliseconds)
            guard !overflow else { return nil }
            milliseconds = product
        case .time, .timestamp: milliseconds = number
        case .decimal, nil: return nil
        }
        return dateText(milliseconds)
    }

    /// A `java.util.Date`: the time alone on the first day, the date alone at midnight, otherwise both, in UTC.
    private static func dateText(_ milliseconds: Int64) -> String {
        if milliseconds < dayMilliseconds { return UTCText.time(milliseconds) }
        if milliseconds % dayMilliseconds == 0 { return UTCText.date(milliseconds) }
        return "\(UTCText.date(milliseconds))T\(UTCText.time(milliseconds))"
    }
}

/// Instants as text in UTC, in the proleptic Gregorian calendar.
enum UTCText {
    /// `yyyy-MM-dd`
    static func date(_ milliseconds: Int64) -> String {
        let (year, month, day) = CivilDate.from(daysSinceEpoch: floorDivide(milliseconds, 86_400_000))
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `HH:mm:ss.SSS'Z'`
    static func time(_ milliseconds: Int64) -> String {
        let inDay = milliseconds - floorDivide(milliseconds, 86_400_000) * 86_400_000
        let seconds = inDay / 1000
        return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + ".\(padded(inDay % 1000, 3))Z"
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-(a + 1)) / b) - 1 }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
