import ConnectData
import WireCore

/// Reads defaults from the JSON of Avro schemas (`AvroData.defaultValueFromAvro`).
struct AvroDefaultReader {
    private let schema: AvroSchema

    init(_ schema: AvroSchema) { self.schema = schema }

    /// - Returns: nil for null.
    /// - Throws: `DataError` if the JSON does not fit the type.
    func value(_ json: JSONValue, _ id: AvroSchema.TypeID, _ target: Schema) throws(DataError) -> ConnectValue? {
        let value = try read(json, id, target)
        guard value.isNull else { return value }
        guard target.isOptional else { throw DataError("Invalid default value") }
        return nil
    }

    private func read(_ json: JSONValue, _ id: AvroSchema.TypeID, _ target: Schema) throws(DataError) -> ConnectValue {
        if json.isNull { return .null }
        switch (schema[id].kind, json) {
        case (.int, .integer(let number)):
            guard let number = Int32(exactly: number) else { break }
            return .integer(target.narrowed(Int64(number)))
        case (.long, .integer(let number)): return .integer(number)
        case (.float, .double(let number)): return .float32(Float(number))
        case (.float, .integer(let number)): return .float32(Float(number))
        case (.double, .double(let number)): return .float64(number)
        case (.double, .integer(let number)): return .float64(Double(number))
        case (.boolean, .bool(let flag)): return .boolean(flag)
        case (.string, .string(let text)), (.enumeration, .string(let text)): return .string(text)
        case (.bytes, .string(let text)), (.fixed, .string(let text)):
            var bytes: [UInt8] = []
            for unit in text.utf16 { bytes.append(unit < 256 ? UInt8(unit) : UInt8(ascii: "?")) }
            return .bytes(target.logicalType == .decimal ? UnscaledDecimal.minimal(bytes) : bytes)
        case (.array, _), (.map, _): return try container(json, id, target)
        case (.record(let fields), .object(let object)): return try structure(object, fields, target)
        case (.union(let branches), _):
            // A default is of the first type.
            guard let first = branches.first, let field = target.fields.first else { break }
            let value = try read(json, first, field.schema)
            var values = ContiguousArray(repeating: ConnectValue.null, count: target.fields.count)
            values[0] = value
            return .structure(Struct(schema: target, values: values))
        default: break
        }
        throw DataError("Invalid default value")
    }

    private func container(
        _ json: JSONValue, _ id: AvroSchema.TypeID, _ target: Schema
    ) throws(DataError) -> ConnectValue {
        guard let element = target.valueSchema else { throw DataError("Invalid default value") }
        switch (schema[id].kind, json) {
        case (.array(let items), .array(let values)) where target.type == .array:
            var array: [ConnectValue] = []
            for value in values { array.append(try read(value, items, element)) }
            return .array(array)
        case (.map(let type), .object(let object)):
            var entries: [ConnectValue.MapEntry] = []
            for member in object.members {
                entries.append(.init(key: .string(member.name), value: try read(member.value, type, element)))
            }
            return .map(entries)
        default: throw DataError("Invalid default value")
        }
    }

    private func structure(
        _ object: JSONObject, _ fields: [AvroType.Field], _ target: Schema
    ) throws(DataError) -> ConnectValue {
        guard fields.count == target.fields.count else { throw DataError("Invalid default value") }
        var values: ContiguousArray<ConnectValue> = []
        for (field, own) in zip(fields, target.fields) {
            let value = try object[field.name].map { json throws(DataError) in try read(json, field.type, own.schema) }
                ?? own.schema.defaultValue ?? .null
            guard !value.isNull || own.schema.isOptional else { throw DataError("Invalid default value") }
            values.append(value)
        }
        return .structure(Struct(schema: target, values: values))
    }
}

extension Schema {
    /// An int of Avro as Java narrows it to the type.
    func narrowed(_ number: Int64) -> Int64 {
        switch type {
        case .int8: Int64(Int8(truncatingIfNeeded: number))
        case .int16: Int64(Int16(truncatingIfNeeded: number))
        case .int32, .int64, .float32, .float64, .boolean, .string, .bytes, .array, .map, .structure: number
        }
    }
}
