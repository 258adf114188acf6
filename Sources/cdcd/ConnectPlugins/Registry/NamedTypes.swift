import WireCore

/// The records, enums and fixed types that an Avro schema defines, by their full names.
struct NamedTypes {
    /// A type that is no union and no reference to a name.
    struct Form {
        /// `record`, `int`, …
        let kind: String
        let object: JSONObject

        func strings(_ name: String) -> [String] { object[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    }

    private var definitions = NameMap<JSONObject>()

    init(_ schema: JSONValue) {
        // An explicit stack; the parser limits the depth of the document.
        var pending: [(type: JSONValue, namespace: String?)] = [(schema, nil)]
        while let (type, namespace) = pending.popLast() {
            if let branches = type.arrayValue {
                pending += branches.map { ($0, namespace) }
                continue
            }
            guard let object = type.objectValue else { continue }
            if let nested = object["type"], nested.stringValue == nil {
                pending.append((nested, namespace))
                continue
            }
            var inner = namespace
            if let name = Self.fullName(object, namespace) {
                if definitions[name] == nil { definitions[name] = object }
                inner = Self.namespace(ofName: name)
            }
            for name in ["items", "values"] { if let member = object[name] { pending.append((member, inner)) } }
            for (_, field) in Self.fields(object) { if let member = field["type"] { pending.append((member, inner)) } }
        }
    }

    /// What a type stands for, with the namespace in which it was defined.
    func resolve(_ type: JSONValue, _ namespace: String?) -> (form: Form, namespace: String?) {
        var type = type
        // `{"type":{"type":…}}`, within the parser's depth.
        while let nested = type.objectValue?["type"], nested.stringValue == nil, !nested.isNull { type = nested }
        if let object = type.objectValue {
            let kind = object["type"]?.stringValue ?? ""
            if let defined = definition(kind, namespace) { return defined }
            return (Form(kind: kind, object: object), namespace)
        }
        let name = type.stringValue ?? ""
        return definition(name, namespace) ?? (Form(kind: name, object: JSONObject()), namespace)
    }

    private func definition(_ name: String, _ namespace: String?) -> (form: Form, namespace: String?)? {
        let full = name.contains(".") ? name : namespace.map { "\($0).\(name)" } ?? name
        guard let object = definitions[full] ?? definitions[name] else { return nil }
        return (Form(kind: object["type"]?.stringValue ?? "", object: object), Self.namespace(ofName: full))
    }

    /// nil for types without a name.
    static func fullName(_ object: JSONObject, _ namespace: String?) -> String? {
        guard ["record", "error", "enum", "fixed"].contains(object["type"]?.stringValue ?? ""),
            let name = object["name"]?.stringValue
        else { return nil }
        if name.contains(".") { return name }
        guard let own = object["namespace"]?.stringValue ?? namespace, !own.isEmpty else { return name }
        return "\(own).\(name)"
    }

    static func namespace(ofName name: String) -> String? { name.lastIndex(of: ".").map { String(name[..<$0]) } }

    static func fields(_ record: JSONObject) -> [(name: String, field: JSONObject)] {
        (record["fields"]?.arrayValue ?? []).compactMap { value in
            guard let field = value.objectValue, let name = field["name"]?.stringValue else { return nil }
            return (name, field)
        }
    }

    /// A type in a few words: named types by their name, others as JSON.
    static func text(_ type: JSONValue) -> String {
        if let name = type.stringValue { return name }
        if let branches = type.arrayValue { return "[\(branches.map { text($0) }.joined(separator: ", "))]" }
        if let object = type.objectValue {
            if let nested = object["type"], nested.stringValue == nil, !nested.isNull { return text(nested) }
            if let name = fullName(object, nil) { return name }
            let logical = (object["logicalType"]?.stringValue ?? object["connect.name"]?.stringValue).map { " (\($0))" }
            if let kind = object["type"]?.stringValue { return kind + (logical ?? "") }
        }
        return String(String(decoding: type.encoded(), as: UTF8.self).prefix(100))
    }
}
