import WireCore

/// An Avro schema. Its types refer to each other by index, so that a named type may be used several times and contain
/// itself.
struct AvroSchema: Sendable {
    /// An index of `types`.
    typealias TypeID = Int

    private(set) var types: [AvroType] = []
    var root: TypeID = 0

    subscript(id: TypeID) -> AvroType { types[id] }

    mutating func append(_ type: AvroType) -> TypeID {
        types.append(type)
        return types.count - 1
    }

    mutating func replace(_ id: TypeID, with type: AvroType) { types[id] = type }

    /// The type of the whole schema.
    var rootType: AvroType { types[root] }
}

/// A type of an Avro schema.
struct AvroType: Sendable {
    indirect enum Kind: Sendable {
        case null, boolean, int, long, float, double, bytes, string
        case array(items: AvroSchema.TypeID)
        case map(values: AvroSchema.TypeID)
        case union([AvroSchema.TypeID])
        case record([Field])
        case enumeration(symbols: [String], default: String?)
        case fixed(byteCount: Int)
    }

    struct Field: Sendable {
        var name: String
        var type: AvroSchema.TypeID
        var documentation: String?
        /// nil: the field has none.
        var defaultValue: JSONValue?
    }

    var kind: Kind
    /// Of records, enumerations and fixed types.
    var name: AvroName?
    var documentation: String?
    /// Attributes that Avro does not define, and `logicalType` with its own, in order.
    var properties: JSONObject

    init(_ kind: Kind, name: AvroName? = nil, documentation: String? = nil, properties: JSONObject = JSONObject()) {
        self.kind = kind
        self.name = name
        self.documentation = documentation
        self.properties = properties
    }

    /// Avro's name of the type (`Schema.Type.getName`).
    var typeName: String {
        switch kind {
        case .null: "null"
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .float: "float"
        case .double: "double"
        case .bytes: "bytes"
        case .string: "string"
        case .array: "array"
        case .map: "map"
        case .union: "union"
        case .record: "record"
        case .enumeration: "enum"
        case .fixed: "fixed"
        }
    }

    var isNull: Bool { if case .null = kind { true } else { false } }

    /// The text of a property; nil if it is absent or no text.
    func text(_ property: String) -> String? { properties[property]?.stringValue }
}

/// The name of a record, enumeration or fixed type.
struct AvroName: Sendable, Hashable {
    /// nil: none.
    let namespace: String?
    let simpleName: String

    /// - Parameter name: with dots it is a full name; the namespace is what precedes the last one.
    init(_ name: String, namespace: String?) {
        if let dot = name.lastIndex(of: ".") {
            simpleName = String(name[name.index(after: dot)...])
            let prefix = String(name[..<dot])
            self.namespace = prefix.isEmpty ? nil : prefix
        } else {
            simpleName = name
            self.namespace = namespace.flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    var fullName: String { namespace.map { "\($0).\(simpleName)" } ?? simpleName }

    static func == (a: AvroName, b: AvroName) -> Bool {
        ExactName(a.simpleName) == ExactName(b.simpleName)
            && a.namespace.map(ExactName.init) == b.namespace.map(ExactName.init)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(ExactName(fullName)) }

    /// What Java refuses about a name of a type, field or symbol (`NameValidator.UTF_VALIDATOR`); nil if it is valid:
    /// a letter or `_`, then letters, digits and `_`.
    static func problem(_ name: String) -> String? {
        var isFirst = true
        for scalar in name.unicodeScalars {
            let isLetter = scalar == "_" || scalar.isJavaLetter
            if isFirst, !isLetter { return "Illegal initial character: \(name)" }
            if !isLetter, scalar.properties.generalCategory != .decimalNumber {
                return "Illegal character in: \(name)"
            }
            isFirst = false
        }
        return isFirst ? "Empty name" : nil
    }
}

extension Unicode.Scalar {
    /// `Character.isLetter`. Characters beyond U+FFFF are two of Java's, neither of them a letter.
    fileprivate var isJavaLetter: Bool {
        guard value <= 0xFFFF else { return false }
        return switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}
