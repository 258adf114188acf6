import KafkaProtocol
import WireCore

/// Compares the properties of a decoded message with the fields of Kafka's JSON rendering of it.
enum MessageFields {
    /// The paths of the fields that differ. Fields that the rendering lacks must have their default values.
    static func differences(_ message: any KafkaStruct, from fields: JSONValue, path: String = "") -> [String] {
        guard let object = fields.objectValue else { return [path] }
        var expected = Dictionary(uniqueKeysWithValues: object.members.map { (propertyName($0.name), $0.value) })
        let defaults = Mirror(reflecting: type(of: message).init()).children.map { "\($0.value)" }
        var differences: [String] = []
        for (property, unset) in zip(Mirror(reflecting: message).children, defaults) {
            let name = property.label ?? ""
            if let value = expected.removeValue(forKey: name) {
                differences += compare(property.value, with: value, path: "\(path).\(name)")
            } else if "\(property.value)" != unset {
                differences.append("\(path).\(name)")
            }
        }
        return differences + expected.keys.map { "\(path).\($0)" }
    }

    /// The property of a field, as scripts/kafka/generate-messages names it.
    private static func propertyName(_ field: String) -> String {
        var name = field.hasSuffix("Ms") ? String(field.dropLast(2)) + "Milliseconds" : field
        name.replace(#/Id(?=$|[A-Z]|s$)/#, with: "ID")
        return name
    }

    private static func compare(_ value: Any, with json: JSONValue, path: String) -> [String] {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            guard let content = mirror.children.first?.value else { return json.isNull ? [] : [path] }
            return compare(content, with: json, path: path)
        }
        // Kafka's rendering of records is empty.
        if path.hasSuffix(".records") { return json.isNull ? [path] : [] }
        if let structure = value as? any KafkaStruct { return differences(structure, from: json, path: path) }
        let isEqual =
            switch value {
            // An empty array can be cast to an array of any element.
            case let bytes as [UInt8] where isBytes(value): json.stringValue.flatMap { Base64.decode($0) } == bytes
            case let text as String: json.stringValue?.isExactly(text) == true
            case let flag as Bool: json.boolValue == flag
            case let id as KafkaUUID: json.stringValue == id.description
            case let code as KafkaErrorCode: json.integerValue == Int64(code.rawValue)
            case let number as Double: number == double(json)
            case let number as any BinaryInteger: json.integerValue == Int64(number)
            default: elements(value).map { $0.count == json.arrayValue?.count } ?? false
            }
        guard isEqual else { return [path] }
        return zip(elements(value) ?? [], json.arrayValue ?? []).enumerated().flatMap {
            compare($1.0, with: $1.1, path: "\(path)[\($0)]")
        }
    }

    private static func isBytes(_ value: Any) -> Bool { type(of: value) == [UInt8].self }

    private static func elements(_ value: Any) -> [Any]? { isBytes(value) ? nil : value as? [Any] }

    private static func double(_ json: JSONValue) -> Double? {
        switch json {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}
