import WireCore

/// What differs between two JSON schemas: properties, their types, and whether they are required.
enum JSONSchemaDifference {
    private static let comparedMax = 10_000

    static func between(_ old: JSONValue, _ new: JSONValue) -> [String] {
        var found: [String] = []
        var pending = [(path: "", old: old, new: new)]
        var compared = 0
        while let (path, old, new) = pending.popLast(), compared < comparedMax {
            compared += 1
            if old == new { continue }
            let (oldType, newType) = (type(old), type(new))
            if oldType != newType {
                found.append("the type of \(path.isEmpty ? "the schema" : path) was changed from \(oldType) to \(newType)")
            }
            let (before, after) = (properties(old), properties(new))
            let (needed, needs) = (required(old), required(new))
            for (name, schema) in after.members {
                let place = path.isEmpty ? name : "\(path).\(name)"
                guard let former = before[name] else {
                    found.append("\(place) was added" + (needs.contains(name) ? ", and it is required" : ""))
                    continue
                }
                if needs.contains(name) != needed.contains(name) {
                    found.append("\(place) is \(needs.contains(name) ? "now" : "no longer") required")
                }
                pending.append((place, former, schema))
            }
            for (name, _) in before.members where after[name] == nil {
                found.append("\(path.isEmpty ? name : "\(path).\(name)") was removed")
            }
            if let former = old.objectValue?["items"], let items = new.objectValue?["items"] {
                pending.append((path + "[]", former, items))
            }
        }
        return found
    }

    /// The schema itself, or the one besides `null` in `oneOf`.
    private static func content(_ schema: JSONValue) -> JSONObject {
        guard let object = schema.objectValue else { return JSONObject() }
        guard let choices = object["oneOf"]?.arrayValue else { return object }
        let others = choices.compactMap(\.objectValue).filter { $0["type"] != .string("null") }
        return others.count == 1 ? others[0] : object
    }

    private static func properties(_ schema: JSONValue) -> JSONObject {
        content(schema)["properties"]?.objectValue ?? JSONObject()
    }

    private static func required(_ schema: JSONValue) -> Set<String> {
        Set(content(schema)["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }

    private static func type(_ schema: JSONValue) -> String {
        guard let type = content(schema)["type"] else { return "any type" }
        let text = type.stringValue ?? String(decoding: type.encoded(), as: UTF8.self)
        let isOptional = schema.objectValue?["oneOf"] != nil
        return text + (isOptional ? " or null" : "")
    }
}
