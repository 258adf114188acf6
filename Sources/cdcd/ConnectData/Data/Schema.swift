/// Connect's primitive and composite types (`org.apache.kafka.connect.data.Schema.Type`).
@usableFromInline package enum SchemaType: String, Sendable, Hashable {
    case int8, int16, int32, int64, boolean, string, bytes, array, map
    case float32 = "float"
    case float64 = "double"
    case structure = "struct"
}

/// A Connect schema: immutable, shared by reference, compared by identity first and by structure after.
///
/// Logical types (`org.apache.kafka.connect.data.Decimal`, `io.debezium.time.Date`, …) are a `name` and
/// `parameters` on a primitive type; values are held in the primitive, encoded form.
@usableFromInline package final class Schema: Sendable {
    @usableFromInline package struct Field: Sendable, Hashable {
        package let name: String
        package let schema: Schema

        package init(_ name: String, _ schema: Schema) {
            self.name = name
            self.schema = schema
        }
    }

    @usableFromInline package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let type: SchemaType
    package let isOptional: Bool
    package let name: String?
    package let version: Int?
    package let documentation: String?
    /// In the order in which the JSON converter prints them.
    package let parameters: [Parameter]
    package let defaultValue: ConnectValue?
    /// Of a struct; empty for other types.
    @usableFromInline package let fields: [Field]
    /// Of a map.
    package let keySchema: Schema?
    /// The values of a map or the items of an array.
    package let valueSchema: Schema?

    package init(
        _ type: SchemaType, isOptional: Bool = false, name: String? = nil, version: Int? = nil,
        documentation: String? = nil, parameters: [Parameter] = [], defaultValue: ConnectValue? = nil,
        fields: [Field] = [], keySchema: Schema? = nil, valueSchema: Schema? = nil
    ) {
        self.type = type
        self.isOptional = isOptional
        self.name = name
        self.version = version
        self.documentation = documentation
        self.parameters = parameters
        self.defaultValue = defaultValue
        self.fields = fields
        self.keySchema = keySchema
        self.valueSchema = valueSchema
    }

    package func index(of fieldName: String) -> Int? { fields.firstIndex { $0.name == fieldName } }

    package func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The same schema with `optional` as given (and without its default if `droppingDefault`).
    package func optional(_ isOptional: Bool = true, droppingDefault: Bool = false) -> Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: droppingDefault ? nil : defaultValue, fields: fields,
            keySchema: keySchema, valueSchema: valueSchema)
    }
}

extension Schema: Hashable {
    @usableFromInline package static func == (a: Schema, b: Schema) -> Bool {
        if a === b { return true }
        return a.type == b.type && a.isOptional == b.isOptional && a.name == b.name && a.version == b.version
            && a.documentation == b.documentation && a.parameters == b.parameters
            && a.defaultValue == b.defaultValue && a.fields == b.fields && a.keySchema == b.keySchema
            && a.valueSchema == b.valueSchema
    }

    @usableFromInline package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(name)
        hasher.combine(fields.count)
    }
}
