import ConnectData
import WireCore

/// The schemas of JSON documents that are expanded.
struct JSONPayloadSchema {
    private typealias ExpansionError = JSONPayload.ExpansionError

    private let profile: OutboxProfile
    private let keepsNulls: Bool
    private let adjustment: NameAdjustment

    init(_ options: OutboxOptions) {
        profile = options.profile
        keepsNulls = options.nullFields == .optionalBytes
        adjustment = options.fieldNameAdjustment
    }

    private static let string = Schema(.string, isOptional: true)
    private static let boolean = Schema(.boolean, isOptional: true)
    private static let int32 = Schema(.int32, isOptional: true)
    private static let int64 = Schema(.int64, isOptional: true)
    private static let float64 = Schema(.float64, isOptional: true)
    private static let bytes = Schema(.bytes, isOptional: true)

    static func type(of number: Int64) -> SchemaType { Int32(exactly: number) == nil ? .int64 : .int32 }

    /// The schema of a document; nil if its type cannot be inferred (null and empty arrays).
    ///
    /// - Parameter path: of an object, after which its schema is named; nil inside arrays of arrays.
    /// - Throws: `ExpansionError` if an array has values of several types, or an object has names that no struct has.
    func schema(of node: JSONValue, path: String?) throws(JSONPayload.ExpansionError) -> Schema? {
        switch node {
        case .null: keepsNulls ? Self.bytes : nil
        case .bool: Self.boolean
        case .integer(let number): Self.type(of: number) == .int32 ? Self.int32 : Self.int64
        case .double: Self.float64
        case .string: Self.string
        case .array(let items):
            items.isEmpty
                ? nil : Schema(.array, isOptional: true, valueSchema: try itemSchema(items, path: path))
        case .object(let object): try objectSchema(object, path: path)
        }
    }

    private func objectSchema(_ object: JSONObject, path: String?) throws(JSONPayload.ExpansionError) -> Schema {
        var fields: [Schema.Field] = []
        var names: Set<ExactName> = []
        for member in object.members {
            let name = adjustment.adjustedFieldName(member.name)
            guard !name.isEmpty else { throw ExpansionError("a name is empty") }
            let memberPath = path.map { $0.allSatisfy(\.isWhitespace) ? name : "\($0).\(name)" } ?? name
            guard let schema = try schema(of: member.value, path: memberPath) else { continue }
            guard names.insert(ExactName(name)).inserted else {
                throw ExpansionError("the name \(name) stands for several fields")
            }
            fields.append(.init(name, schema))
        }
        return Schema(.structure, isOptional: true, name: profile.namesObjects ? path : nil, fields: fields)
    }

    private func itemSchema(_ items: [JSONValue], path: String?) throws(JSONPayload.ExpansionError) -> Schema {
        let present = items.filter { !$0.isNull }
        let sample = present.first ?? .null
        let isObject = sample.objectValue != nil
        guard let first = try schema(of: sample, path: isObject ? path : nil) else {
            throw ExpansionError("the type of an array's values is unknown")
        }
        var merged = first
        var isUniform = true
        for item in present.dropFirst() {
            guard Self.isSameKind(sample, item) else { throw ExpansionError("an array has values of several types") }
            guard let next = try schema(of: item, path: isObject ? path : nil), next != first else { continue }
            isUniform = false
            merged = merge(merged, next)
        }
        guard isObject, !isUniform, profile.requiresMergedObjects, present.count == items.count else {
            return merged
        }
        return merged.optional(false)
    }

    private static func isSameKind(_ a: JSONValue, _ b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null), (.bool, .bool), (.string, .string), (.array, .array), (.object, .object),
            (.double, .double): true
        case (.integer(let a), .integer(let b)): type(of: a) == type(of: b)
        case (.null, _), (.bool, _), (.string, _), (.array, _), (.object, _), (.integer, _), (.double, _): false
        }
    }

    /// The schema for values of two schemas. If there is none, the first one, which the second value does not fit.
    private func merge(_ a: Schema, _ b: Schema) -> Schema {
        if a == b { return a }
        switch (a.type, b.type) {
        case (.structure, .structure):
            var fields = a.fields
            var places: [ExactName: Int] = [:]
            for (index, field) in fields.enumerated() { places[ExactName(field.name)] = index }
            for field in b.fields {
                if let index = places[ExactName(field.name)] {
                    fields[index] = .init(field.name, merge(fields[index].schema, field.schema))
                } else {
                    fields.append(field)
                }
            }
            return Schema(.structure, isOptional: true, name: a.name, fields: fields)
        case (.array, .array):
            guard let first = a.valueSchema, let second = b.valueSchema else { return a }
            return Schema(.array, isOptional: true, valueSchema: merge(first, second))
        case (.bytes, _): return b
        case (_, _): return a
        }
    }
}
