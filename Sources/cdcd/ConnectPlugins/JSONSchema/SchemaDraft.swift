import ConnectData
import WireCore

/// A Connect schema under construction (`SchemaBuilder`).
struct SchemaDraft {
    let type: SchemaType
    var isOptional = false
    var name: String?
    var version: Int?
    var documentation: String?
    var parameters: [Schema.Parameter] = []
    var defaultValue: ConnectValue?
    var fields: [Schema.Field] = []
    var keySchema: Schema?
    var valueSchema: Schema?

    init(_ type: SchemaType) { self.type = type }

    var schema: Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: defaultValue, fields: fields, keySchema: keySchema,
            valueSchema: valueSchema)
    }

    /// Sets a parameter, which keeps its place if it is set already.
    mutating func set(_ name: String, _ value: String) {
        let parameter = Schema.Parameter(name, value)
        if let place = parameters.firstIndex(where: { $0.name.isExactly(name) }) {
            parameters[place] = parameter
        } else {
            parameters.append(parameter)
        }
    }
}

extension SchemaDraft {
    /// The schema with what the members of its JSON object say.
    mutating func finished(
        _ attributes: JSONObject, version: Int?, isOptional: Bool, _ settings: JSONSchemaSettings
    ) throws(DataError) -> Schema {
        if name == nil { name = attributes["title"]?.stringValue }
        self.version = attributes[JSONSchemaNames.version]?.integerValue.flatMap { Int(exactly: $0) } ?? version
        documentation = attributes["description"]?.stringValue
        for parameter in attributes[JSONSchemaNames.parameters]?.objectValue?.members ?? [] {
            guard let value = parameter.value.stringValue else {
                throw DataError("Schema parameters must have string values.")
            }
            set(parameter.name, value)
        }
        if let json = attributes["default"] {
            defaultValue = try JSONValueReader(options: settings.json).value(json, nil, schema)
        }
        if isOptional { self.isOptional = true }
        return schema
    }
}
