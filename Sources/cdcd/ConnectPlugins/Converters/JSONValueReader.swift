import ConnectData
import WireCore

/// Reads JSON values of a schema.
struct JSONValueReader {
    let options: JSONSinkOptions

    /// Whether values of the schema are read from the text of numbers, since `JSONValue` keeps only a double.
    static func needsNumberTexts(_ schema: Schema) -> Bool {
        schema.type == .float32 || schema.logicalType == .decimal
            || schema.fields.contains { needsNumberTexts($0.schema) }
            || [schema.keySchema, schema.valueSchema].contains { $0.map(needsNumberTexts) ?? false }
    }

    /// - Parameter texts: the same value with numbers as texts; nil if they are not needed.
    func value(_ json: JSONValue, _ texts: JSONValue?, _ schema: Schema) throws(DataError) -> ConnectValue {
        if json.isNull {
            if let value = schema.defaultValue, options.replacesNullWithDefault || options.followsConfluent {
                return value
            }
            if schema.isOptional { return .null }
            throw DataError("Invalid null value for required \(schema.type.javaName) field")
        }
        if let logicalType = schema.logicalType { return try logical(json, texts, schema, logicalType) }
        switch (schema.type, json) {
        case (.int8, .integer(let number)) where Int8(exactly: number) != nil: return .integer(number)
        case (.int16, .integer(let number)) where Int16(exactly: number) != nil: return .integer(number)
        case (.int32, .integer(let number)) where Int32(exactly: number) != nil: return .integer(number)
        case (.int64, .integer(let number)): return .integer(number)
        case (.float32, .integer), (.float32, .double):
            let double = json.doubleValue ?? .nan
            let number = texts?.stringValue.flatMap(Float.init) ?? Float(double)
            return .float32(double == 0 ? 0 : number)
        case (.float64, .integer), (.float64, .double): return .float64(json.doubleValue ?? .nan)
        case (.boolean, .bool(let flag)): return .boolean(flag)
        case (.string, .string(let text)): return .string(text)
        case (.bytes, .string(let text)):
            guard let bytes = Base64.decode(text) else { throw DataError("Invalid bytes field") }
            return .bytes(bytes)
        case (.array, .array(let items)):
            guard let element = schema.valueSchema else { break }
            return .array(try values(items, texts?.arrayValue, element))
        case (.map, _): return try map(json, texts, schema)
        case (.structure, _) where options.followsConfluent && schema.isUnion: return try union(json, texts, schema)
        case (.structure, .object(let object)): return try structure(object, texts?.objectValue, schema)
        case (.structure, _):
            throw DataError("Structs should be encoded as JSON objects, but found \(json.nodeType)")
        case (.int8, _), (.int16, _), (.int32, _), (.int64, _), (.float32, _), (.float64, _), (.boolean, _),
            (.string, _), (.bytes, _), (.array, _): break
        }
        throw DataError("Invalid value for \(schema.type.javaName) field: found \(json.nodeType) that it cannot hold")
    }

    private func values(
        _ items: [JSONValue], _ texts: [JSONValue]?, _ schema: Schema
    ) throws(DataError) -> [ConnectValue] {
        var values: [ConnectValue] = []
        values.reserveCapacity(items.count)
        for (index, item) in items.enumerated() { values.append(try value(item, texts?[index], schema)) }
        return values
    }

    private func map(_ json: JSONValue, _ texts: JSONValue?, _ schema: Schema) throws(DataError) -> ConnectValue {
        guard let keySchema = schema.keySchema, let valueSchema = schema.valueSchema else {
            throw DataError("The schema of a map has no schema for its elements")
        }
        var entries: [ConnectValue.MapEntry] = []
        if keySchema.type == .string, !(options.followsConfluent && keySchema.isOptional) {
            guard case .object(let object) = json else {
                throw DataError("Maps with string fields should be encoded as JSON objects, but found \(json.nodeType)")
            }
            let texts = texts?.objectValue
            for member in object.members {
                let value = try value(member.value, texts?[member.name], valueSchema)
                entries.append(.init(key: .string(member.name), value: value))
            }
            return .map(entries)
        }
        guard case .array(let items) = json else {
            throw DataError(
                "Maps with non-string fields should be encoded as JSON array of "
                    + "\(options.followsConfluent ? "objects" : "tuples"), but found \(json.nodeType)")
        }
        for (index, item) in items.enumerated() {
            if options.followsConfluent {
                let texts = texts?.arrayValue?[index].objectValue
                let (key, value) = try Self.entry(item)
                entries.append(
                    .init(
                        key: try self.value(key, texts?["key"], keySchema),
                        value: try self.value(value, texts?["value"], valueSchema)))
                continue
            }
            guard case .array(let pair) = item else {
                throw DataError("Found invalid map entry instead of array tuple: \(item.nodeType)")
            }
            guard pair.count == 2 else {
                throw DataError("Found invalid map entry, expected length 2 but found :\(pair.count)")
            }
            let texts = texts?.arrayValue?[index].arrayValue
            entries.append(
                .init(
                    key: try value(pair[0], texts?[0], keySchema), value: try value(pair[1], texts?[1], valueSchema)))
        }
        return .map(entries)
    }

