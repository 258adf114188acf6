import ConnectData
import WireCore

/// Reads the JSON of Avro schemas. Names of types and fields may have any characters, as long as records can be read.
struct AvroSchemaParser {
    private var schema = AvroSchema()
    private var named: [AvroName: AvroSchema.TypeID] = [:]
    private let variant: AvroSettings.Variant

    private init(_ variant: AvroSettings.Variant) { self.variant = variant }

    private static let primitives: [String: AvroType.Kind] = [
        "null": .null, "boolean": .boolean, "int": .int, "long": .long, "float": .float, "double": .double,
        "bytes": .bytes, "string": .string,
    ]

    /// The attributes that Avro defines; all others are properties.
    private static let reserved: Set<String> = [
        "aliases", "doc", "fields", "items", "name", "namespace", "size", "symbols", "type", "values",
    ]

    /// - Parameters:
    ///   - references: the texts of other schemas, whose named types the schema uses.
    ///   - variant: Apicurio's refuses schemas with defaults that do not fit.
    /// - Throws: `DataError` if a text is not a schema.
    static func parse(
        _ text: String, references: [String] = [], variant: AvroSettings.Variant = .confluent
    ) throws(DataError) -> AvroSchema {
        var parser = AvroSchemaParser(variant)
        for reference in references { _ = try parser.parse(text: reference) }
        parser.schema.root = try parser.parse(text: text)
        return parser.schema
    }

    private mutating func parse(text: String) throws(DataError) -> AvroSchema.TypeID {
        let json: JSONValue
        do { json = try JSONValue.parse(text) } catch { throw DataError("The Avro schema is not JSON: \(error)") }
        return try type(json, namespace: nil)
    }

    /// The recursion is bounded by the depth of JSON documents.
    private mutating func type(_ json: JSONValue, namespace: String?) throws(DataError) -> AvroSchema.TypeID {
        switch json {
        case .string(let name):
            if let kind = Self.primitives[name] { return schema.append(AvroType(kind)) }
            return try reference(name, namespace)
        case .array(let items):
            var branches: [AvroSchema.TypeID] = []
            for item in items {
                let branch = try type(item, namespace: namespace)
                if case .union = schema[branch].kind { throw DataError("Nested union: \(Self.shown(json))") }
                branches.append(branch)
            }
            try checkDistinct(branches)
            return schema.append(AvroType(.union(branches)))
        case .object(let object): return try type(object, namespace: namespace)
        case .null, .bool, .integer, .double: throw DataError("Schema not yet supported: \(Self.shown(json))")
        }
    }

    private func reference(_ name: String, _ namespace: String?) throws(DataError) -> AvroSchema.TypeID {
        if let id = named[AvroName(name, namespace: namespace)] ?? named[AvroName(name, namespace: nil)] { return id }
        throw DataError("Undefined schema: \(name.prefix(200))")
    }

    private func checkDistinct(_ branches: [AvroSchema.TypeID]) throws(DataError) {
        var names: Set<ExactName> = []
        for branch in branches {
            let name = schema[branch].name?.fullName ?? schema[branch].typeName
            guard names.insert(ExactName(name)).inserted else {
                throw DataError("Duplicate in union:\(name.prefix(200))")
            }
        }
    }

    private mutating func type(_ object: JSONObject, namespace: String?) throws(DataError) -> AvroSchema.TypeID {
        guard let typeName = object["type"]?.stringValue else {
            throw DataError("No type: \(Self.shown(.object(object)))")
        }
        if let kind = Self.primitives[typeName] {
            return schema.append(AvroType(kind, properties: Self.properties(object)))
        }
        switch typeName {
        case "array":
            guard let items = object["items"] else {
                throw DataError("Array has no items type: \(Self.shown(.object(object)))")
            }
            let kind = AvroType.Kind.array(items: try type(items, namespace: namespace))
            return schema.append(AvroType(kind, properties: Self.properties(object)))
        case "map":
            guard let values = object["values"] else {
                throw DataError("Map has no values type: \(Self.shown(.object(object)))")
            }
            let kind = AvroType.Kind.map(values: try type(values, namespace: namespace))
            return schema.append(AvroType(kind, properties: Self.properties(object)))
        case "record", "error": return try record(object, namespace)
        case "enum": return try enumeration(object, namespace)
        case "fixed":
            guard let size = object["size"]?.integerValue, let byteCount = Int32(exactly: size), byteCount >= 0 else {
                throw DataError("Invalid or no size: \(Self.shown(.object(object)))")
            }
            return try define(.fixed(byteCount: Int(byteCount)), object, namespace)
        default: return try reference(typeName, namespace)
        }
    }

