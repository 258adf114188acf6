import ConnectData
import WireCore

/// Writes Connect schemas as JSON Schema documents of draft 7, as `JsonSchemaData.fromConnectSchema` and the printer of
/// the library that it uses (`org.everit.json.schema`) do.
///
/// The members of an object are in the printer's order. Where that is the order of a `HashMap`, so it is here, because
/// registries may compare schemas as texts.
struct JSONSchemaTextWriter: ~Copyable {
    private let settings: JSONSchemaSettings
    private var output = ByteWriter()
    /// The identifiers that were written, to which a later schema with the same identifier refers.
    private var identifiers: Set<String> = []

    private init(_ settings: JSONSchemaSettings) { self.settings = settings }

    /// - Throws: `DataError` if a default does not fit its schema.
    static func text(of schema: Schema, _ settings: JSONSchemaSettings) throws(DataError) -> String {
        var writer = JSONSchemaTextWriter(settings)
        try writer.append(schema, index: nil)
        return String(decoding: writer.output.array(), as: UTF8.self)
    }

    /// - Parameter index: the position of a field in its struct.
    private mutating func append(_ schema: Schema, index: Int?) throws(DataError) {
        let identifier = schema.parameter(JSONSchemaNames.identifier)
        if let identifier { identifiers.insert(identifier) }
        guard schema.isOptional || schema.isUnion else {
            return try appendRequired(schema, index: index, identifier)
        }
        output.literal("{")
        appendIdentifier(identifier)
        if let index { appendMember(JSONSchemaNames.index) { $0.decimal(Int64(index)) } }
        beginMember("oneOf")
        output.literal("[")
        if schema.isOptional { output.literal("{\"type\":\"null\"}") }
        if schema.isUnion {
            for (position, field) in schema.fields.enumerated() {
                if position > 0 || schema.isOptional { output.literal(",") }
                let member = field.schema.optional(false)
                try appendRequired(member, index: position, member.parameter(JSONSchemaNames.identifier))
            }
        } else {
            output.literal(",")
            try appendRequired(schema, index: nil, schema.type == .structure ? identifier : nil)
        }
        output.literal("]}")
    }

    /// A schema that does not allow null.
    private mutating func appendRequired(_ schema: Schema, index: Int?, _ identifier: String?) throws(DataError) {
        if schema.isUnion { return try append(schema, index: index) }
        output.literal("{")
        let symbols = enumerationSymbols(of: schema)
        if let symbols {
            beginMember("enum")
            appendList(symbols) { symbol, output in
                if let symbol { output.jsonStringUnescapedBeyondBMP(symbol) } else { output.literal("null") }
            }
        } else {
            appendMember("type") { $0.jsonString(schema.jsonSchemaType) }
        }
        if schema.type == .structure, !settings.allowsAdditionalProperties {
            appendMember("additionalProperties") { $0.literal("false") }
        }
        if let name = schema.name { appendMember("title") { $0.jsonStringUnescapedBeyondBMP(name) } }
        if let text = schema.documentation { appendMember("description") { $0.jsonStringUnescapedBeyondBMP(text) } }
        if let value = schema.defaultValue, !value.isNull {
            let text = try defaultText(value, schema)
            appendMember("default") { $0.utf8(text) }
        }
        appendIdentifier(identifier)
        appendConnectMembers(schema, index: index)
        try appendContents(of: schema)
        output.literal("}")
    }

    // MARK: Members

    /// What precedes a member's value.
    private mutating func beginMember(_ name: String) {
        if output.withUnsafeBytes({ $0.last }) != UInt8(ascii: "{") { output.literal(",") }
        output.jsonStringUnescapedBeyondBMP(name)
        output.literal(":")
    }

    private mutating func appendMember(_ name: String, _ value: (inout ByteWriter) -> Void) {
        beginMember(name)
        value(&output)
    }

    private mutating func appendList<Item>(_ items: [Item], _ append: (Item, inout ByteWriter) -> Void) {
        output.literal("[")
        for (position, item) in items.enumerated() {
            if position > 0 { output.literal(",") }
            append(item, &output)
        }
        output.literal("]")
    }

    private mutating func appendIdentifier(_ identifier: String?) {
        if let identifier { appendMember("id") { $0.jsonStringUnescapedBeyondBMP(identifier) } }
    }

    /// What JSON Schema has no keywords for.
    private mutating func appendConnectMembers(_ schema: Schema, index: Int?) {
        let parameters = schema.parameters.filter { !$0.name.hasPrefix(JSONSchemaNames.namespace) }
        var names: [String] = []
        if schema.connectTypeName != nil { names.append(JSONSchemaNames.type) }
        if schema.version != nil { names.append(JSONSchemaNames.version) }
        if !parameters.isEmpty { names.append(JSONSchemaNames.parameters) }
        if index != nil { names.append(JSONSchemaNames.index) }
        // Java copies the map.
        names = JavaHashOrder.sorted(JavaHashOrder.sorted(names, hash: \.javaHashCode), from: .copied) {
            $0.javaHashCode
        }
        for name in names {
            beginMember(name)
            switch name {
            case JSONSchemaNames.type: output.jsonString(schema.connectTypeName ?? "")
            case JSONSchemaNames.version: output.decimal(Int64(schema.version ?? 0))
            case JSONSchemaNames.index: output.decimal(Int64(index ?? 0))
            default: appendParameters(parameters)
            }
        }
    }

