import WireCore

/// One of the schemas that the keywords of one object make up, as the library that Confluent uses
/// (`org.everit.json.schema`) divides them: `{"type":"string","enum":["a"]}` is a string and an enumeration.
indirect enum JSONSchemaPart {
    enum Criterion: String {
        case all = "allOf"
        case any = "anyOf"
        case one = "oneOf"
    }

    case null
    case boolean
    case string(hasFormat: Bool)
    case number(isInteger: Bool)
    case enumeration([JSONValue])
    case constant
    /// `items`; nil if it is missing or a list.
    case array(items: JSONValue?)
    case object(JSONObject)
    case combined(Criterion, [JSONSchemaPart])
    case reference(String)
    /// A schema of its own, whose keywords are read when it is needed.
    case schema(JSONValue)
    /// Named as the Java class.
    case unsupported(String)
}

extension JSONSchemaPart {
    /// The part that a whole schema is. Several parts are one `allOf`.
    init(_ json: JSONValue) {
        switch json {
        case .bool(let isAccepting): self = .unsupported(isAccepting ? "TrueSchema" : "FalseSchema")
        case .object(let object):
            let parts = Self.parts(of: object)
            if parts.count > 1 {
                self = .combined(.all, parts)
            } else {
                self = parts.first ?? .unsupported("EmptySchema")
            }
        case .null, .integer, .double, .string, .array: self = .unsupported("EmptySchema")
        }
    }

    private static func parts(of object: JSONObject) -> [JSONSchemaPart] {
        if let reference = object["$ref"]?.stringValue { return [.reference(reference)] }
        var parts: [JSONSchemaPart] = []
        if let values = object["enum"]?.arrayValue { parts.append(.enumeration(values)) }
        for criterion in [Criterion.all, .any, .one] {
            guard let schemas = object[criterion.rawValue]?.arrayValue else { continue }
            parts.append(.combined(criterion, schemas.map { .schema($0) }))
        }
        if object["not"] != nil { parts.append(.unsupported("NotSchema")) }
        if object["const"] != nil { parts.append(.constant) }
        var types: [String] = []
        switch object["type"] {
        case .string(let type)?:
            types = [type]
            parts.append(typed(type, object))
        case .array(let items)?:
            types = items.compactMap(\.stringValue)
            parts.append(.combined(.any, types.map { typed($0, object) }))
        case .null?, .bool?, .integer?, .double?, .object?, nil: break
        }
        // Keywords that no type has made use of.
        for (names, keywords) in keywordsByTypes where !types.contains(where: names.contains) {
            if keywords.contains(where: { object[$0] != nil }) { parts.append(typed(names[0], object)) }
        }
        if ["if", "then", "else"].contains(where: { object[$0] != nil }) {
            parts.append(.unsupported("ConditionalSchema"))
        }
        return parts
    }

    private static let keywordsByTypes: [(types: [String], keywords: [String])] = [
        (["array"], ["items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"]),
        (
            ["object"],
            [
                "properties", "required", "minProperties", "maxProperties", "dependencies", "patternProperties",
                "additionalProperties", "propertyNames",
            ]
        ),
        (["number", "integer"], ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
        (["string"], ["minLength", "maxLength", "pattern", "format"]),
    ]

    private static func typed(_ type: String, _ object: JSONObject) -> JSONSchemaPart {
        switch type {
        case "null": return .null
        case "boolean": return .boolean
        case "string": return .string(hasFormat: object["format"] != nil)
        case "integer": return .number(isInteger: true)
        case "number": return .number(isInteger: false)
        case "array":
            guard let items = object["items"], items.arrayValue == nil else { return .array(items: nil) }
            return .array(items: items)
        case "object": return .object(object)
        default: return .unsupported("EmptySchema")
        }
    }
}
