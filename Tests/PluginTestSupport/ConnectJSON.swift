import ConnectData
import WireCore

/// Reads what Kafka's JSON converter wrote with schemas back into schema and value.
package enum ConnectJSON {
    package struct Malformed: Error, CustomStringConvertible {
        package let description: String
    }

    /// nil bytes are a null without a schema.
    package static func decode(_ text: String?) throws -> (schema: Schema?, value: ConnectValue) {
        guard let text else { return (nil, .null) }
        guard let envelope = try JSONValue.parse(text).objectValue, let json = envelope["schema"]?.objectValue,
            let payload = envelope["payload"]
        else { throw Malformed(description: "no envelope of schema and payload") }
        let schema = try self.schema(json)
        return (schema, try value(payload, schema))
    }

    package static func schema(_ json: JSONObject) throws -> Schema {
        guard let typeName = json["type"]?.stringValue, let type = SchemaType(rawValue: typeName) else {
            throw Malformed(description: "a schema without type")
        }
        let fields = try (json["fields"]?.arrayValue ?? []).map { field in
            guard let object = field.objectValue, let name = object["field"]?.stringValue else {
                throw Malformed(description: "a field without name")
            }
            return Schema.Field(name, try self.schema(object))
        }
        let element = (json["items"] ?? json["values"])?.objectValue
        let plain = Schema(
            type, isOptional: json["optional"]?.boolValue ?? false, name: json["name"]?.stringValue,
            version: json["version"]?.integerValue.map(Int.init), documentation: json["doc"]?.stringValue,
            parameters: (json["parameters"]?.objectValue?.members ?? []).map {
                Schema.Parameter($0.name, $0.value.stringValue ?? "")
            },
            fields: fields, keySchema: try json["keys"]?.objectValue.map(schema),
            valueSchema: try element.map(schema))
        guard let json = json["default"] else { return plain }
        return Schema(
            type, isOptional: plain.isOptional, name: plain.name, version: plain.version,
            documentation: plain.documentation, parameters: plain.parameters, defaultValue: try value(json, plain),
            fields: fields, keySchema: plain.keySchema, valueSchema: plain.valueSchema)
    }

    package static func value(_ json: JSONValue, _ schema: Schema) throws -> ConnectValue {
        switch (schema.type, json) {
        case (_, .null): return .null
        case (.int8, .integer(let number)), (.int16, .integer(let number)), (.int32, .integer(let number)),
            (.int64, .integer(let number)):
            return .integer(number)
        case (.boolean, .bool(let flag)): return .boolean(flag)
        case (.string, .string(let text)): return .string(text)
        case (.float32, .double(let number)): return .float32(Float(number))
        case (.float64, .double(let number)): return .float64(number)
        case (.bytes, .string(let text)): return .bytes(try base64(text))
        case (.array, .array(let items)):
            guard let element = schema.valueSchema else { throw Malformed(description: "an array without items") }
            return .array(try items.map { try value($0, element) })
        case (.structure, .object(let object)):
            let values = try schema.fields.map { try value(object[$0.name] ?? .null, $0.schema) }
            return .structure(Struct(schema: schema, values: ContiguousArray(values)))
        default: throw Malformed(description: "\(json) does not fit \(schema.type)")
        }
    }

    private static func base64(_ text: String) throws -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for symbol in text.utf8 where symbol != UInt8(ascii: "=") {
            guard let digit = alphabet.firstIndex(of: symbol) else { throw Malformed(description: "no base64: \(text)") }
            buffer = buffer << 6 | UInt32(digit)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        }
        return bytes
    }
}