    /// Adds a named type.
    private mutating func define(
        _ kind: AvroType.Kind, _ object: JSONObject, _ namespace: String?
    ) throws(DataError) -> AvroSchema.TypeID {
        guard let text = object["name"]?.stringValue, !text.isEmpty else {
            throw DataError("No name in schema: \(Self.shown(.object(object)))")
        }
        let name = AvroName(text, namespace: object["namespace"]?.stringValue ?? namespace)
        guard named[name] == nil else { throw DataError("Can't redefine: \(name.fullName.prefix(200))") }
        let id = schema.append(
            AvroType(
                kind, name: name, documentation: object["doc"]?.stringValue, properties: Self.properties(object)))
        named[name] = id
        for alias in object["aliases"]?.arrayValue ?? [] {
            guard let alias = alias.stringValue else { continue }
            let other = AvroName(alias, namespace: name.namespace)
            if named[other] == nil { named[other] = id }
        }
        return id
    }

    private mutating func record(_ object: JSONObject, _ namespace: String?) throws(DataError) -> AvroSchema.TypeID {
        // Defined before its fields, which may refer to it.
        let id = try define(.record([]), object, namespace)
        guard let items = object["fields"]?.arrayValue else {
            throw DataError("Record has no fields: \(Self.shown(.object(object)))")
        }
        var type = schema[id]
        var fields: [AvroType.Field] = []
        var names: Set<ExactName> = []
        for item in items {
            guard let field = item.objectValue, let name = field["name"]?.stringValue, !name.isEmpty else {
                throw DataError("No field name: \(Self.shown(item))")
            }
            guard names.insert(ExactName(name)).inserted else {
                throw DataError("Duplicate field \(name.prefix(200)) in record \(type.name?.fullName.prefix(200) ?? "")")
            }
            guard let json = field["type"] else { throw DataError("No field type: \(Self.shown(item))") }
            let fieldType = try self.type(json, namespace: type.name?.namespace)
            if variant == .apicurio, let value = field["default"] { try checkDefault(value, of: fieldType, name) }
            fields.append(
                AvroType.Field(
                    name: name, type: fieldType, documentation: field["doc"]?.stringValue,
                    defaultValue: field["default"]))
        }
        type.kind = .record(fields)
        schema.replace(id, with: type)
        return id
    }

    private func checkDefault(
        _ value: JSONValue, of id: AvroSchema.TypeID, _ name: String
    ) throws(DataError) {
        guard !schema.isValidDefault(value, of: id) else { return }
        var part = schema
        part.root = id
        throw DataError(
            "Invalid default for field \(name.prefix(200)): \(Self.shown(value)) not a \(part.text.prefix(200))")
    }

    private mutating func enumeration(
        _ object: JSONObject, _ namespace: String?
    ) throws(DataError) -> AvroSchema.TypeID {
        guard let items = object["symbols"]?.arrayValue else {
            throw DataError("Enum has no symbols: \(Self.shown(.object(object)))")
        }
        var symbols: [String] = []
        for item in items {
            guard let symbol = item.stringValue else { throw DataError("Enum has no symbols: \(Self.shown(item))") }
            symbols.append(symbol)
        }
        return try define(
            .enumeration(symbols: symbols, default: object["default"]?.stringValue), object, namespace)
    }

    private static func properties(_ object: JSONObject) -> JSONObject {
        let isEnumeration = object["type"]?.stringValue == "enum"
        return JSONObject(
            distinct: object.members.filter {
                !reserved.contains($0.name) && !(isEnumeration && $0.name == "default")
            })
    }

    /// The beginning of a document, for errors.
    private static func shown(_ json: JSONValue) -> String {
        String(decoding: json.encoded().prefix(200), as: UTF8.self)
    }
}
