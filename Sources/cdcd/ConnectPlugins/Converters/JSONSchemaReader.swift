import ConnectData
import WireCore

/// Reads schemas in the form of `JsonConverter.asConnectSchema`.
struct JSONSchemaReader {
    let options: JSONSinkOptions

    func schema(_ json: JSONValue) throws(DataError) -> Schema {
        guard let object = json.objectValue, let typeName = object["type"]?.stringValue else {
            throw DataError("Schema must contain 'type' field")
        }
        guard let type = SchemaType(rawValue: typeName) else { throw DataError("Unknown schema type: \(typeName)") }
        var fields: [Schema.Field] = []
        var (keySchema, valueSchema): (Schema?, Schema?)
        switch type {
        case .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes: break
        case .array:
            guard let items = object["items"], !items.isNull else {
                throw DataError("Array schema did not specify the element type")
            }
            valueSchema = try schema(items)
        case .map:
            guard let keys = object["keys"] else { throw DataError("Map schema did not specify the key type") }
            guard let values = object["values"] else { throw DataError("Map schema did not specify the value type") }
            (keySchema, valueSchema) = (try optionalSchema(keys), try optionalSchema(values))
            guard keySchema != nil else { throw DataError("keySchema cannot be null.") }
            guard valueSchema != nil else { throw DataError("valueSchema cannot be null.") }
        case .structure: fields = try self.fields(object["fields"])
        }
        let plain = Schema(
            type, isOptional: object["optional"]?.boolValue ?? false, name: object["name"]?.stringValue,
            version: object["version"]?.integerValue.flatMap { Int32(exactly: $0) }.map(Int.init),
            documentation: object["doc"]?.stringValue, parameters: try parameters(object["parameters"]), fields: fields,
            keySchema: keySchema, valueSchema: valueSchema)
        guard let json = object["default"], !json.isNull else { return plain }
        return try plain.withDefault(defaultValue(json, plain))
    }

    private func defaultValue(_ json: JSONValue, _ schema: Schema) throws(DataError) -> ConnectValue {
        // Java compares the value's schema with an unfinished one.
        guard schema.type != .structure else { throw DataError("Invalid default value") }
        return try JSONValueReader(options: options).value(json, nil, schema)
    }

    private func optionalSchema(_ json: JSONValue) throws(DataError) -> Schema? { json.isNull ? nil : try schema(json) }

    private func fields(_ json: JSONValue?) throws(DataError) -> [Schema.Field] {
        guard let items = json?.arrayValue else { throw DataError("Struct schema's \"fields\" argument is not an array.") }
        var fields: [Schema.Field] = []
        var names: Set<ExactName> = []
        for item in items {
            guard let name = item.objectValue?["field"]?.stringValue else {
                throw DataError("Struct schema's field name not specified properly")
            }
            guard names.insert(ExactName(name)).inserted else {
                throw DataError(
                    "Cannot create field because of field name duplication \(name)", as: .schemaBuilder)
            }
            fields.append(Schema.Field(name, try schema(item)))
        }
        return fields
    }

    private func parameters(_ json: JSONValue?) throws(DataError) -> [Schema.Parameter] {
        var parameters: [Schema.Parameter] = []
        for member in json?.objectValue?.members ?? [] {
            guard let value = member.value.stringValue else {
                throw DataError("Schema parameters must have string values.")
            }
            parameters.append(Schema.Parameter(member.name, value))
        }
        return parameters
    }
}

extension Schema {
    fileprivate func withDefault(_ value: ConnectValue) -> Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: value, fields: fields, keySchema: keySchema, valueSchema: valueSchema)
    }
}
