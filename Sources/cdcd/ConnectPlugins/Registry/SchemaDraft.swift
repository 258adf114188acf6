import ConnectData
import WireCore

/// A Connect schema under construction (`SchemaBuilder`).
struct SchemaDraft {
    let type: SchemaType
    var isOptional = false
    var name: String?
    var version: Int?
    var documentation: String?
    private(set) var parameters: [Schema.Parameter] = []
    /// Of `parameters`, by name.
    private var places: [ExactName: Int] = [:]
    var defaultValue: ConnectValue?
    var fields: [Schema.Field] = []
    var keySchema: Schema?
    var valueSchema: Schema?
    /// The nesting of schemas, for a reader that limits it.
    var depth = 1

    init(_ type: SchemaType) { self.type = type }

    init(_ type: SchemaType, _ logicalType: LogicalType) {
        self.type = type
        name = logicalType.rawValue
        version = 1
    }

    var schema: Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: defaultValue, fields: fields, keySchema: keySchema,
            valueSchema: valueSchema)
    }

    /// Sets a parameter, which keeps its place if it is set already.
    mutating func set(_ name: String, _ value: String) {
        let parameter = Schema.Parameter(name, value)
        if let place = places[ExactName(name)] {
            parameters[place] = parameter
        } else {
            places[ExactName(name)] = parameters.count
            parameters.append(parameter)
        }
    }
}
