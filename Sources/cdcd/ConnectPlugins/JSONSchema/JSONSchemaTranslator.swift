import ConnectData
import WireCore

/// Translates JSON Schema documents into Connect schemas, as `JsonSchemaData.toConnectSchema` does.
///
/// A document that refers to itself is an error: Java makes a schema that contains itself, which cannot be held here.
struct JSONSchemaTranslator {
    /// The maximum nesting of schemas, including those that references name.
    private static let depthMax = 128
    /// The maximum number of schemas, properties, symbols and parameters: references may multiply them.
    private static let schemaCountMax = 100_000

    private let settings: JSONSchemaSettings
    /// Other documents, by the name under which a reference names them.
    private let documents: [String: JSONValue]
    /// The document whose references are followed.
    private var document: JSONValue
    private var followedReferences: [String] = []
    private var depth = 0
    private var schemaCount = 0
    private var unionCount = 0

    init(_ document: JSONValue, documents: [String: JSONValue] = [:], settings: JSONSchemaSettings) {
        self.document = document
        self.documents = documents
        self.settings = settings
    }

    /// - Parameter version: the schema's version in the registry, for a schema that states none.
    mutating func schema(version: Int?) throws(DataError) -> Schema {
        try schema(of: document, version: version, isOptional: false)
    }

    private mutating func schema(
        of json: JSONValue, version: Int? = nil, isOptional: Bool = false
    ) throws(DataError) -> Schema {
        try schema(of: JSONSchemaPart(json), json.objectValue ?? [:], version: version, isOptional: isOptional)
    }

    /// - Parameter attributes: the object with title, default and Connect's members; without any for one of several
    ///   parts of an object.
    private mutating func schema(
        of part: JSONSchemaPart, _ attributes: JSONObject, version: Int?, isOptional: Bool
    ) throws(DataError) -> Schema {
        try enter()
        defer { depth -= 1 }
        var draft: SchemaDraft
        switch part {
        case .schema(let json): return try schema(of: json, version: version, isOptional: isOptional)
        case .reference(let name): return try follow(name, version: version, isOptional: isOptional)
        case .combined(.all, let parts):
            return try schema(ofAll: parts, version: version, isOptional: isOptional)
        case .combined(_, let parts):
            if let only = Self.nullable(parts) {
                return try schema(of: only, [:], version: version, isOptional: true)
            }
            if settings.flattensSingletonUnions, parts.count == 1 {
                return try schema(of: parts[0], [:], version: version, isOptional: isOptional)
            }
            draft = try union(parts)
        case .boolean: draft = SchemaDraft(.boolean)
        case .string:
            draft = SchemaDraft(attributes[JSONSchemaNames.type]?.stringValue == "bytes" ? .bytes : .string)
        case .number(let isInteger): draft = SchemaDraft(try numberType(attributes, isInteger: isInteger))
        case .enumeration(let values):
            try count(values.count)
            draft = enumeration(values)
        case .array(let items): draft = try array(items, isMap: attributes.isMap)
        case .object(let object): draft = try structure(of: object, isMap: attributes.isMap)
        case .null, .constant:
            let name = if case .null = part { "NullSchema" } else { "ConstSchema" }
            throw DataError("Unsupported schema type org.everit.json.schema.\(name)")
        case .unsupported(let name): throw DataError("Unsupported schema type org.everit.json.schema.\(name)")
        }
        try count(attributes[JSONSchemaNames.parameters]?.objectValue?.count ?? 0)
        return try draft.finished(attributes, version: version, isOptional: isOptional, settings)
    }

    private mutating func enter() throws(DataError) {
        guard depth < Self.depthMax else { throw Self.excess }
        try count(1)
        depth += 1
    }

    /// Counts schemas and what they consist of.
    private mutating func count(_ number: Int) throws(DataError) {
        schemaCount += number
        guard schemaCount <= Self.schemaCountMax else { throw Self.excess }
    }

    private static let excess = DataError(
        "The JSON Schema has more than \(depthMax) nested schemas, or more than \(schemaCountMax) in all")

    // MARK: Types

    private func numberType(_ attributes: JSONObject, isInteger: Bool) throws(DataError) -> SchemaType {
        guard let name = attributes[JSONSchemaNames.type]?.stringValue else { return isInteger ? .int64 : .float64 }
        switch name {
        case "int8": return .int8
        case "int16": return .int16
        case "int32": return .int32
        case "int64": return .int64
        case "float32": return .float32
        case "float64": return .float64
        case "bytes": return .bytes
        default: throw DataError("Unsupported type \(name)")
        }
    }

