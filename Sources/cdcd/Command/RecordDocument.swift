import KafkaProtocol
import WireCore

/// A record as a JSON document on one line, which `cdcd consume --output=json` writes and `cdcd produce --input=json`
/// reads:
///
///     {"topic":"t","partition":0,"offset":7,"timestamp":1700000000000,"headers":[{"key":"a","value":"b"}],"key":"k","value":"v"}
///
/// A null key or value is JSON's null. Bytes that are not UTF-8 are written in hexadecimal digits, as the member
/// `keyHex` or `valueHex` instead. The inverse takes any subset of the members; `offset` is ignored.
enum RecordDocument {
    static func write(
        _ record: ConsumedRecord, topic: String, key: FieldFormat, value: FieldFormat, to writer: inout ByteWriter
    ) throws(JSONError) {
        writer.literal("{\"topic\":")
        writer.jsonString(topic)
        writer.literal(",\"partition\":")
        writer.decimal(Int64(record.partition))
        writer.literal(",\"offset\":")
        writer.decimal(record.offset)
        if record.timestampMilliseconds >= 0 {
            writer.literal(",\"timestamp\":")
            writer.decimal(record.timestampMilliseconds)
        }
        if !record.headers.isEmpty {
            writer.literal(",\"headers\":[")
            for (index, header) in record.headers.enumerated() {
                writer.literal(index == 0 ? "{\"key\":" : ",{\"key\":")
                writer.jsonString(header.key)
                try field("value", header.value, .raw, to: &writer)
                writer.literal("}")
            }
            writer.literal("]")
        }
        try field("key", record.key, key, to: &writer)
        try field("value", record.value, value, to: &writer)
        writer.literal("}\n")
    }

    private static func field(
        _ name: StaticString, _ bytes: [UInt8]?, _ format: FieldFormat, to writer: inout ByteWriter
    ) throws(JSONError) {
        writer.literal(",\"")
        writer.literal(name)
        guard let bytes else { return writer.literal("\":null") }
        switch format {
        case .json, .payload:
            writer.literal("\":")
            let document = bytes.withUnsafeBytes { bytes in
                Result { () throws(JSONError) in try format.document(bytes).map(Self.onOneLine) }
            }
            writer.bytes(try document.get())
        case .raw:
            guard let text = String(validating: bytes, as: UTF8.self) else { return hex(bytes, to: &writer) }
            writer.literal("\":")
            writer.jsonString(text)
        case .hex: hex(bytes, to: &writer)
        }
    }

    private static func hex(_ bytes: [UInt8], to writer: inout ByteWriter) {
        writer.literal("Hex\":\"")
        writer.utf8(HexText.text(bytes))
        writer.literal("\"")
    }

    /// A line break is white space in a JSON document: inside of a string it is escaped.
    private static func onOneLine(_ byte: UInt8) -> UInt8 { byte == 0x0A || byte == 0x0D ? 0x20 : byte }
}