    /// The key and value of an entry that is an object.
    private static func entry(_ item: JSONValue) throws(DataError) -> (key: JSONValue, value: JSONValue) {
        guard case .object(let object) = item else {
            throw DataError("Found invalid map entry instead of object: \(item.nodeType)")
        }
        guard object.count == 2 else {
            throw DataError("Found invalid map entry, expected length 2 but found :\(object.count)")
        }
        return (object["key"] ?? .null, object["value"] ?? .null)
    }

    /// The value in the first field whose type it has, or of the structs the one that knows most of its members.
    private func union(_ json: JSONValue, _ texts: JSONValue?, _ schema: Schema) throws(DataError) -> ConnectValue {
        var chosen: Int?
        var bestCount = -1
        for (index, field) in schema.fields.enumerated() {
            if json.mayBe(field.schema) {
                chosen = index
                break
            }
            guard field.schema.type == .structure, case .object(let object) = json else { continue }
            let count = field.schema.fields.count { object[$0.name] != nil }
            if count > bestCount { (chosen, bestCount) = (index, count) }
        }
        guard let chosen else { throw DataError("Did not find matching oneof field for data") }
        var values = ContiguousArray<ConnectValue>(repeating: .null, count: schema.fields.count)
        values[chosen] = try value(json, texts, schema.fields[chosen].schema)
        return .structure(Struct(schema: schema, values: values))
    }

    private func structure(
        _ object: JSONObject, _ texts: JSONObject?, _ schema: Schema
    ) throws(DataError) -> ConnectValue {
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(schema.fields.count)
        for field in schema.fields {
            guard let json = object[field.name] ?? (options.followsConfluent ? nil : .null) else {
                values.append(field.schema.defaultValue ?? .null)
                continue
            }
            values.append(try value(json, texts?[field.name], field.schema))
        }
        return .structure(Struct(schema: schema, values: values))
    }

    // MARK: Logical types

    private func logical(
        _ json: JSONValue, _ texts: JSONValue?, _ schema: Schema, _ type: LogicalType
    ) throws(DataError) -> ConnectValue {
        switch type {
        case .decimal: return .bytes(try decimal(json, texts, schema))
        case .date:
            guard let days = json.integerValue, Int32(exactly: days) != nil else {
                throw mismatch(json, "Date", "integer")
            }
            return .integer(days)
        case .time:
            guard let milliseconds = json.integerValue, Int32(exactly: milliseconds) != nil else {
                throw mismatch(json, "Time", "integer")
            }
            guard (0..<86_400_000).contains(milliseconds) else {
                throw DataError("Time values must use number of milliseconds greater than 0 and less than 86400000")
            }
            return .integer(milliseconds)
        case .timestamp:
            guard let milliseconds = json.integerValue else { throw mismatch(json, "Timestamp", "integral") }
            return .integer(milliseconds)
        }
    }

    private func mismatch(_ json: JSONValue, _ type: String, _ expected: String) -> DataError {
        DataError("Invalid type for \(type), underlying representation should be \(expected) but was \(json.nodeType)")
    }

    /// The unscaled value under the scale of the schema.
    private func decimal(_ json: JSONValue, _ texts: JSONValue?, _ schema: Schema) throws(DataError) -> [UInt8] {
        let scale = schema.parameter("scale").flatMap { Int($0) }
        switch json {
        case .string(let text):
            guard let bytes = Base64.decode(text), !bytes.isEmpty, scale != nil else {
                throw DataError("Invalid bytes for Decimal field")
            }
            return UnscaledDecimal.minimal(bytes)
        case .integer, .double:
            let text = texts?.stringValue ?? String(decoding: json.encoded(), as: UTF8.self)
            guard let number = DecimalText(text), let bytes = number.unscaled(scale: scale ?? 0) else {
                throw DataError("The number \(text) cannot be held by a Decimal of scale \(scale ?? 0)")
            }
            return bytes
        case .null, .bool, .array, .object: throw mismatch(json, "Decimal", "numeric or bytes")
        }
    }
}

extension JSONValue {
    fileprivate var doubleValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        // Java reads it as a `BigDecimal`, which has no negative zero. The sum has none either.
        case .double(let number): number + 0
        case .null, .bool, .string, .array, .object: nil
        }
    }

    /// Whether a value that is not a struct has the type of a schema.
    fileprivate func mayBe(_ schema: Schema) -> Bool {
        switch (schema.type, self) {
        case (.int8, .integer), (.int16, .integer), (.int32, .integer), (.int64, .integer): true
        case (.float32, .integer), (.float32, .double), (.float64, .integer), (.float64, .double): true
        case (.boolean, .bool), (.string, .string), (.bytes, .double), (.array, .array): true
        case (.map, .object), (.map, .array): true
        case (.int8, _), (.int16, _), (.int32, _), (.int64, _), (.float32, _), (.float64, _), (.boolean, _),
            (.string, _), (.bytes, _), (.array, _), (.map, _), (.structure, _): false
        }
    }

    /// Jackson's `JsonNodeType`, as Connect's messages name it.
    fileprivate var nodeType: String {
        switch self {
        case .null: "NULL"
        case .bool: "BOOLEAN"
        case .integer, .double: "NUMBER"
        case .string: "STRING"
        case .array: "ARRAY"
        case .object: "OBJECT"
        }
    }
}