    private func enumeration(_ values: [JSONValue]) -> SchemaDraft {
        let isGeneralized = settings.supportsGeneralizedSumTypes
        let name = isGeneralized ? SumType.enumeration : JSONSchemaNames.enumeration
        var draft = SchemaDraft(.string)
        draft.set(name, "")
        for (index, value) in values.enumerated() {
            let symbol = value.isNull
                ? JSONSchemaNames.nullSymbol : value.stringValue ?? String(decoding: value.encoded(), as: UTF8.self)
            draft.set("\(name).\(symbol)", isGeneralized ? "\(index)" : symbol)
        }
        return draft
    }

    private mutating func array(_ items: JSONValue?, isMap: Bool) throws(DataError) -> SchemaDraft {
        guard let items else { throw DataError("Array schema did not specify the items type") }
        if isMap, case .object(let entry) = JSONSchemaPart(items), let members = entry["properties"]?.objectValue,
            let key = members["key"], let value = members["value"] {
            var draft = SchemaDraft(.map)
            draft.keySchema = try schema(of: key)
            draft.valueSchema = try schema(of: value)
            return draft
        }
        var draft = SchemaDraft(.array)
        draft.valueSchema = try schema(of: items)
        return draft
    }

    private mutating func structure(of object: JSONObject, isMap: Bool) throws(DataError) -> SchemaDraft {
        if isMap {
            guard let value = object["additionalProperties"], value.objectValue != nil else {
                throw DataError("valueSchema cannot be null.")
            }
            var draft = SchemaDraft(.map)
            draft.keySchema = Schema(.string)
            draft.valueSchema = try schema(of: value)
            return draft
        }
        // By index; a property without one comes after as many as there are. The same index twice: the last one.
        var properties: [Int: (name: String, value: JSONValue)] = [:]
        for property in Self.properties(of: object) {
            let index = property.value.objectValue?[JSONSchemaNames.index]?.integerValue.flatMap { Int(exactly: $0) }
            properties[index ?? properties.count] = property
        }
        let sorted = properties.sorted { $0.key < $1.key }.map(\.value)
        return try structure(sorted, required: Self.required(of: object))
    }

    /// - Parameter required: the properties that must be present, by their names' bytes.
    private mutating func structure(
        _ properties: [(name: String, value: JSONValue)], required: Set<ExactName>
    ) throws(DataError) -> SchemaDraft {
        var draft = SchemaDraft(.structure)
        for (name, json) in properties {
            let isOptional = settings.makesNonrequiredOptional && !required.contains(ExactName(name))
            draft.fields.append(.init(name, try schema(of: json, isOptional: isOptional)))
        }
        return draft
    }

    /// The properties in the order of the map that holds them in Java.
    private static func properties(of object: JSONObject) -> [(name: String, value: JSONValue)] {
        JavaHashOrder.sorted(object["properties"]?.objectValue?.members ?? []) { $0.name.javaHashCode }
    }

    private static func required(of object: JSONObject) -> Set<ExactName> {
        Set((object["required"]?.arrayValue ?? []).compactMap { $0.stringValue.map(ExactName.init) })
    }

    // MARK: Unions

    /// The other part, if one of two is null.
    private static func nullable(_ parts: [JSONSchemaPart]) -> JSONSchemaPart? {
        guard parts.count == 2, parts.contains(where: \.isNull) else { return nil }
        return parts.first { !$0.isNull }
    }

    private mutating func union(_ parts: [JSONSchemaPart]) throws(DataError) -> SchemaDraft {
        let isGeneralized = settings.supportsGeneralizedSumTypes
        let name = isGeneralized ? "connect_union_\(unionCount)" : SumType.jsonUnion
        unionCount += 1
        var draft = SchemaDraft(.structure)
        draft.name = name
        if isGeneralized { draft.set(SumType.union, name) }
        for part in parts {
            if part.isNull {
                draft.isOptional = true
                continue
            }
            let prefix = isGeneralized ? "connect_union_field_" : "\(name).field."
            let field = try schema(of: part, [:], version: nil, isOptional: true)
            draft.fields.append(.init("\(prefix)\(draft.fields.count)", field))
        }
        return draft
    }

