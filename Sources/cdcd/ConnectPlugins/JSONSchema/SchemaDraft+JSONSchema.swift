import ConnectData
import WireCore

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