    private mutating func appendParameters(_ parameters: [Schema.Parameter]) {
        // A map of texts, put into an object that has the map's size.
        let byName = JavaHashOrder.sorted(parameters) { $0.name.javaHashCode }
        output.literal("{")
        for parameter in JavaHashOrder.sorted(byName, from: .sized, hash: { $0.name.javaHashCode }) {
            appendMember(parameter.name) { $0.jsonStringUnescapedBeyondBMP(parameter.value) }
        }
        output.literal("}")
    }

    // MARK: Contents

    /// The schemas of elements, keys, values and fields.
    private mutating func appendContents(of schema: Schema) throws(DataError) {
        switch schema.type {
        case .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes: break
        case .array:
            beginMember("items")
            try appendReferable(try element(schema.valueSchema, of: schema), index: nil)
        case .map:
            let (key, value) = (try element(schema.keySchema, of: schema), try element(schema.valueSchema, of: schema))
            if schema.hasJSONObjectEntries {
                beginMember("additionalProperties")
                try append(value, index: nil)
            } else {
                beginMember("items")
                output.literal("{\"type\":\"object\"")
                try appendProperties([.init("key", key), .init("value", value)])
                output.literal("}")
            }
        case .structure: try appendProperties(schema.fields)
        }
    }

    private func element(_ schema: Schema?, of container: Schema) throws(DataError) -> Schema {
        if let schema { return schema }
        throw DataError("The schema of a \(container.type.rawValue) has no schema for its elements")
    }

    private mutating func appendProperties(_ fields: [Schema.Field]) throws(DataError) {
        if fields.isEmpty { return }
        beginMember("properties")
        output.literal("{")
        for index in JavaHashOrder.sorted(Array(fields.indices), hash: { fields[$0].name.javaHashCode }) {
            beginMember(fields[index].name)
            try appendReferable(fields[index].schema, index: index)
        }
        output.literal("}")
    }

    /// A schema, or a reference to it if it was written before.
    private mutating func appendReferable(_ schema: Schema, index: Int?) throws(DataError) {
        guard let identifier = schema.parameter(JSONSchemaNames.identifier), identifiers.contains(identifier) else {
            return try append(schema, index: index)
        }
        output.literal("{\"$ref\":")
        output.jsonStringUnescapedBeyondBMP(identifier)
        output.literal("}")
    }

    /// The symbols of an enumeration; nil for null. nil if the schema is none.
    private func enumerationSymbols(of schema: Schema) -> [String?]? {
        let names = [SumType.enumeration, JSONSchemaNames.enumeration]
        guard schema.type == .string, names.contains(where: { schema.parameter($0) != nil }) else { return nil }
        let prefix =
            (settings.supportsGeneralizedSumTypes ? SumType.enumeration : JSONSchemaNames.enumeration) + "."
        let symbols = schema.parameters.filter { $0.name.hasExactPrefix(prefix) }.map {
            String(decoding: $0.name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        }
        // The printer has the values in a `HashSet`; null is in its first bucket.
        let sorted = JavaHashOrder.sorted(symbols) {
            $0 == JSONSchemaNames.nullSymbol ? 0 : $0.javaHashCode
        }
        return sorted.map { $0 == JSONSchemaNames.nullSymbol ? nil : $0 }
    }

    // MARK: Defaults

    private func defaultText(_ value: ConnectValue, _ schema: Schema) throws(DataError) -> String {
        let plain = schema.optional(schema.isOptional, droppingDefault: true)
        let text = String(decoding: try JSONSink.text(of: value, plain, settings.json), as: UTF8.self)
        let isFraction = schema.type == .float32 || schema.type == .float64
            || schema.logicalType == .decimal && settings.json.writesDecimalsAsNumbers
        return isFraction ? Self.printedNumber(text) : text
    }

    /// A number as the printer writes it: without trailing zeros, or with the exponent of a `BigDecimal`.
    private static func printedNumber(_ text: String) -> String {
        if text.contains("E") {
            guard let number = DecimalText(text) else { return text }
            return UnscaledDecimal.javaText(
                UnscaledDecimal.bytes(digits: number.digits, isNegative: number.isNegative), scale: number.scale)
        }
        guard text.contains(".") else { return text }
        var kept = text[...]
        while kept.last == "0" { kept.removeLast() }
        if kept.last == "." { kept.removeLast() }
        return String(kept)
    }
}

extension Schema {
    /// Whether a map is a JSON object, and not an array of entries.
    var hasJSONObjectEntries: Bool { keySchema.map { $0.type == .string && !$0.isOptional } ?? false }

    /// The keyword `type`.
    fileprivate var jsonSchemaType: String {
        switch type {
        case .int8, .int16, .int32, .int64: "integer"
        case .float32, .float64: "number"
        case .boolean: "boolean"
        case .string: "string"
        case .bytes: logicalType == .decimal ? "number" : "string"
        case .array: "array"
        case .map: hasJSONObjectEntries ? "object" : "array"
        case .structure: "object"
        }
    }

    /// `connect.type`; nil if JSON Schema's type says the same.
    fileprivate var connectTypeName: String? {
        switch type {
        case .int8, .int16, .int32, .int64, .bytes, .map: type.rawValue
        case .float32: "float32"
        case .float64: "float64"
        case .boolean, .string, .array, .structure: nil
        }
    }
}
