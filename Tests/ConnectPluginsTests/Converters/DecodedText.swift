import ConnectData
import WireCore

/// Descriptions of decoded values in the format of `scripts/golden-records/DecodeValues.java`.
enum DecodedText {
    static func describe(_ decoded: SchemaAndValue) -> String {
        describe(decoded.schema) + " " + describe(decoded.value, decoded.schema)
    }

    private static func describe(_ schema: Schema?) -> String {
        guard let schema else { return "-" }
        var text = schema.type.rawValue == "float" ? "float32" : schema.type.rawValue == "double" ? "float64" : schema.type.rawValue
        switch schema.type {
        case .array: text += "(\(describe(schema.valueSchema)))"
        case .map: text += "(\(describe(schema.keySchema)),\(describe(schema.valueSchema)))"
        case .structure: text += "(" + schema.fields.map { "\($0.name):\(describe($0.schema))" }.joined(separator: ",") + ")"
        default: break
        }
        if schema.isOptional { text += "?" }
        if let name = schema.name { text += " name=\(name)" }
        if let version = schema.version { text += " version=\(version)" }
        if let documentation = schema.documentation { text += " doc=\(documentation)" }
        if !schema.parameters.isEmpty {
            let parameters = schema.parameters.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }
            text += " parameters={\(parameters.joined(separator: ", "))}"
        }
        if let value = schema.defaultValue { text += " default=\(describe(value, schema))" }
        return text
    }

    private static func describe(_ value: ConnectValue, _ schema: Schema?) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let flag): return "\(flag)"
        case .integer(let number):
            switch schema?.logicalType {
            case .date: return "t\(number * 86_400_000)"
            case .time, .timestamp: return "t\(number)"
            case .decimal, nil: return "\(number)"
            }
        case .float32(let number): return "f" + JavaNumber.text(number)
        case .float64(let number): return "f" + JavaNumber.text(number)
        case .string(let text): return "'\(text)'"
        case .bytes(let bytes):
            guard let schema, schema.logicalType == .decimal else { return "x" + bytes.map(hex).joined() }
            var digits = UnscaledDecimal.javaText(bytes, scale: 0)
            if digits == "0" { return "d0e0" }
            var exponent = -schema.decimalScale
            while digits.hasSuffix("0") {
                digits.removeLast()
                exponent += 1
            }
            return "d\(digits)e\(exponent)"
        case .array(let items): return "[" + items.map { describe($0, schema?.valueSchema) }.joined(separator: ",") + "]"
        case .map(let entries):
            let texts = entries.map { "\(describe($0.key, schema?.keySchema))=\(describe($0.value, schema?.valueSchema))" }
            return "{" + texts.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }.joined(separator: ",") + "}"
        case .structure(let row):
            return "(" + zip(row.values, row.schema.fields).map { describe($0, $1.schema) }.joined(separator: ",") + ")"
        case .instant(let milliseconds): return "t\(milliseconds)"
        }
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
