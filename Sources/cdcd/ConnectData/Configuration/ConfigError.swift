/// A property whose value is invalid, with the text of Kafka's `ConfigException`.
package struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The property; empty if the error concerns no single one.
    package let name: String
    package let value: String?
    /// The whole message, as Kafka shows it in a validation answer.
    package let message: String

    package init(name: String, value: String? = nil, message: String) {
        self.name = name
        self.value = value
        self.message = message
    }

    /// `Invalid value V for configuration N: reason`.
    package init(name: String, value: String?, reason: String?) {
        let end = reason.map { ": \($0)" } ?? ""
        self.init(
            name: name, value: value, message: "Invalid value \(value ?? "null") for configuration \(name)\(end)")
    }

    /// A feature of the Java worker that is not supported yet: refused by name, never ignored.
    package static func notSupported(_ name: String, value: String?, what: String) -> ConfigError {
        ConfigError(name: name, value: value, reason: "\(what) is not supported by cdcd yet")
    }

    package var description: String { message }
}
