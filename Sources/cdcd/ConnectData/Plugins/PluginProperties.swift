/// The properties of a plugin, without their prefix.
package struct PluginProperties: Sendable {
    /// The meaning of a property of another version.
    package struct Refused: Sendable {
        package let name: String
        /// The end of the error message.
        package let reason: String

        package init(_ name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// The properties that the plugin shows.
    package let definition: ConfigDefinition
    /// Properties that the plugin reads without listing them; a response includes them only if they have an error.
    package let hidden: ConfigDefinition
    /// Properties that exist in another version only.
    package let refused: [Refused]
    /// The errors of properties whose meaning depends on others, without prefixes. Called if each is valid by itself.
    package let dependentErrors: @Sendable (_ configuration: [String: String]) -> [ConfigError]

    package init(
        _ definition: ConfigDefinition, hidden: ConfigDefinition = ConfigDefinition([]), refused: [Refused] = [],
        dependentErrors: @escaping @Sendable (_ configuration: [String: String]) -> [ConfigError] = { _ in [] }
    ) {
        self.definition = definition
        self.hidden = hidden
        self.refused = refused
        self.dependentErrors = dependentErrors
    }
}
