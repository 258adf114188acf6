/// The parsed value of a property.
package enum ConfigSetting: Hashable, Sendable {
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    case text(String)
    case list([String])

    /// The value as a validation answer shows it: lists joined by commas.
    package var shown: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): "\(value)"
        case .text(let value): value
        case .list(let items): items.joined(separator: ",")
        }
    }

    /// The value as Java's `toString` puts it into error messages: lists in brackets.
    package var described: String {
        if case .list(let items) = self { "[\(items.joined(separator: ", "))]" } else { shown }
    }

    /// Reads a value as `ConfigDef.parseType` does: leading and trailing white space is removed.
    ///
    /// - Throws: an error with Kafka's message, which contains the name and the unparsed value.
    package static func parse(_ value: String, as type: ConfigType, name: String) throws(ConfigError) -> ConfigSetting {
        let trimmed = JavaText.trim(value)
        switch type {
        case .string, .password, .classReference: return .text(trimmed)
        case .boolean:
            switch trimmed.lowercased() {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default: throw ConfigError(name: name, value: value, reason: "Expected value to be either true or false")
            }
        case .int: return .integer(Int64(try number(trimmed, value, type, name) as Int32))
        case .short: return .integer(Int64(try number(trimmed, value, type, name) as Int16))
        case .long: return .integer(try number(trimmed, value, type, name) as Int64)
        case .double:
            guard let number = Double(trimmed) else { throw notANumber(value, type, name) }
            return .double(number)
        case .list: return .list(items(trimmed))
        }
    }

    /// The items of a list; any text is a valid list.
    static func items(_ text: String) -> [String] {
        let trimmed = JavaText.trim(text)
        if trimmed.isEmpty { return [] }
        return trimmed.split(separator: ",", omittingEmptySubsequences: false).map { JavaText.trim($0) }
    }

    private static func number<T: FixedWidthInteger>(
        _ trimmed: String, _ value: String, _ type: ConfigType, _ name: String
    ) throws(ConfigError) -> T {
        guard let number = T(trimmed) else { throw notANumber(value, type, name) }
        return number
    }

    private static func notANumber(_ value: String, _ type: ConfigType, _ name: String) -> ConfigError {
        ConfigError(name: name, value: value, reason: "Not a number of type \(type.rawValue)")
    }
}
