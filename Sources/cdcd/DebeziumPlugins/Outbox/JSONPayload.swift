import ConnectData
import WireCore

/// Turns payloads that are texts of JSON objects into structs with inferred schemas.
///
/// Where Debezium loses nothing, the schemas are those of its `JsonSchemaData` (1.9: `SchemaBuilderUtil`). Objects in
/// an array that differ inside are merged at every depth; Debezium takes the schema of one of them and loses what the
/// others have. A text that no struct can represent without loss stays a text, where Debezium passes on a value that
/// does not fit its schema.
final class JSONPayload {
    /// The reason why a payload stays as it is.
    struct ExpansionError: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// The nesting that is expanded: that of MySQL's type JSON.
    private static let depthMax = 100
    private static let schemaCountMax = 1024

    private let name: String
    private let inference: JSONPayloadSchema
    private let adjustment: NameAdjustment
    /// Equal schemas become one, since what is derived from schemas is found by their identity.
    private var schemas: Set<Schema> = []

    init(_ options: OutboxOptions) {
        name = options.payloadField
        inference = JSONPayloadSchema(options)
        adjustment = options.fieldNameAdjustment
    }

    func expand(_ text: String) throws(ExpansionError) -> (schema: Schema, value: ConnectValue) {
        guard let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            throw ExpansionError("the payload is neither an object nor an array")
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try parse(text, numbersAsText: false)
        } catch {
            throw ExpansionError("\(error)")
        }
        guard case .object = document else { throw ExpansionError("an array has no struct") }
        guard !hasLongInteger(document, text) else { throw ExpansionError("an integer exceeds 64 bits") }
        guard var schema = try inference.schema(of: document, path: name) else {
            throw ExpansionError("the document has no schema")
        }
        if let known = schemas.firstIndex(of: schema) {
            schema = schemas[known]
        } else {
            if schemas.count >= Self.schemaCountMax { schemas.removeAll() }
            schemas.insert(schema)
        }
        return (schema, try value(document, schema))
    }

    private func parse(_ text: String, numbersAsText: Bool) throws(JSONError) -> JSONValue {
        try JSONValue.parse(Array(text.utf8), numbersAsText: numbersAsText, depthMax: Self.depthMax)
    }

    /// The value of a document in a schema that was inferred from it.
    private func value(_ node: JSONValue, _ schema: Schema) throws(ExpansionError) -> ConnectValue {
        switch (node, schema.type) {
        case (.null, _): return .null
        case (.string(let text), .string): return .string(text)
        case (.bool(let flag), .boolean): return .boolean(flag)
        case (.integer(let number), let type) where type == JSONPayloadSchema.type(of: number): return .integer(number)
        case (.double(let number), .float64): return .float64(number)
        case (.array(let items), .array):
            guard let itemSchema = schema.valueSchema else { throw Self.mismatch }
            var values: [ConnectValue] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try value(item, itemSchema)) }
            return .array(values)
        case (.object(let object), .structure): return .structure(try row(object, schema))
        case (.string, _), (.bool, _), (.integer, _), (.double, _), (.array, _), (.object, _): throw Self.mismatch
        }
    }

    private func row(_ object: JSONObject, _ schema: Schema) throws(ExpansionError) -> Struct {
        var values = ContiguousArray<ConnectValue>(repeating: .null, count: schema.fields.count)
        var position = 0
        for member in object.members {
            let name = adjustment.adjustedFieldName(member.name)
            // The fields are in the order of the members, except after a merge.
            if position >= schema.fields.count || !schema.fields[position].name.isExactly(name) {
                guard let index = schema.fields.firstIndex(where: { $0.name.isExactly(name) }) else {
                    // Nulls and empty arrays have no field.
                    continue
                }
                position = index
            }
            values[position] = try value(member.value, schema.fields[position].schema)
            position += 1
        }
        return Struct(schema: schema, values: values)
    }

    private static let mismatch = ExpansionError("the values of an array have different types")

    /// Whether a number without fraction and exponent exceeds 64 bits: it has been read as a double then.
    private func hasLongInteger(_ document: JSONValue, _ text: String) -> Bool {
        guard Self.hasLargeDouble(document), let texts = try? parse(text, numbersAsText: true) else { return false }
        return Self.hasLongInteger(document, texts)
    }

    private static func hasLargeDouble(_ node: JSONValue) -> Bool {
        switch node {
        case .null, .bool, .integer, .string: false
        case .double(let number): number.magnitude >= 0x1p63
        case .array(let items): items.contains(where: hasLargeDouble)
        case .object(let object): object.members.contains { hasLargeDouble($0.value) }
        }
    }

    /// - Parameter texts: the same document, with numbers as texts.
    private static func hasLongInteger(_ node: JSONValue, _ texts: JSONValue) -> Bool {
        switch (node, texts) {
        case (.double, .string(let text)): text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        case (.array(let items), .array(let texts)): zip(items, texts).contains(where: hasLongInteger)
        case (.object(let object), .object(let texts)):
            zip(object.members, texts.members).contains { hasLongInteger($0.value, $1.value) }
        case (.null, _), (.bool, _), (.integer, _), (.double, _), (.string, _), (.array, _), (.object, _): false
        }
    }
}
