/// The names that Confluent's `JsonSchemaData` gives to what JSON Schema cannot express.
enum JSONSchemaNames {
    static let namespace = "io.confluent.connect.json"
    /// The parameter with the identifier of a schema to which another part of the document refers.
    static let identifier = "\(namespace).Id"
    static let enumeration = "\(namespace).Enum"
    /// The symbol of a null in an enumeration.
    static let nullSymbol = "<NULL>"

    static let type = "connect.type"
    static let version = "connect.version"
    static let parameters = "connect.parameters"
    static let index = "connect.index"
}