    /// The properties of all parts; without any, the part that says most.
    private mutating func schema(
        ofAll parts: [JSONSchemaPart], version: Int?, isOptional: Bool
    ) throws(DataError) -> Schema {
        var collected = PropertyCollection()
        for part in parts { try collect(part, into: &collected) }
        if !collected.members.isEmpty {
            var draft = try structure(collected.members, required: collected.required)
            draft.isOptional = isOptional
            return draft.schema
        }
        let resolved = parts.map(\.resolved)
        let combined = resolved.last { if case .combined = $0 { true } else { false } }
        let string = resolved.last { if case .string = $0 { true } else { false } }
        let number = resolved.last { if case .number = $0 { true } else { false } }
        let reference = resolved.last { if case .reference = $0 { true } else { false } }
        var chosen = combined
        if chosen == nil, resolved.contains(where: { if case .constant = $0 { true } else { false } }) {
            chosen = string ?? number
        } else if chosen == nil,
            let values = resolved.last(where: { if case .enumeration = $0 { true } else { false } })
        {
            chosen = string == nil ? number : values
        } else if chosen == nil, case .string(hasFormat: true)? = string {
            chosen = number ?? string
        } else if chosen == nil {
            chosen = reference
        }
        guard let chosen else { throw DataError("Unsupported criterion allOf") }
        return try schema(of: chosen, [:], version: version, isOptional: isOptional)
    }

    private struct PropertyCollection {
        var members: [(name: String, value: JSONValue)] = []
        /// Of `members`, by name.
        var places: [ExactName: Int] = [:]
        var required: Set<ExactName> = []
    }

    private mutating func collect(_ part: JSONSchemaPart, into collected: inout PropertyCollection) throws(DataError) {
        try enter()
        defer { depth -= 1 }
        switch part {
        case .schema(let json): try collect(JSONSchemaPart(json), into: &collected)
        case .combined(.all, let parts):
            for part in parts { try collect(part, into: &collected) }
        case .object(let object):
            let required = Self.required(of: object)
            let properties = Self.properties(of: object)
            try count(properties.count)
            for property in properties {
                let name = ExactName(property.name)
                if let place = collected.places[name] {
                    collected.members[place].value = property.value
                } else {
                    collected.places[name] = collected.members.count
                    collected.members.append(property)
                }
                if required.contains(name) { collected.required.insert(name) } else { collected.required.remove(name) }
            }
        case .reference(let name):
            try following(name) { (translator, json) throws(DataError) in
                try translator.collect(JSONSchemaPart(json), into: &collected)
            }
        case .null, .boolean, .string, .number, .enumeration, .constant, .array, .combined, .unsupported: break
        }
    }

    // MARK: References

    private mutating func follow(_ name: String, version: Int?, isOptional: Bool) throws(DataError) -> Schema {
        try following(name) { (translator, json) throws(DataError) in
            try translator.schema(of: json, version: version, isOptional: isOptional)
        }
    }

    /// Calls `body` with the schema to which a reference refers, and with its document as the current one.
    private mutating func following<Result>(
        _ reference: String, _ body: (inout JSONSchemaTranslator, JSONValue) throws(DataError) -> Result
    ) throws(DataError) -> Result {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        var target: JSONValue? = parts[0].isEmpty ? document : documents[parts[0]]
        let former = document
        defer { document = former }
        if let other = target { document = other }
        for token in (parts.count > 1 ? parts[1] : "").split(separator: "/") {
            target = target?.child(Self.unescaped(String(token)))
        }
        guard let target else { throw DataError("The JSON Schema refers to \(reference), which does not exist") }
        guard !followedReferences.contains(reference) else {
            throw DataError(
                "The JSON Schema contains itself (\(reference)): recursive schemas are not supported")
        }
        followedReferences.append(reference)
        defer { followedReferences.removeLast() }
        return try body(&self, target)
    }

    /// A token of a JSON pointer in a URI fragment.
    private static func unescaped(_ token: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(token.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest.removeFirst(2)
            } else if byte == UInt8(ascii: "~"), let next = rest.first, next == 0x30 || next == 0x31 {
                bytes.append(next == 0x31 ? UInt8(ascii: "/") : byte)
                rest.removeFirst()
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONValue {
    /// The member or item that a token of a JSON pointer names.
    fileprivate func child(_ token: String) -> JSONValue? {
        switch self {
        case .object(let object): object[token]
        case .array(let items): Int(token).flatMap { items.indices.contains($0) ? items[$0] : nil }
        case .null, .bool, .integer, .double, .string: nil
        }
    }
}

extension JSONObject {
    fileprivate var isMap: Bool { self[JSONSchemaNames.type]?.stringValue == "map" }
}

extension JSONSchemaPart {
    fileprivate var isNull: Bool { if case .null = resolved { true } else { false } }

    /// The part that a schema of its own consists of.
    fileprivate var resolved: JSONSchemaPart {
        if case .schema(let json) = self { JSONSchemaPart(json) } else { self }
    }
}
