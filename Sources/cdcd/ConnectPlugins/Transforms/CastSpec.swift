import ConnectData
import WireCore

/// The property `spec` of `Cast`.
struct CastSpec: Sendable {
    /// The type of the whole key or value; nil if fields are cast.
    private(set) var whole: CastValue?
    private(set) var fields: [String: CastValue] = [:]
    /// The fields in the order of Java's map.
    private(set) var ordered: [(name: String, target: CastValue)] = []

    static let validator = ConfigValidator { _, value in
        guard case .list(let items) = value, !items.isEmpty else {
            return ConfigError(name: "spec", message: "Must specify at least one field to cast.")
        }
        do throws(ConfigError) {
            _ = try CastSpec(items)
            return nil
        } catch {
            return error
        }
    }

    /// - Parameter items: `field:type` or `type`.
    init(_ items: [String]) throws(ConfigError) {
        var names: [String] = []
        for item in items {
            let parts = item.javaSplit(":")
            switch parts.count {
            case 1: whole = try Self.target(parts[0])
            case 2:
                let name = JavaText.trim(parts[0])
                if fields.updateValue(try Self.target(parts[1]), forKey: name) == nil { names.append(name) }
            default:
                let list = ConfigSetting.list(items).described
                throw ConfigError(name: "renames", value: list, reason: "Invalid rename mapping: \(item)")
            }
        }
        if whole != nil, items.count > 1 {
            throw ConfigError(
                name: "spec",
                message: "Cast transformations that specify a type to cast the entire value to may only specify a "
                    + "single cast in their spec")
        }
        ordered = JavaHashOrder.sorted(names) { $0.javaHashCode }.compactMap { name in
            fields[name].map { (name, $0) }
        }
    }

    private static func target(_ text: String) throws(ConfigError) -> CastValue {
        let text = JavaText.trim(text)
        let name = text.uppercased()
        let types: [SchemaType] = [
            .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes, .array, .map, .structure,
        ]
        guard let type = types.first(where: { $0.javaName == name }) else {
            throw ConfigError(
                name: "Invalid type found in casting spec: \(text)",
                value: "java.lang.IllegalArgumentException: No enum constant "
                    + "org.apache.kafka.connect.data.Schema.Type.\(name)",
                reason: nil)
        }
        guard let target = CastValue(type) else {
            throw ConfigError(
                name: "spec",
                message: "Cast transformation does not support casting to \(name); supported types are "
                    + "[\(types.prefix(8).map(\.javaName).joined(separator: ", "))]")
        }
        return target
    }
}
