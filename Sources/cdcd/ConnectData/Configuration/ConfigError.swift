import WireCore

/// A property whose value is invalid, with the text of Kafka's `ConfigException`.
package struct ConfigError: JavaException, Hashable, Sendable, CustomStringConvertible {
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
        self.init(name: name, value: value, message: Self.beginning(name, value) + end)
    }

    private static func beginning(_ name: String, _ value: String?) -> String {
        "Invalid value \(value ?? "null") for configuration \(name)"
    }

    /// The message without the value and the name of the property.
    package var reason: String {
        message.dropping(prefix: Self.beginning(name, value) + ": ") ?? message
    }

    /// A feature of the Java worker that is not supported yet: refused by name, never ignored.
    package static func notSupported(_ name: String, value: String?, what: String) -> ConfigError {
        ConfigError(name: name, value: value, reason: "\(what) is not supported by cdcd yet")
    }

    /// What stands for a secret in errors and answers, as in Kafka (`Password.HIDDEN`).
    package static let hiddenValue = "[hidden]"

    /// The same error of a property whose value is a secret. The message must not contain it.
    package var withoutValue: ConfigError {
        ConfigError(name: name, value: value.map { _ in Self.hiddenValue }, message: message)
    }

    package var exceptionClassName: String { "org.apache.kafka.common.config.ConfigException" }
    package var description: String { message }
}
