import ConnectData
import WireCore

/// A schema whose attributes are not complete.
struct AvroConnectDraft {
    let type: SchemaType
    var isOptional = false
    var name: String?
    var documentation: String?
    var defaultValue: ConnectValue?
    var fields: [Schema.Field] = []
    var keySchema: Schema?
    var valueSchema: Schema?
    /// The nesting of schemas.
    var depth = 1
    private var version: Int?
    private var parameters: [Schema.Parameter] = []

    init(_ type: SchemaType) { self.type = type }

    init(_ type: SchemaType, _ logicalType: LogicalType) {
        self.type = type
        name = logicalType.rawValue
        version = 1
    }

    /// Sets a parameter; a former value is replaced at its place.
    mutating func set(_ name: String, _ value: String) {
        let parameter = Schema.Parameter(name, value)
        if let index = parameters.firstIndex(where: { $0.name == name }) {
            parameters[index] = parameter
        } else {
            parameters.append(parameter)
        }
    }

    mutating func setVersion(_ value: JSONValue) throws(DataError) {
        guard let number = value.integerValue.flatMap({ Int32(exactly: $0) }) else {
            throw DataError("Invalid Connect version found: \(String(decoding: value.encoded().prefix(100), as: UTF8.self))")
        }
        guard number >= 0 else { return }
        if let version, version != Int(number) {
            throw DataError(
                "Mismatched versions: version already added to SchemaBuilder (\(version)) differs from version in source "
                    + "schema (\(number))")
        }
        version = Int(number)
    }

    var schema: Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: defaultValue, fields: fields, keySchema: keySchema,
            valueSchema: valueSchema)
    }
}
