import ConnectData

extension Schema {
    /// Type, name, parameters, and fields: for expectations. Optional schemas end in a question mark.
    var described: String {
        var text = type.rawValue
        if let name { text += " \(name)" }
        if let version { text += " v\(version)" }
        if !parameters.isEmpty {
            text += "[" + parameters.map { "\($0.name.split(separator: ".").suffix(2).joined(separator: "."))=\($0.value)" }
                .joined(separator: ",") + "]"
        }
        switch type {
        case .array: text += "(" + (valueSchema?.described ?? "") + ")"
        case .map: text += "(" + (keySchema?.described ?? "") + ":" + (valueSchema?.described ?? "") + ")"
        case .structure: text += "{" + fields.map { "\($0.name):\($0.schema.described)" }.joined(separator: ";") + "}"
        case .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes: break
        }
        return isOptional ? text + "?" : text
    }
}

extension ConnectValue {
    /// Texts and numbers, and the members of structs by name, without those that are null.
    var described: String {
        switch self {
        case .null: "null"
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .float32(let number): "\(number)"
        case .float64(let number): "\(number)"
        case .string(let text): "\"\(text)\""
        case .bytes(let bytes): "\(bytes)"
        case .array(let items): "[" + items.map(\.described).joined(separator: ",") + "]"
        case .map(let entries):
            "<" + entries.map { "\($0.key.described):\($0.value.described)" }.joined(separator: ",") + ">"
        case .structure(let row):
            "{"
                + zip(row.schema.fields, row.values).filter { !$1.isNull }.map { "\($0.name):\($1.described)" }
                .joined(separator: ",") + "}"
        case .instant(let milliseconds): "@\(milliseconds)"
        }
    }
}
