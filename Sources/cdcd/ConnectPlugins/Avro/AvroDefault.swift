import ConnectData
import WireCore

/// Default values as JSON (`AvroData.defaultValueFromConnect`).
enum AvroDefault {
    static func json(
        _ value: ConnectValue, _ schema: Schema, _ settings: AvroSettings
    ) throws(DataError) -> JSONValue {
        switch (value, schema.type) {
        case (.null, _): return .null
        case (.integer(let number), .int8), (.integer(let number), .int16), (.integer(let number), .int32),
            (.integer(let number), .int64):
            return .integer(number)
        // As Java prints it, which is not the double that equals the float.
        case (.float32(let number), .float32): return .double(Double(number.description) ?? Double(number))
        case (.float64(let number), .float64): return .double(number)
        case (.boolean(let flag), .boolean): return .bool(flag)
        case (.string(let text), .string): return .string(text)
        case (.bytes(let bytes), .bytes): return .string(bytes.isoLatin1)
        case (.array(let items), .array):
            guard let element = schema.valueSchema else { break }
            var array: [JSONValue] = []
            for item in items { array.append(try json(item, element, settings)) }
            return .array(array)
        case (.map(let entries), .map): return try map(entries, schema, settings)
        case (.structure(let row), .structure): return try structure(row, schema, settings)
        case (.boolean, _), (.integer, _), (.float32, _), (.float64, _), (.string, _), (.bytes, _), (.array, _),
            (.map, _), (.structure, _), (.instant, _): break
        }
        throw DataError("Invalid type used for default value of \(schema.type.rawValue.uppercased()) field")
    }

    private static func map(
        _ entries: [ConnectValue.MapEntry], _ schema: Schema, _ settings: AvroSettings
    ) throws(DataError) -> JSONValue {
        guard let keySchema = schema.keySchema, let valueSchema = schema.valueSchema else {
            throw DataError("The schema of a map has no schema for its elements")
        }
        if schema.isAvroMap(settings) {
            var object = JSONObject()
            for entry in entries {
                object[entry.key.stringValue ?? ""] = try json(entry.value, valueSchema, settings)
            }
            return .object(object)
        }
        var array: [JSONValue] = []
        for entry in entries {
            array.append(
                .array([try json(entry.key, keySchema, settings), try json(entry.value, valueSchema, settings)]))
        }
        return .array(array)
    }

    private static func structure(
        _ row: Struct, _ schema: Schema, _ settings: AvroSettings
    ) throws(DataError) -> JSONValue {
        let names = AvroNames(settings)
        var object = JSONObject()
        for (field, value) in zip(row.schema.fields, row.values) {
            let found = value.isNull ? field.schema.defaultValue ?? .null : value
            let json = try json(found, field.schema, settings)
            if schema.isAvroUnion { return json }
            object[names.field(field.name)] = json
        }
        return .object(object)
    }
}

extension [UInt8] {
    /// A text with one character for each byte.
    fileprivate var isoLatin1: String {
        var text = ""
        for byte in self { text.unicodeScalars.append(Unicode.Scalar(byte)) }
        return text
    }
}

extension AvroSchema {
    /// Whether a default has the form of the type (`Schema.isValidDefault`): for a union, of one of its types.
    func isValidDefault(_ value: JSONValue, of id: TypeID) -> Bool {
        // Unions within unions may be tried in very many combinations.
        var budget = 100_000
        return isValidDefault(value, of: id, &budget)
    }

    private func isValidDefault(_ value: JSONValue, of id: TypeID, _ budget: inout Int) -> Bool {
        budget -= 1
        guard budget >= 0 else { return false }
        switch (types[id].kind, value) {
        case (.null, .null), (.boolean, .bool), (.string, .string), (.bytes, .string), (.enumeration, .string),
            (.fixed, .string), (.long, .integer), (.float, .integer), (.double, .integer), (.float, .double),
            (.double, .double):
            return true
        case (.int, .integer(let number)): return Int32(exactly: number) != nil
        case (.array(let items), .array(let values)):
            return values.allSatisfy { isValidDefault($0, of: items, &budget) }
        case (.map(let valueType), .object(let object)):
            return object.members.allSatisfy { isValidDefault($0.value, of: valueType, &budget) }
        case (.union(let branches), _): return branches.contains { isValidDefault(value, of: $0, &budget) }
        case (.record(let fields), .object(let object)):
            return fields.allSatisfy { field in
                // The defaults of fields are valid: they have been checked themselves.
                guard let value = object[field.name] else { return field.defaultValue != nil }
                return isValidDefault(value, of: field.type, &budget)
            }
        case (.null, _), (.boolean, _), (.string, _), (.bytes, _), (.enumeration, _), (.fixed, _), (.int, _),
            (.long, _), (.float, _), (.double, _), (.array, _), (.map, _), (.record, _):
            return false
        }
    }
}
