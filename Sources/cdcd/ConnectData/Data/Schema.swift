/// Connect's primitive and composite types (`org.apache.kafka.connect.data.Schema.Type`).
public enum SchemaType: String, Sendable, Hashable {
    case int8, int16, int32, int64, boolean, string, bytes, array, map
    case float32 = "float"
    case float64 = "double"
    case structure = "struct"
}

/// A Connect schema: immutable, shared by reference, compared by identity first and by structure after.
///
/// Logical types (`org.apache.kafka.connect.data.Decimal`, `io.debezium.time.Date`, …) are a `name` and
/// `parameters` on a primitive type; values are held in the primitive, encoded form.
public final class Schema: Sendable {
    public struct Field: Sendable, Hashable {
        public let name: String
        public let schema: Schema

        public init(_ name: String, _ schema: Schema) {
            self.name = name
            self.schema = schema
        }
    }

    public struct Parameter: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public let type: SchemaType
    public let isOptional: Bool
    public let name: String?
    public let version: Int?
    public let documentation: String?
    /// In the order in which the JSON converter prints them.
    public let parameters: [Parameter]
    public let defaultValue: ConnectValue?
    /// Of a struct; empty for other types.
    public let fields: [Field]
    /// Of a map.
    public let keySchema: Schema?
    /// The values of a map or the items of an array.
    public let valueSchema: Schema?

    public init(
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

    public func index(of fieldName: String) -> Int? { fields.firstIndex { $0.name == fieldName } }

    public func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The same schema with `optional` as given (and without its default where `droppingDefault`).
    public func optional(_ isOptional: Bool = true, droppingDefault: Bool = false) -> Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: droppingDefault ? nil : defaultValue, fields: fields,
            keySchema: keySchema, valueSchema: valueSchema)
    }
}

extension Schema: Hashable {
    public static func == (a: Schema, b: Schema) -> Bool {
        if a === b { return true }
        return a.type == b.type && a.isOptional == b.isOptional && a.name == b.name && a.version == b.version
            && a.documentation == b.documentation && a.parameters == b.parameters
            && a.defaultValue == b.defaultValue && a.fields == b.fields && a.keySchema == b.keySchema
            && a.valueSchema == b.valueSchema
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(name)
        hasher.combine(fields.count)
    }
}
